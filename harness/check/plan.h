// SPDX-License-Identifier: MIT
/* Which arms a check has, what each is expected to answer, and what the answers add up to. Pure. */
#ifndef NSPROOF_CHECK_PLAN_H
#define NSPROOF_CHECK_PLAN_H

#include <stdbool.h>

#include "check/arm.h"
#include "check/check.h"

enum { PLAN_ARMS_MAX = CHECK_WALLS_MAX + 2 };

struct arm_plan {
	char name[12]; /* "sealed", "wall 1", "open", "twin" */
	guard_set guards;
	enum answer_kind expected; /* ANSWER_REACHED or ANSWER_BLOCKED */
	bool control;              /* shows that the probe can tell: a surprise makes it blind */
	bool arena;                /* runs there; otherwise on the real host */
	bool twin;                 /* KERNEL_RULE: the legal twin of the act */
};

struct check_plan {
	size_t count;
	struct arm_plan arms[PLAN_ARMS_MAX];
};

/*
 * `available`: the guards that the machine can do; walls that need others are left out. Returns
 * false if nothing is left to prove (no wall of a row that has walls can be built, or its base
 * can't), with the first guard that is missing.
 */
bool check_plan(const struct check *check, guard_set available, bool force_arena,
		struct check_plan *ret, enum guard *ret_missing);

/* Whether the answer is what the arm expects, outcome and proof included. */
bool arm_as_expected(const struct check *check, const struct arm_plan *arm,
		     const struct arm_answer *answer);

/* The verdict; *ret_arm is the arm that decided it (unless isolated). */
enum verdict check_verdict(const struct check *check, const struct check_plan *plan,
			   const struct arm_answer *answers, size_t *ret_arm);

#endif
