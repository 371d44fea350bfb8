// SPDX-License-Identifier: MIT
/*
 * Two builds of nsproof against each other: both serve the same scenario (serve.h), and their samples
 * are taken in turns. So whatever the machine does in the meantime, it does to both.
 */
#ifndef NSPROOF_BENCH_AGAINST_H
#define NSPROOF_BENCH_AGAINST_H

#include "base/err.h"
#include "bench/sample.h"
#include "bench/scenario.h"
#include "report/bench_result.h"

enum { AGAINST_WORDS = 16 };

/* A build: how errors call it, and the words that make it serve, to which the scenario is added. */
struct against_side {
	const char *name;
	const char *words[AGAINST_WORDS]; /* NULL-terminated, with room for one more */
};

struct against_spec {
	const struct scenario *const *scenarios;
	size_t count;
	struct against_side base, now;
	struct sampling sampling; /* `stop` also ends the run */
	double threshold;         /* 0.05: a change of up to 5 % is none */
	void (*result)(void *arg, const struct bench_duel *duel);
	void *arg;
};

/*
 * A scenario that fails or can't run on either side is a result like others. Adds to *ret. -EPROTO:
 * one of the two is no nsproof that serves; -ENOMEM.
 */
int against_run(const struct against_spec *spec, struct bench_totals *ret, struct err *err);

#endif
