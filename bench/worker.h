// SPDX-License-Identifier: MIT
/*
 * Inside bench/: one scenario, or several that are measured together, in a process of its own, and
 * what it brings home.
 */
#ifndef NSPROOF_BENCH_WORKER_H
#define NSPROOF_BENCH_WORKER_H

#include "base/err.h"
#include "bench/sample.h"
#include "bench/scenario.h"

struct harvest {
	struct err err; /* err.num != 0: there is no figure; EOPNOTSUPP: it can't run here */
	enum sampling_end end;
	double bytes, files, items; /* that one sample moves; 0: does not apply */
	struct series own, floor;   /* floor.count is 0 where there is none */
};

/*
 * Forks, takes the samples there, waits. What does not end in time is killed, with all that it
 * started. All of ret[0..count) is always filled; release each. `count` above 1: the rows have the
 * same together(), and `how` is for each of them.
 */
void worker_run(const struct bench_env *env, const struct scenario *const *rows, size_t count,
		const struct sampling *how, struct harvest *ret);

void harvest_done(struct harvest *h);

#endif
