// SPDX-License-Identifier: MIT
/*
 * Running a selection of checks: workers, each with an arena of its own, take one check after the
 * other; results come out in catalogue order, whichever worker is faster.
 */
#ifndef NSPROOF_CHECK_RUN_H
#define NSPROOF_CHECK_RUN_H

#include "check/check.h"
#include "check/needs.h"
#include "check/plan.h"
#include "container/spawner.h"
#include "report/result.h"

struct run_spec {
	const struct check *const *checks; /* the selection, in catalogue order */
	size_t count;
	const struct check_plan *plans; /* one a check; NULL: those of check_plan() */
	const unsigned int
		*batches; /* one a plan: those with the same number are asked together, in
				      * one container for each set of guards (survey.h); 0: alone */
	const struct spawner *spawner;
	const struct abilities *abilities;
	const char *image; /* directory of the unpacked image */
	int probe_fd;      /* see probe_open() */
	int cgroup_dir;    /* where leaves are made, or -1 */
	int jobs;          /* workers, at least 1 */
	int timeout_ms;    /* for one arm */
	bool force_arena;  /* no arm on the real host */
	/* Called first, when an interrupt already ends the run in order; NULL: not at all. */
	void (*begin)(void *arg);
	/* Called once a check, in order. The strings live until it returns. */
	void (*result)(void *arg, const struct check_result *result);
	void *arg;
};

/*
 * Runs them. The calling process must be a spawner, with no children that it does not know: SIGINT
 * and SIGTERM end the run early, which `ret->interrupted` tells. -errno only when no worker could
 * be started; everything else is a verdict.
 */
int run_checks(const struct run_spec *spec, struct totals *ret, struct err *err);

/* The probe program as a sealed memfd that can be executed; close-on-exec. */
int probe_open(const void *image, size_t size, struct err *err);

#endif
