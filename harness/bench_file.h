// SPDX-License-Identifier: MIT
/* The JSON of 'nsproof bench', read back: for those who compare runs. */
#ifndef NSPROOF_BENCH_FILE_H
#define NSPROOF_BENCH_FILE_H

#include <jansson.h>
#include <stddef.h>

#include "base/err.h"
#include "bench/stats.h"

struct bench_entry {
	const char *name, *unit, *state, *reason;
	double *own, *floor;    /* samples; NULL: none */
	struct stats_pair pair; /* the same, as the comparison takes them; count 0: not measured */
	double median, floor_median; /* 0: none */
};

struct bench_file {
	const char *path; /* the caller's */
	/* of the head, in this order: version, kernel, machine, distribution, cpu, governor, mode */
	const char *head[7];
	long cpus;
	struct bench_entry *entries;
	size_t count;
	json_t *document; /* which the strings belong to */
};

extern const char *const bench_head_keys[7];

/*
 * Reads one; *ret is to be released. -EINVAL and others: a file that is none of ours, or was cut
 * short; the text names it and the place.
 */
int bench_file_read(const char *path, struct bench_file *ret, struct err *err);
void bench_file_done(struct bench_file *f); /* safe twice */

const struct bench_entry *bench_file_find(const struct bench_file *f, const char *name);

#define AUTO_BENCH_FILE __attribute__((cleanup(bench_file_done)))

#endif
