// SPDX-License-Identifier: MIT
/* Rounds of samples: see sample.h. */
#include "bench/sample.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "bench/stats.h"

const char *const sampling_end_names[] = { "precision", "time", "rounds", "interrupt", "verdict" };

void series_done(struct series *s)
{
	free(s->samples);
	s->samples = NULL;
	s->count = s->room = 0;
}

void series_values(const struct series *s, double *ret)
{
	for (size_t i = 0; i < s->count; i++)
		ret[i] = s->samples[i].value;
}

void series_parts(const struct series *s, int part, double *ret)
{
	for (size_t i = 0; i < s->count; i++)
		ret[i] = s->samples[i].parts[part];
}

static int add_sample(struct series *s, struct err *err)
{
	size_t room = s->room ? s->room * 2 : 64;
	struct bench_sample sample = { 0 };
	void *grown;
	int r;

	if (s->count == s->room) {
		grown = reallocarray(s->samples, room, sizeof(*s->samples));
		if (!grown)
			return err_set(err, ENOMEM, "out of memory");
		s->samples = grown;
		s->room = room;
	}
	r = s->sample(s->state, &sample, err);
	if (r < 0)
		return r;
	s->samples[s->count++] = sample;
	return 0;
}

/* Odd rounds go backwards. */
static int take_round(struct series *series, size_t count, size_t round, struct err *err)
{
	for (size_t i = 0; i < count; i++) {
		int r = add_sample(&series[round % 2 ? count - 1 - i : i], err);

		if (r < 0)
			return r;
	}
	return 0;
}

static int is_precise(const struct series *s, double precision, bool *ret, struct err *err)
{
	AUTO_FREE double *values = calloc(s->count + 1, sizeof(*values));
	struct interval likely;
	double median;

	if (!values)
		return err_set(err, ENOMEM, "out of memory");
	series_values(s, values);
	stats_sort(values, s->count);
	likely = stats_median_interval(values, s->count);
	median = stats_quantile(values, s->count, 0.5);
	*ret = (likely.high - likely.low) / 2 <= precision * median;
	return 0;
}

static int all_precise(const struct series *series, size_t count, double precision, bool *ret,
		       struct err *err)
{
	*ret = true;
	for (size_t i = 0; i < count && *ret; i++) {
		int r = is_precise(&series[i], precision, ret, err);

		if (r < 0)
			return r;
	}
	return 0;
}

/* Whether it ends after this many rounds; to sort is not cheap, so not each of many is looked at. */
static int look_for_end(const struct series *series, size_t count, const struct sampling *how,
			int64_t start, enum sampling_end *ret_end, bool *ret, struct err *err)
{
	size_t rounds = series[0].count;

	*ret = true;
	*ret_end = ENDED_ROUNDS;
	if (rounds >= how->most)
		return 0;
	*ret = rounds >= how->few && how->now() - start >= how->time_ns;
	*ret_end = ENDED_TIME;
	if (*ret || rounds < how->enough || rounds % (1 + rounds / 16))
		return 0;
	*ret_end = ENDED_PRECISE;
	return all_precise(series, count, how->precision, ret, err);
}

static bool stopped(const struct sampling *how)
{
	return how->stop && *how->stop;
}

int sample_rounds(struct series *series, size_t count, const struct sampling *how,
		  enum sampling_end *ret, struct err *err)
{
	bool done = false;
	int64_t start;
	int r = 0;

	for (size_t i = 0; i < how->warm_up && r == 0 && !stopped(how); i++)
		r = take_round(series, count, i, err);
	if (r < 0)
		return err_wrap(err, "warm-up");
	for (size_t i = 0; i < count; i++)
		series[i].count = 0;
	start = how->now();
	while (r == 0 && !done && !stopped(how)) {
		size_t round = series[0].count;

		r = take_round(series, count, round, err);
		if (r < 0)
			return err_wrap(err, "sample %zu", round + 1);
		r = look_for_end(series, count, how, start, ret, &done, err);
	}
	if (r == 0 && !done)
		*ret = ENDED_STOPPED;
	return r;
}
