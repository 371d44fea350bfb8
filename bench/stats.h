// SPDX-License-Identifier: MIT
/*
 * Statistics of samples: pure functions over doubles. Nothing is assumed about the distribution:
 * times are skewed and have a long tail, so medians and quantiles it is, and intervals by resampling.
 * The random numbers have a fixed seed: the same samples always give the same interval.
 */
#ifndef NSPROOF_BENCH_STATS_H
#define NSPROOF_BENCH_STATS_H

#include <stddef.h>

#include "base/err.h"
#include "report/bench_result.h"

/*
 * The `p`-quantile (0 to 1) of `count` > 0 ascending values, by linear interpolation between closest
 * ranks: definition 7 of Hyndman and Fan, "Sample Quantiles in Statistical Packages" (1996), which
 * is R's default.
 */
double stats_quantile(const double *sorted, size_t count, double p);

/* All of the above for `count` > 0 samples in any order. -ENOMEM. */
int stats_describe(const double *samples, size_t count, struct stats *ret, struct err *err);

/*
 * An interval of the median without resampling, cheap enough to ask after each sample: two order
 * statistics, by the normal approximation of the binomial distribution. Conover, "Practical
 * Nonparametric Statistics", 3.2. `count` > 0 ascending values.
 */
struct interval stats_median_interval(const double *sorted, size_t count);

/*
 * The median of a/b over samples that were taken in rounds, one of each a round. What disturbs a round
 * disturbs both, and drops out: on a loaded machine the interval is half as wide as that of the ratio
 * of the medians. Rounds are resampled in blocks of neighbours (moving block bootstrap, Kuensch
 * 1989), since one round is much like the next. `count` > 0. -ENOMEM; -EDOM: a sample of `b` is not
 * positive.
 */
int stats_ratio(const double *a, const double *b, size_t count, double *ret_ratio,
		struct interval *ret, struct err *err);

/* The same without an interval, and without resampling. */
int stats_median_ratio(const double *a, const double *b, size_t count, double *ret,
		       struct err *err);

/* A 95 % interval of the mean by Student's t, of `count` > 1 values. */
struct interval stats_mean_interval(const double *values, size_t count);

/* Two series of the same rounds, of which the ratio counts; b NULL: the median of `a` alone. */
struct stats_pair {
	const double *a, *b;
	size_t count; /* > 0 */
};

/*
 * The ratio, as above, of one pair to that of another, which was taken at another time, with its
 * interval. -ENOMEM, -EDOM.
 */
int stats_quotient(const struct stats_pair *above, const struct stats_pair *below,
		   double *ret_quotient, struct interval *ret, struct err *err);

/* Least squares. -EDOM: fewer than two different values of x. */
int stats_fit(const double *x, const double *y, size_t count, struct line *ret, struct err *err);

/* Sorts ascending, in place. */
void stats_sort(double *values, size_t count);

#endif
