// SPDX-License-Identifier: MIT
/* Two servers, asked in turns: see against.h. */
#include "bench/against.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "bench/compare.h"
#include "bench/noise.h"
#include "bench/peer.h"
#include "bench/stats.h"

/*
 * Where a process lies in memory makes the same code some percent faster or slower for as long as it
 * lives. So each measurement is made of several pairs of processes, and goes on, pair after pair,
 * until the verdict is clear or the time is up.
 */
enum { TURNS_LEAST = 4, TURNS_MOST = 96, SLICES = 24 };

/* to get ready may mean to make an image of a hundred megabytes */
enum { READY_MS = 300000, ANSWER_MS = 60000 };

/* What all the pairs have brought. */
struct takings {
	struct series base, now; /* without functions: values only */
	size_t ends[TURNS_MOST]; /* rounds up to the end of each pair */
	size_t pairs;
	int64_t sampled_ns; /* without what it took to get ready */
	enum sampling_end end;
	char unit[16];
};

static void takings_done(struct takings *t)
{
	series_done(&t->base);
	series_done(&t->now);
}

static int append(struct series *to, const struct series *from, struct err *err)
{
	size_t count = to->count + from->count;
	void *grown = reallocarray(to->samples, count + 1, sizeof(*to->samples));

	if (!grown)
		return err_set(err, ENOMEM, "out of memory");
	to->samples = grown;
	memcpy(to->samples + to->count, from->samples, from->count * sizeof(*from->samples));
	to->count = to->room = count;
	return 0;
}

/*
 * The share of one pair: the `getting_ready` of the one before must pay off. The rounds are few, and
 * precision is asked for when all of them are looked at.
 */
static struct sampling share(const struct sampling *all, int64_t getting_ready_ns)
{
	struct sampling one = *all;

	one.time_ns = all->time_ns / SLICES;
	if (one.time_ns < getting_ready_ns)
		one.time_ns = getting_ready_ns;
	one.few = (all->few + TURNS_LEAST - 1) / TURNS_LEAST;
	one.enough = all->most;
	one.most = (all->most + SLICES - 1) / SLICES;
	return one;
}

static int start_pair(const struct peer_spec *base, const struct peer_spec *now, size_t turn,
		      struct peer *to_base, struct peer *to_now, struct err *err)
{
	/* who comes first may fare better */
	int r = turn % 2 ? 0 : peer_start(to_base, base, err);

	r = r < 0 ? r : peer_start(to_now, now, err);
	if (r == 0 && turn % 2)
		r = peer_start(to_base, base, err);
	if (r == 0 && strcmp(to_base->unit, to_now->unit) != 0)
		r = err_set(err, EINVAL, "%s measures in %s, %s in %s", base->name, to_base->unit,
			    now->name, to_now->unit);
	return r;
}

/* One pair of processes. */
static int take_turn(const struct peer_spec *base, const struct peer_spec *now,
		     const struct sampling *how, struct takings *t, struct err *err)
{
	AUTO_PEER struct peer to_base = PEER_INIT;
	AUTO_PEER struct peer to_now = PEER_INIT;
	struct series both[] = { { .sample = peer_sample, .state = &to_base },
				 { .sample = peer_sample, .state = &to_now } };
	enum sampling_end end;
	int r = start_pair(base, now, t->pairs, &to_base, &to_now, err);

	if (r == 0) {
		snprintf(t->unit, sizeof(t->unit), "%s", to_now.unit);
		r = sample_rounds(both, 2, how, &end, err);
	}
	r = r < 0 ? r : append(&t->base, &both[0], err);
	r = r < 0 ? r : append(&t->now, &both[1], err);
	t->ends[t->pairs++] = t->now.count;
	series_done(&both[0]);
	series_done(&both[1]);
	return r;
}

static bool stopped(const struct sampling *how)
{
	return how->stop && *how->stop;
}

static int values_of(const struct takings *t, double **ret_base, double **ret_now, struct err *err)
{
	size_t count = t->now.count;

	*ret_base = calloc(count + 1, sizeof(**ret_base));
	*ret_now = calloc(count + 1, sizeof(**ret_now));
	if (!*ret_base || !*ret_now)
		return err_set(err, ENOMEM, "out of memory");
	series_values(&t->base, *ret_base);
	series_values(&t->now, *ret_now);
	return 0;
}

/* Whether more of it is not needed, or not to be had. */
static int look_for_end(struct takings *t, const struct against_spec *spec, bool *ret,
			struct err *err)
{
	AUTO_FREE double *base = NULL, *now = NULL;
	int r;

