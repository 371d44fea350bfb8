// SPDX-License-Identifier: MIT
/*
 * How a library function fails: it returns a negative errno and fills a struct err with one line
 * for a person. The struct has a fixed size and no pointers, so that it also crosses a pipe or a
 * socket from a child to its parent in one atomic write (well below PIPE_BUF).
 */
#ifndef NSPROOF_BASE_ERR_H
#define NSPROOF_BASE_ERR_H

struct err {
	int num;        /* positive errno; 0: no error */
	char text[380]; /* what failed, where, and what to do; no newline at the end */
};

/*
 * Record a failure and return -num. err_sys() takes num from errno and appends its text.
 * A message that is too long is cut. `e` must not be NULL.
 */
int err_set(struct err *e, int num, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
int err_sys(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Put "doing: " before the text of a failure; returns -e->num. */
int err_wrap(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
