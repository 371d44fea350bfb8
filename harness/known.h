// SPDX-License-Identifier: MIT
/*
 * Known results: what a machine is expected to fail. One check a line: its id, the verdict, and why;
 * '#' begins a comment. Pure but for reading the file.
 */
#ifndef NSPROOF_KNOWN_H
#define NSPROOF_KNOWN_H

#include <stddef.h>

#include "base/err.h"
#include "base/text.h"
#include "report/result.h"

struct known_line {
	char *id, *reason;
	enum verdict verdict;
};

/* Start with { 0 }. */
struct known {
	struct known_line *lines;
	size_t count;
};

/* Reads the file `path`. -EINVAL: a line that is none; the text names it. */
int known_read(const char *path, struct known *ret, struct err *err);
int known_parse(const char *str, struct known *ret, struct err *err);
void known_done(struct known *k); /* safe twice */

/* Sets result->known or result->news by what is known about the check. */
void known_judge(const struct known *k, struct check_result *result);

/* Appends the line of a failure; nothing for what is isolated or skipped. */
void known_format(const struct check_result *result, struct text *out);

#define AUTO_KNOWN __attribute__((cleanup(known_done)))

#endif
