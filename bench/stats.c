// SPDX-License-Identifier: MIT
/* Medians, quantiles and intervals: see stats.h. */
#include "bench/stats.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

enum { RESAMPLES = 1000, SEED = 20240229 };

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

void stats_sort(double *values, size_t count)
{
	qsort(values, count, sizeof(*values), compare);
}

double stats_quantile(const double *sorted, size_t count, double p)
{
	double at = p * (double)(count - 1);
	size_t below = (size_t)at;

	if (below + 1 >= count)
		return sorted[count - 1];
	return sorted[below] + (at - (double)below) * (sorted[below + 1] - sorted[below]);
}

/* Vigna's splitmix64: small, and good enough to pick samples by. */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* Below `limit`, which is far below 2^64: the bias is of no account. */
static size_t pick(uint64_t *state, size_t limit)
{
	return (size_t)(next_random(state) % limit);
}

static void swap(double *a, double *b)
{
	double keep = *a;

	*a = *b;
	*b = keep;
}

/* Puts the k-th smallest value (from 0) at its place: Hoare's selection, linear in time. */
static double select_rank(double *values, size_t count, size_t k)
{
	size_t low = 0, high = count - 1;

	while (low < high) {
		double pivot = values[low + (high - low) / 2];
		size_t i = low, j = high;

		for (;;) {
			while (values[i] < pivot)
				i++;
			while (values[j] > pivot)
				j--;
			if (i >= j)
				break;
			swap(&values[i++], &values[j--]);
		}
		if (k <= j)
			high = j;
		else
			low = j + 1;
	}
	return values[k];
}

/* Changes the order of `values`. */
static double median_of(double *values, size_t count)
{
	double upper = select_rank(values, count, count / 2), lower;

	if (count % 2)
		return upper;
	lower = values[0];
	for (size_t i = 1; i < count / 2; i++)
		lower = fmax(lower, values[i]);
	return (lower + upper) / 2;
}

static struct interval middle_of(double *estimates, size_t count)
{
	stats_sort(estimates, count);
	return (struct interval){ stats_quantile(estimates, count, 0.025),
				  stats_quantile(estimates, count, 0.975) };
}

static struct interval bootstrap_median(const double *samples, size_t count, double *room,
					double *estimates)
{
	uint64_t state = SEED;

	for (size_t i = 0; i < RESAMPLES; i++) {
		for (size_t j = 0; j < count; j++)
			room[j] = samples[pick(&state, count)];
		estimates[i] = median_of(room, count);
	}
	return middle_of(estimates, RESAMPLES);
}

static void describe_sorted(const double *sorted, size_t count, struct stats *s)
{
	double fence;

	s->count = count;
	s->min = sorted[0];
	s->max = sorted[count - 1];
	s->median = stats_quantile(sorted, count, 0.5);
	s->p5 = stats_quantile(sorted, count, 0.05);
	s->p25 = stats_quantile(sorted, count, 0.25);
	s->p75 = stats_quantile(sorted, count, 0.75);
	s->p95 = stats_quantile(sorted, count, 0.95);
	s->p99 = stats_quantile(sorted, count, 0.99);
	fence = 3 * (s->p75 - s->p25);
	s->mean = 0;
	s->outliers = 0;
	for (size_t i = 0; i < count; i++) {
		s->mean += sorted[i] / (double)count;
		s->outliers += sorted[i] < s->p25 - fence || sorted[i] > s->p75 + fence;
	}
}

int stats_describe(const double *samples, size_t count, struct stats *ret, struct err *err)
{
	AUTO_FREE double *sorted = calloc(count, sizeof(*sorted));
	AUTO_FREE double *room = calloc(count, sizeof(*room));
	AUTO_FREE double *estimates = calloc(RESAMPLES, sizeof(*estimates));

	if (!sorted || !room || !estimates)
		return err_set(err, ENOMEM, "out of memory");
	memcpy(sorted, samples, count * sizeof(*sorted));
	stats_sort(sorted, count);
	describe_sorted(sorted, count, ret);
	ret->likely = bootstrap_median(sorted, count, room, estimates);
	for (size_t i = 0; i < count; i++)
		room[i] = fabs(sorted[i] - ret->median);
	ret->mad = median_of(room, count);
	return 0;
}

struct interval stats_median_interval(const double *sorted, size_t count)
{
	double n = (double)count, half = 1.96 * sqrt(n) / 2;
	double low = round(n / 2 - half), high = round(n / 2 + half) + 1;

	low = low < 1 ? 1 : low;
	high = high > n ? n : high;
	return (struct interval){ sorted[(size_t)low - 1], sorted[(size_t)high - 1] };
}

/* Copies blocks of neighbours until there are `count`. */
static void resample_blocks(const double *values, size_t count, uint64_t *state, double *ret)
{
	size_t block = (size_t)ceil(cbrt((double)count));

	for (size_t done = 0; done < count;) {
		size_t start = pick(state, count - block + 1);

		for (size_t i = 0; i < block && done < count; i++, done++)
			ret[done] = values[start + i];
	}
}

