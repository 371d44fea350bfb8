// SPDX-License-Identifier: MIT
/*
 * What two runs say about each other: pure functions over their samples. Machines drift by some 30 %
 * between minutes, so stored runs are compared by their ratios to the floor that ran interleaved with
 * them; two programs that were interleaved with each other are compared directly.
 */
#ifndef NSPROOF_BENCH_COMPARE_H
#define NSPROOF_BENCH_COMPARE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "bench/stats.h"

enum change {
	CHANGE_SAME,   /* the interval lies within the threshold */
	CHANGE_FASTER, /* it lies beyond the threshold, below */
	CHANGE_SLOWER, /* above */
	CHANGE_NOISY, /* it reaches across the threshold, or the floors say that it can't be told */
	CHANGE_COUNT,
};

extern const char *const change_names[CHANGE_COUNT]; /* "same", "faster", "slower", "too noisy" */

struct bench_comparison {
	enum change change;
	double ratio; /* of new to base: 1.1 is a tenth slower */
	struct interval likely;
	const char *reason; /* why it is too noisy to say; "" otherwise */
};

/*
 * Two stored runs, each with its own samples and the floor's of the same rounds; `threshold` 0.05 is
 * 5 %. Where the middle halves of the two floors' samples lie apart, the machine was another one
 * between the runs, and the verdict is "too noisy"; so it is where only one of them, or none, has a
 * floor, unless nothing seems to have changed. -ENOMEM; -EDOM: no positive median.
 */
int compare_stored(const struct stats_pair *base, const struct stats_pair *now, double threshold,
		   struct bench_comparison *ret, struct err *err);

/* The same for what no clock measures, bytes: it does not drift, and the medians say it all. */
int compare_steady(const struct stats_pair *base, const struct stats_pair *now, double threshold,
		   struct bench_comparison *ret, struct err *err);

/*
 * Two series of the same rounds, which `groups` pairs of processes took: `ends` are the numbers of
 * rounds up to the end of each pair, ascending, the last one all. The bootstrap over the rounds can't
 * know how far one process differs from the next, so each pair is a sample as well, and the interval
 * is what the two cover together. (Kalibera and Jones, "Rigorous Benchmarking in Reasonable Time",
 * 2013.) A single pair is always "too noisy". -ENOMEM, -EDOM.
 */
int compare_interleaved(const double *base, const double *now, const size_t *ends, size_t groups,
			double threshold, struct bench_comparison *ret, struct err *err);

/* Whether that gives a verdict; much cheaper as long as it gives none. */
int compare_is_clear(const double *base, const double *now, const size_t *ends, size_t groups,
		     double threshold, bool *ret, struct err *err);

/* The verdict of an interval alone. */
enum change compare_judge(const struct interval *likely, double threshold);

#endif
