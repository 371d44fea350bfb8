// SPDX-License-Identifier: MIT
/* Slower, faster, the same, or too noisy to say: see compare.h. */
#include "bench/compare.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

const char *const change_names[CHANGE_COUNT] = {
	[CHANGE_SAME] = "same",
	[CHANGE_FASTER] = "faster",
	[CHANGE_SLOWER] = "slower",
	[CHANGE_NOISY] = "too noisy",
};

enum change compare_judge(const struct interval *likely, double threshold)
{
	double most = 1 + threshold, least = 1 / most;

	if (likely->low > most)
		return CHANGE_SLOWER;
	if (likely->high < least)
		return CHANGE_FASTER;
	return likely->low >= least && likely->high <= most ? CHANGE_SAME : CHANGE_NOISY;
}

static void judge(struct bench_comparison *c, double threshold)
{
	c->change = compare_judge(&c->likely, threshold);
	c->reason = c->change == CHANGE_NOISY ? "the interval reaches across the threshold" : "";
}

/* The middle half of the samples. */
static int middle_half(const double *samples, size_t count, struct interval *ret, struct err *err)
{
	AUTO_FREE double *sorted = calloc(count, sizeof(*sorted));

	if (!sorted)
		return err_set(err, ENOMEM, "out of memory");
	memcpy(sorted, samples, count * sizeof(*sorted));
	stats_sort(sorted, count);
	ret->low = stats_quantile(sorted, count, 0.25);
	ret->high = stats_quantile(sorted, count, 0.75);
	return 0;
}

/* Why the machine can't be taken for the same; "" if it can. */
static int find_doubt(const struct stats_pair *base, const struct stats_pair *now, const char **ret,
		      struct err *err)
{
	struct interval was, is;

	*ret = "there is no floor to tell the machine's drift from a change";
	if (!base->b || !now->b)
		return 0;
	if (middle_half(base->b, base->count, &was, err) < 0 ||
	    middle_half(now->b, now->count, &is, err) < 0)
		return -err->num;
	*ret = was.high < is.low || is.high < was.low
		       ? "the floors differ: another machine, or another "
			 "day of it"
		       : "";
	return 0;
}

int compare_stored(const struct stats_pair *base, const struct stats_pair *now, double threshold,
		   struct bench_comparison *ret, struct err *err)
{
	struct stats_pair above = *now, below = *base;
	const char *doubt;
	struct bench_comparison c;
	int r = find_doubt(base, now, &doubt, err);

	if (r < 0)
		return r;
	if (!base->b || !now->b)
		above.b = below.b = NULL;
	r = stats_quotient(&above, &below, &c.ratio, &c.likely, err);
	if (r < 0)
		return r;
	judge(&c, threshold);
	if (*doubt && c.change != CHANGE_SAME) {
		c.change = CHANGE_NOISY;
		c.reason = doubt;
	}
	*ret = c;
	return 0;
}

int compare_steady(const struct stats_pair *base, const struct stats_pair *now, double threshold,
		   struct bench_comparison *ret, struct err *err)
{
	const struct stats_pair was = { base->a, NULL, base->count };
	const struct stats_pair is = { now->a, NULL, now->count };
	struct bench_comparison c;
	int r = stats_quotient(&is, &was, &c.ratio, &c.likely, err);

	if (r < 0)
		return r;
	judge(&c, threshold);
	*ret = c;
	return 0;
}

/* The logarithms of the pairs' ratios; those that brought nothing are left out. */
static int pair_ratios(const double *base, const double *now, const size_t *ends, size_t groups,
		       double *ret, size_t *ret_count, struct err *err)
{
	size_t start = 0, count = 0;

	for (size_t i = 0; i < groups; start = ends[i++]) {
		double ratio;

		if (ends[i] == start)
			continue;
		if (stats_median_ratio(now + start, base + start, ends[i] - start, &ratio, err) < 0)
			return -err->num;
		ret[count++] = log(ratio);
	}
	*ret_count = count;
	return 0;
}

/* What the pairs of processes say alone; a single one says nothing: *ret_count is how many. */
static int compare_pairs(const double *base, const double *now, const size_t *ends, size_t groups,
			 struct interval *ret, size_t *ret_count, struct err *err)
{
	AUTO_FREE double *ratios = calloc(groups + 1, sizeof(*ratios));
	struct interval likely;
	int r;

	if (!ratios)
		return err_set(err, ENOMEM, "out of memory");
	r = pair_ratios(base, now, ends, groups, ratios, ret_count, err);
	if (r < 0 || *ret_count < 2)
		return r;
	likely = stats_mean_interval(ratios, *ret_count);
	*ret = (struct interval){ exp(likely.low), exp(likely.high) };
	return 0;
}

int compare_interleaved(const double *base, const double *now, const size_t *ends, size_t groups,
			double threshold, struct bench_comparison *ret, struct err *err)
{
	size_t rounds = groups ? ends[groups - 1] : 0, pairs = 0;
	struct bench_comparison c;
	struct interval likely;
	int r = stats_ratio(now, base, rounds, &c.ratio, &c.likely, err);

	r = r < 0 ? r : compare_pairs(base, now, ends, groups, &likely, &pairs, err);
	if (r < 0)
		return r;
	if (pairs > 1) {
		c.likely.low = fmin(c.likely.low, likely.low);
		c.likely.high = fmax(c.likely.high, likely.high);
	}
	judge(&c, threshold);
	if (pairs < 2) {
		c.change = CHANGE_NOISY;
		c.reason = "a single pair of processes";
	}
	*ret = c;
	return 0;
}

int compare_is_clear(const double *base, const double *now, const size_t *ends, size_t groups,
		     double threshold, bool *ret, struct err *err)
{
	struct bench_comparison c;
	struct interval likely;
	size_t pairs;
	int r = compare_pairs(base, now, ends, groups, &likely, &pairs, err);

	if (r < 0)
		return r;
	*ret = pairs > 1 && compare_judge(&likely, threshold) != CHANGE_NOISY;
	if (!*ret)
		return 0;
	r = compare_interleaved(base, now, ends, groups, threshold, &c, err);
	*ret = r == 0 && c.change != CHANGE_NOISY;
	return r;
}
