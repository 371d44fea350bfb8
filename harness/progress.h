// SPDX-License-Identifier: MIT
/*
 * One line on standard error that shows how far long work has come. Only a person at a terminal
 * sees it, only when the work takes longer than half a second, and it is gone at the end. It has no
 * colours; TERM=dumb gets none.
 */
#ifndef NSPROOF_PROGRESS_H
#define NSPROOF_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
	const char *what; /* "unpacking"; NULL: nobody looks */
	int64_t start_ms, drawn_ms;
	bool drawn;
};

#define PROGRESS_INIT                                                                              \
	{                                                                                          \
		.what = NULL                                                                       \
	}

/* The clock starts. `what` must live as long as the line. */
void progress_begin(struct progress *p, const char *what);

/* `data` is the struct progress: fits image_unpack_opts.progress. Cheap to call often. */
void progress_update(void *data, uint64_t done, uint64_t total);

/* Clears the line, so that what is printed next begins in an empty one; safe twice. */
void progress_end(struct progress *p);

#define AUTO_PROGRESS __attribute__((cleanup(progress_end)))

/* ---- pure ---- */

struct progress_state {
	const char *what;
	uint64_t done, total; /* bytes; total 0: not known */
	int64_t ms;           /* since the start */
};

/*
 * The line for a terminal of so many columns; it fills all but the last one when there is room for
 * a bar, and leaves out what does not fit. Always ends with NUL.
 */
void progress_format(const struct progress_state *s, size_t columns, char *out, size_t room);

#endif
