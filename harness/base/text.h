// SPDX-License-Identifier: MIT
/* A growing text, and small pure helpers for strings. */
#ifndef NSPROOF_BASE_TEXT_H
#define NSPROOF_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Text that grows as it is appended to; start with { 0 }. `str` is NULL until the first append and
 * always ends with NUL afterwards. When memory runs out, `failed` is set and later appends do
 * nothing, so that a writer checks once, at the end.
 */
struct text {
	char *str;
	size_t len, room;
	bool failed;
};

void text_add(struct text *t, const char *str);
void text_addf(struct text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void text_addn(struct text *t, const char *bytes, size_t len);
void text_done(struct text *t); /* releases; safe twice */

#define AUTO_TEXT __attribute__((cleanup(text_done)))

bool text_starts(const char *str, const char *prefix);
bool text_ends(const char *str, const char *suffix);

/* A whole decimal number between min and max; -EINVAL or -ERANGE, *ret untouched on failure. */
int text_to_int(const char *str, int64_t min, int64_t max, int64_t *ret);

/*
 * A whole number, also with k, M, G or T for that power of 1024: "64G"; -EINVAL or -ERANGE, *ret
 * untouched on failure.
 */
int text_to_size(const char *str, uint64_t *ret);

/* Lower-case hexadecimal of `len` bytes into out[2 * len + 1]. */
void text_hex(const uint8_t *bytes, size_t len, char *out);

/*
 * Copies `len` bytes so that a terminal or a log shows them on one line: control characters, DEL,
 * backslash and bytes over 126 become \xNN. Always ends with NUL; what does not fit is cut.
 */
void text_escape(char *out, size_t room, const char *bytes, size_t len);

#endif
