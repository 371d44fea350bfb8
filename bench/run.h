// SPDX-License-Identifier: MIT
/*
 * Runs scenarios, one after the other (those that are measured together at once), each in a process of
 * its own that is killed when it takes too long, and turns samples into results. The order of the results is that of the scenarios.
 */
#ifndef NSPROOF_BENCH_RUN_H
#define NSPROOF_BENCH_RUN_H

#include "base/err.h"
#include "bench/sample.h"
#include "bench/scenario.h"
#include "report/bench_result.h"

struct bench_run_spec {
	const struct scenario *const *scenarios;
	size_t count;
	const struct bench_env *env;
	struct sampling sampling; /* `stop` also ends the run */
	void (*result)(void *arg, const struct bench_result *result);
	void (*curve)(void *arg, const struct bench_curve *curve); /* after its last point */
	void *arg;
};

/* A scenario that fails or can't run is a result like others. Adds to *ret. -ENOMEM, -EAGAIN. */
int bench_run(const struct bench_run_spec *spec, struct bench_totals *ret, struct err *err);

#endif