	*ret = stopped(&spec->sampling);
	t->end = ENDED_STOPPED;
	if (*ret || t->pairs < TURNS_LEAST)
		return 0;
	r = values_of(t, &base, &now, err);
	r = r < 0 ? r : compare_is_clear(base, now, t->ends, t->pairs, spec->threshold, ret, err);
	t->end = ENDED_CLEAR;
	if (r < 0 || *ret)
		return r;
	*ret = t->sampled_ns >= spec->sampling.time_ns;
	t->end = ENDED_TIME;
	if (*ret)
		return 0;
	*ret = t->pairs == TURNS_MOST || t->now.count >= spec->sampling.most;
	t->end = ENDED_ROUNDS;
	return 0;
}

static int take_all(const struct against_spec *spec, const struct peer_spec *base,
		    const struct peer_spec *now, struct takings *t, struct err *err)
{
	const struct sampling *all = &spec->sampling;
	int64_t getting_ready_ns = 0;
	bool done = stopped(all);
	int r = 0;

	while (r == 0 && !done) {
		const struct sampling how = share(all, getting_ready_ns);
		int64_t start = all->now();

		r = take_turn(base, now, &how, t, err);
		getting_ready_ns = all->now() - start - how.time_ns;
		t->sampled_ns += how.time_ns;
		r = r < 0 ? r : look_for_end(t, spec, &done, err);
	}
	return r;
}

struct digest {
	double *base, *now;
};

static void digest_done(struct digest *d)
{
	free(d->base);
	free(d->now);
}

static int judge(const struct takings *t, double threshold, struct digest *d,
		 struct bench_duel *ret, struct bench_totals *totals, struct err *err)
{
	struct bench_comparison c;
	size_t count = t->now.count;
	int r;

	r = values_of(t, &d->base, &d->now, err);
	if (r < 0)
		return r;
	ret->base_samples = d->base;
	ret->samples = d->now;
	r = stats_describe(d->base, count, &ret->base, err);
	r = r < 0 ? r : stats_describe(d->now, count, &ret->stats, err);
	r = r < 0 ? r : compare_interleaved(d->base, d->now, t->ends, t->pairs, threshold, &c, err);
	if (r < 0)
		return r;
	ret->ratio = c.ratio;
	ret->likely = c.likely;
	ret->change = change_names[c.change];
	ret->doubt = c.reason;
	totals->slower += c.change == CHANGE_SLOWER;
	totals->faster += c.change == CHANGE_FASTER;
	totals->same += c.change == CHANGE_SAME;
	totals->unclear += c.change == CHANGE_NOISY;
	return 0;
}

/* A server of this side for one scenario. */
static struct peer_spec peer_of(struct against_side *side, const char *scenario)
{
	size_t n = 0;

	while (side->words[n])
		n++;
	side->words[n] = scenario;
	return (struct peer_spec){ side->name, side->words, READY_MS, ANSWER_MS };
}

static int run_one(const struct against_spec *spec, const struct scenario *s,
		   struct bench_totals *totals, struct err *err)
{
	struct against_side base_side = spec->base, now_side = spec->now;
	const struct peer_spec base = peer_of(&base_side, s->name);
	const struct peer_spec now = peer_of(&now_side, s->name);
	__attribute__((cleanup(takings_done))) struct takings t = { 0 };
	__attribute__((cleanup(digest_done))) struct digest d = { 0 };
	struct bench_duel duel = { .name = s->name, .change = "", .doubt = "" };
	struct noise before, after;
	struct err why = { 0 };
	char noise[120] = "";
	int r;

	noise_read(&before);
	r = take_all(spec, &base, &now, &t, &why);
	noise_read(&after);
	if (r == -EPROTO)
		return err_set(err, EPROTO, "%s", why.text);
	if (r == 0 && t.now.count == 0)
		return 0; /* told to stop before the first sample */
	duel.unit = t.unit;
	duel.ended = sampling_end_names[t.end];
	duel.reason = why.text;
	duel.state = r == -EOPNOTSUPP ? BENCH_SKIPPED : BENCH_FAILED;
	if (r == 0) {
		noise_judge(&before, &after, noise, sizeof(noise));
		duel.state = *noise ? BENCH_NOISY : BENCH_MEASURED;
		duel.reason = noise;
		r = judge(&t, spec->threshold, &d, &duel, totals, err);
		if (r < 0)
			return r;
	}
	totals->states[duel.state]++;
	spec->result(spec->arg, &duel);
	return 0;
}

int against_run(const struct against_spec *spec, struct bench_totals *ret, struct err *err)
{
	int r = 0;

	for (size_t i = 0; i < spec->count && r == 0 && !stopped(&spec->sampling); i++)
		r = run_one(spec, spec->scenarios[i], ret, err);
	ret->interrupted |= stopped(&spec->sampling);
	return r;
}
