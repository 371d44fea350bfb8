// SPDX-License-Identifier: MIT
/*
 * Inside bench/: hyperfine, which times whole commands from outside. It runs one command after the
 * other; to compare, short batches of each alternate, and their times are put together.
 */
#ifndef NSPROOF_BENCH_HYPERFINE_H
#define NSPROOF_BENCH_HYPERFINE_H

#include <jansson.h>
#include <stddef.h>

#include "base/err.h"

enum { HYPERFINE_RUNS_MAX = 16 };

struct hyperfine {
	char program[256]; /* its path */
	char file[64];     /* where it may write its result */
	size_t runs;       /* of each batch, at most HYPERFINE_RUNS_MAX ... */
	size_t warm_up;    /* ... and as many before them that are thrown away */
	json_t *kept;      /* array: what it wrote about each batch, as "results" of its own kind */
	size_t batches;
};

/* -ENOENT: it is not installed. Release with hyperfine_done(), also after a failure. */
int hyperfine_find(struct hyperfine *h, struct err *err);
void hyperfine_done(struct hyperfine *h);

/*
 * One batch of a command (split at blanks, started without a shell): ret[0..h->runs) are wall times
 * in nanoseconds, in the order in which they were taken. A run that ends with another status than 0
 * fails all of it. -ECHILD, -ETIMEDOUT, -EPROTO.
 */
int hyperfine_batch(struct hyperfine *h, const char *command, double *ret, struct err *err);

/* Pure: the times of one batch from the text that hyperfine wrote; *ret_result (or NULL) gets its
 * entry of "results", with one more reference. -EPROTO: not that many times, or one that is none. */
int hyperfine_parse(const char *str, size_t runs, double *ret, json_t **ret_result,
		    struct err *err);

/* Leaves all that was kept in hyperfine/NAME below a directory, in hyperfine's own format. */
int hyperfine_save(const struct hyperfine *h, int dir_fd, const char *name, struct err *err);

#endif
