// SPDX-License-Identifier: MIT
/* Rounds of batches: see contest.h. */
#include "bench/contest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

static int run_batch(struct contest *contest, struct contender *c, struct err *err)
{
	int r = contest->prepare ? contest->prepare(contest->arg, err) : 0;

	r = r < 0 ? r : hyperfine_batch(&contest->hyperfine, c->command.str, c->times, err);
	if (r == 0 && contest->verify)
		r = contest->verify(contest->arg, err);
	if (r == 0)
		c->left = contest->hyperfine.runs;
	return r;
}

/*
 * sample.h turns the order of each round. A round takes one time of each batch, and batches have an
 * odd number of them, so the rounds in which new batches run turn, too.
 */
static int next_time(void *state, struct bench_sample *ret, struct err *err)
{
	struct contender *c = state;
	struct contest *contest = c->contest;

	if (!c->err.num && c->left == 0)
		run_batch(contest, c, &c->err);
	if (!c->err.num) {
		ret->value = c->times[contest->hyperfine.runs - c->left--];
		return 0;
	}
	if (c != contest->contenders)
		return 0; /* out of the contest */
	*err = c->err;
	return -err->num;
}

static int copy_series(const struct series *from, struct series *to, struct err *err)
{
	*to = (struct series){ .samples = calloc(from->count + 1, sizeof(*from->samples)) };
	if (!to->samples)
		return err_set(err, ENOMEM, "out of memory");
	to->count = to->room = from->count;
	memcpy(to->samples, from->samples, from->count * sizeof(*from->samples));
	return 0;
}

static int fill(const struct contest *c, const struct series *series, const struct scenario *row,
		enum sampling_end end, struct harvest *ret, struct err *err)
{
	size_t i = 0;
	int r;

	while (strcmp(c->contenders[i].name, row->name) != 0)
		i++;
	if (c->contenders[i].err.num) {
		ret->err = c->contenders[i].err;
		return 0;
	}
	ret->end = end;
	ret->bytes = c->bytes;
	ret->files = c->files;
	r = copy_series(&series[i], &ret->own, err);
	return r < 0 || i == 0 ? r : copy_series(&series[0], &ret->floor, err);
}

static bool is_wanted(const struct contender *c, const struct scenario *const *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(rows[i]->name, c->name))
			return true;
	return false;
}

/* Those that no row asks for don't run, but for the floor. */
static int find_series(struct contest *c, const struct scenario *const *rows, size_t count,
		       struct series *series, struct err *err)
{
	for (size_t i = 0; i < c->count; i++) {
		struct contender *one = &c->contenders[i];

		one->contest = c;
		series[i] = (struct series){ .sample = next_time, .state = one };
		if (i > 0 && !one->err.num && !is_wanted(one, rows, count))
			err_set(&one->err, ECANCELED, "nobody asks for it");
	}
	if (c->contenders[0].err.num)
		*err = c->contenders[0].err;
	return c->contenders[0].err.num ? -err->num : 0;
}

int contest_open(struct contest *c, const char *dir, struct err *err)
{
	if (hyperfine_find(&c->hyperfine, err) < 0)
		return err_set(err, EOPNOTSUPP, "hyperfine is not installed");
	snprintf(c->hyperfine.file, sizeof(c->hyperfine.file), "%s/hyperfine.json", dir);
	return 0;
}

void contest_done(struct contest *c)
{
	for (size_t i = 0; i < c->count; i++)
		text_done(&c->contenders[i].command);
	hyperfine_done(&c->hyperfine);
}

int contest_run(struct contest *c, const struct bench_env *env, const struct scenario *const *rows,
		size_t count, const struct sampling *how, struct harvest *ret, struct err *err)
{
	struct series series[BENCH_SERIES_MAX] = { { 0 } };
	struct sampling sampling = *how;
	enum sampling_end end;
	int r = find_series(c, rows, count, series, err);

	sampling.warm_up = 0; /* hyperfine's own is enough */
	if (sampling.few < c->hyperfine.runs)
		sampling.few = c->hyperfine.runs;
	r = r < 0 ? r : sample_rounds(series, c->count, &sampling, &end, err);
	for (size_t i = 0; i < count && r == 0; i++)
		r = fill(c, series, rows[i], end, &ret[i], err);
	if (r == 0 && env->results_dir >= 0)
		r = hyperfine_save(&c->hyperfine, env->results_dir, c->saved_as, err);
	for (size_t i = 0; i < c->count; i++)
		series_done(&series[i]);
	return r;
}
