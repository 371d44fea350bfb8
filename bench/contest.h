// SPDX-License-Identifier: MIT
/*
 * Inside bench/: whole commands against each other, timed by hyperfine in short batches that
 * alternate (A B C, C B A, ...). The first one is the floor of all the others, with the samples of
 * the same rounds.
 */
#ifndef NSPROOF_BENCH_CONTEST_H
#define NSPROOF_BENCH_CONTEST_H

#include "base/text.h"
#include "bench/hyperfine.h"
#include "bench/worker.h"

struct contender {
	const char *name;    /* of its row */
	struct text command; /* see process_run() */
	struct err err;      /* why there are no figures of it; num 0: there are */
	/* the contest's own */
	struct contest *contest;
	double times[HYPERFINE_RUNS_MAX];
	size_t left; /* of them */
};

struct contest {
	struct hyperfine hyperfine; /* with `runs`: odd, so that batches alternate */
	const char *saved_as;       /* "runtimes.json", see env->results_dir */
	/* get ready for a batch, and see what it has done; neither is timed; or NULL */
	int (*prepare)(void *arg, struct err *err);
	int (*verify)(void *arg, struct err *err);
	void *arg;
	double bytes, files; /* that a run of any of them moves; 0: does not apply */
	struct contender *contenders;
	size_t count;
};

/* Finds hyperfine, which keeps its figures below `dir`. -EOPNOTSUPP: it is not installed. */
int contest_open(struct contest *c, const char *dir, struct err *err);

/* Frees what is in it. Safe without contest_open(). */
void contest_done(struct contest *c);

#define AUTO_CONTEST __attribute__((cleanup(contest_done)))

/*
 * Measures all contenders without an error, and fills ret[i] for rows[i], see bench_together_fn. One
 * that fails drops out with its reason; when the first one does, all of it has failed.
 */
int contest_run(struct contest *c, const struct bench_env *env, const struct scenario *const *rows,
		size_t count, const struct sampling *how, struct harvest *ret, struct err *err);

#endif
