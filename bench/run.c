// SPDX-License-Identifier: MIT
/* From scenarios to results and curves: see run.h. */
#include "bench/run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "bench/noise.h"
#include "bench/stats.h"
#include "bench/worker.h"

/* The points of the curve in hand. */
struct points {
	char name[64];
	const char *per;
	double *x, *y; /* room for all scenarios */
	size_t count;
};

/* All that a result points to. */
struct digest {
	double *own, *floor;
	struct bench_part parts[BENCH_PARTS_MAX];
};

static void digest_done(struct digest *d)
{
	free(d->own);
	free(d->floor);
}

/* Means over the samples whose whole is in the middle half: what adds up, without the tail. */
static void split_parts(const struct series *s, const char *const *names, const struct stats *stats,
			struct digest *d, struct bench_result *ret)
{
	size_t middle = 0;

	for (; ret->part_count < BENCH_PARTS_MAX && names[ret->part_count]; ret->part_count++)
		d->parts[ret->part_count] = (struct bench_part){ names[ret->part_count], 0 };
	for (size_t i = 0; i < s->count; i++) {
		const struct bench_sample *sample = &s->samples[i];

		if (sample->value < stats->p25 || sample->value > stats->p75)
			continue;
		middle++;
		ret->whole += sample->value;
		for (size_t p = 0; p < ret->part_count; p++)
			d->parts[p].mean += sample->parts[p];
	}
	ret->whole /= (double)middle;
	for (size_t p = 0; p < ret->part_count; p++)
		d->parts[p].mean /= (double)middle;
	ret->parts = d->parts;
}

static int describe(const struct scenario *s, const struct harvest *h, struct digest *d,
		    struct bench_result *ret, struct err *err)
{
	int r;

	d->own = calloc(h->own.count, sizeof(*d->own));
	d->floor = calloc(h->floor.count + 1, sizeof(*d->floor));
	if (!d->own || !d->floor)
		return err_set(err, ENOMEM, "out of memory");
	series_values(&h->own, d->own);
	series_values(&h->floor, d->floor);
	ret->samples = d->own;
	r = stats_describe(d->own, h->own.count, &ret->stats, err);
	if (r == 0 && s->parts)
		split_parts(&h->own, s->parts, &ret->stats, d, ret);
	if (r < 0 || h->floor.count == 0)
		return r;
	ret->floor_samples = d->floor;
	r = stats_describe(d->floor, h->floor.count, &ret->floor, err);
	return r < 0 ? r
		     : stats_ratio(d->own, d->floor, h->own.count, &ret->ratio, &ret->ratio_likely,
				   err);
}

static void set_state(struct bench_result *ret, enum bench_state state, const char *reason)
{
	ret->state = state;
	ret->reason = reason;
}

/* The state and, where there are samples, all figures. */
static int judge(const struct scenario *s, const struct harvest *h, const char *noise,
		 struct digest *d, struct bench_result *ret, struct err *err)
{
	*ret = (struct bench_result){
		.name = s->name,
		.about = s->about,
		.unit = s->unit ? s->unit : "ns",
		.ended = sampling_end_names[h->end],
		.bytes = h->bytes,
		.files = h->files,
		.items = h->items,
		.is_point = s->per,
		.x = s->x,
	};
	if (h->err.num) {
		set_state(ret, h->err.num == EOPNOTSUPP ? BENCH_SKIPPED : BENCH_FAILED,
			  h->err.text);
		return 0;
	}
	set_state(ret, *noise ? BENCH_NOISY : BENCH_MEASURED, noise);
	return describe(s, h, d, ret, err);
}

static size_t family_length(const char *name)
{
	return (size_t)(strrchr(name, '/') - name);
}

/* Reports the curve in hand, if it is one, and forgets it. */
static int end_curve(const struct bench_run_spec *spec, struct points *p, struct err *err)
{
	struct bench_curve curve = { .name = p->name, .per = p->per, .points = p->count };
	int r = 0;

	if (p->count > 1) {
		r = stats_fit(p->x, p->y, p->count, &curve.line, err);
		if (r == 0)
			spec->curve(spec->arg, &curve);
	}
	p->count = 0;
	return r;
}

static int add_point(const struct bench_run_spec *spec, struct points *p, const struct scenario *s,
		     const struct bench_result *result, struct err *err)
{
	size_t len = family_length(s->name);
	int r = 0;

	if (strlen(p->name) != len || strncmp(p->name, s->name, len) != 0) {
		r = end_curve(spec, p, err);
		snprintf(p->name, sizeof(p->name), "%.*s", (int)len, s->name);
	}
	if (!s->per || result->stats.count == 0)
		return r;
	p->per = s->per;
	p->x[p->count] = s->x;
	p->y[p->count++] = result->stats.median;
	return r;
}

static int report(const struct bench_run_spec *spec, const struct scenario *s,
		  const struct harvest *h, const char *noise, struct points *points,
		  struct bench_totals *totals, struct err *err)
{
	__attribute__((cleanup(digest_done))) struct digest d = { 0 };
	struct bench_result result;
	int r;

	if (!h->err.num && h->own.count == 0)
		return 0; /* it was told to stop before the first sample */
	r = judge(s, h, noise, &d, &result, err);
	if (r < 0)
		return r;
	totals->states[result.state]++;
	r = add_point(spec, points, s, &result, err);
	spec->result(spec->arg, &result);
	return r;
}

static int run_some(const struct bench_run_spec *spec, const struct scenario *const *rows,
		    size_t count, struct points *points, struct bench_totals *totals,
		    struct err *err)
{
	AUTO_FREE struct harvest *h = calloc(count, sizeof(*h));
	struct noise before, after;
	char noise[120];
	int r = 0;

	if (!h)
		return err_set(err, ENOMEM, "out of memory");
	noise_read(&before);
	worker_run(spec->env, rows, count, &spec->sampling, h);
	noise_read(&after);
	noise_judge(&before, &after, noise, sizeof(noise));
	for (size_t i = 0; i < count; i++) {
		if (r == 0)
			r = report(spec, rows[i], &h[i], noise, points, totals, err);
		harvest_done(&h[i]);
	}
	return r;
}

/* How many rows from here on are one measurement. */
static size_t count_together(const struct scenario *const *rows, size_t left)
{
	size_t count = 1;

	while (rows[0]->together && count < left && rows[count]->together == rows[0]->together)
		count++;
	return count;
}

int bench_run(const struct bench_run_spec *spec, struct bench_totals *ret, struct err *err)
{
	AUTO_FREE double *x = calloc(spec->count + 1, sizeof(*x));
	AUTO_FREE double *y = calloc(spec->count + 1, sizeof(*y));
	const volatile sig_atomic_t *stop = spec->sampling.stop;
	struct points points = { .x = x, .y = y };
	size_t some;
	int r = 0;

	if (!x || !y)
		return err_set(err, ENOMEM, "out of memory");
	for (size_t i = 0; i < spec->count && r == 0 && !(stop && *stop); i += some) {
		some = count_together(spec->scenarios + i, spec->count - i);
		r = run_some(spec, spec->scenarios + i, some, &points, ret, err);
	}
	if (r == 0)
		r = end_curve(spec, &points, err);
	ret->interrupted |= stop && *stop;
	return r;
}