/* The ratio of each round; without `b` it is `a` itself. */
static int divide_rounds(const struct stats_pair *pair, double *ret, struct err *err)
{
	for (size_t i = 0; i < pair->count; i++) {
		double below = pair->b ? pair->b[i] : 1;

		if (!(below > 0))
			return err_set(err, EDOM, "a ratio to a sample that is not positive");
		ret[i] = pair->a[i] / below;
	}
	return 0;
}

/* The median of the rounds' ratios, and RESAMPLES of it. */
static int resample_ratios(const struct stats_pair *pair, uint64_t seed, double *ret_ratio,
			   double *estimates, struct err *err)
{
	AUTO_FREE double *ratios = calloc(pair->count, sizeof(*ratios));
	AUTO_FREE double *room = calloc(pair->count, sizeof(*room));

	if (!ratios || !room)
		return err_set(err, ENOMEM, "out of memory");
	if (divide_rounds(pair, ratios, err) < 0)
		return -err->num;
	for (size_t i = 0; i < RESAMPLES; i++) {
		resample_blocks(ratios, pair->count, &seed, room);
		estimates[i] = median_of(room, pair->count);
	}
	*ret_ratio = median_of(ratios, pair->count);
	return 0;
}

int stats_median_ratio(const double *a, const double *b, size_t count, double *ret, struct err *err)
{
	const struct stats_pair pair = { a, b, count };
	AUTO_FREE double *ratios = calloc(count, sizeof(*ratios));

	if (!ratios)
		return err_set(err, ENOMEM, "out of memory");
	if (divide_rounds(&pair, ratios, err) < 0)
		return -err->num;
	*ret = median_of(ratios, count);
	return 0;
}

int stats_ratio(const double *a, const double *b, size_t count, double *ret_ratio,
		struct interval *ret, struct err *err)
{
	const struct stats_pair pair = { a, b, count };
	AUTO_FREE double *estimates = calloc(RESAMPLES, sizeof(*estimates));
	int r;

	if (!estimates)
		return err_set(err, ENOMEM, "out of memory");
	r = resample_ratios(&pair, SEED, ret_ratio, estimates, err);
	if (r == 0)
		*ret = middle_of(estimates, RESAMPLES);
	return r;
}

int stats_quotient(const struct stats_pair *above, const struct stats_pair *below,
		   double *ret_quotient, struct interval *ret, struct err *err)
{
	AUTO_FREE double *ups = calloc(RESAMPLES, sizeof(*ups));
	AUTO_FREE double *downs = calloc(RESAMPLES, sizeof(*downs));
	double up, down;
	int r;

	if (!ups || !downs)
		return err_set(err, ENOMEM, "out of memory");
	r = resample_ratios(above, SEED, &up, ups, err);
	if (r == 0)
		r = resample_ratios(below, ~(uint64_t)SEED, &down, downs, err);
	if (r < 0)
		return r;
	if (!(down > 0))
		return err_set(err, EDOM, "a ratio to a median that is not positive");
	for (size_t i = 0; i < RESAMPLES; i++)
		ups[i] /= downs[i];
	*ret_quotient = up / down;
	*ret = middle_of(ups, RESAMPLES);
	return 0;
}

/* The 0.975-quantile of Student's t distribution, from the usual tables. */
static double student(size_t freedom)
{
	static const double table[] = { 12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306,
					2.262,  2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120,
					2.110,  2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064,
					2.060,  2.056, 2.052, 2.048, 2.045, 2.042 };

	return freedom <= ARRAY_SIZE(table) ? table[freedom - 1] : 1.96 + 2.5 / (double)freedom;
}

struct interval stats_mean_interval(const double *values, size_t count)
{
	double n = (double)count, mean = 0, squares = 0, half;

	for (size_t i = 0; i < count; i++)
		mean += values[i] / n;
	for (size_t i = 0; i < count; i++)
		squares += (values[i] - mean) * (values[i] - mean);
	half = student(count - 1) * sqrt(squares / (n - 1) / n);
	return (struct interval){ mean - half, mean + half };
}

int stats_fit(const double *x, const double *y, size_t count, struct line *ret, struct err *err)
{
	double n = (double)count, mx = 0, my = 0, sxx = 0, sxy = 0, syy = 0, rest, half = INFINITY;

	for (size_t i = 0; i < count; i++) {
		mx += x[i] / n;
		my += y[i] / n;
	}
	for (size_t i = 0; i < count; i++) {
		sxx += (x[i] - mx) * (x[i] - mx);
		sxy += (x[i] - mx) * (y[i] - my);
		syy += (y[i] - my) * (y[i] - my);
	}
	if (!(sxx > 0))
		return err_set(err, EDOM, "a line needs two different places to go through");
	ret->slope = sxy / sxx;
	ret->intercept = my - ret->slope * mx;
	rest = fmax(0, syy - ret->slope * sxy);
	ret->r2 = syy > 0 ? 1 - rest / syy : 1;
	if (count > 2)
		half = student(count - 2) * sqrt(rest / (n - 2) / sxx);
	ret->slope_likely = (struct interval){ ret->slope - half, ret->slope + half };
	return 0;
}
