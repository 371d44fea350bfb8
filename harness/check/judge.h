// SPDX-License-Identifier: MIT
/* Inside the engine: from answers to the plain result that the reporters take. Pure. */
#ifndef NSPROOF_CHECK_JUDGE_H
#define NSPROOF_CHECK_JUDGE_H

#include "base/text.h"
#include "check/needs.h"
#include "check/plan.h"

/* A result and what its pointers point to; it must not move. */
struct judged {
	struct check_result result;
	struct arm_result arms[PLAN_ARMS_MAX];
	struct text guards[PLAN_ARMS_MAX];
	char suite[24];
	char reason[400];
};

void judge_check(const struct check *check, const struct check_plan *plan,
		 const struct arm_answer *answers, struct judged *ret);

/* `missing`: the guard that can't be had; GUARD_COUNT if it is one of the row's needs. */
void judge_skipped(const struct check *check, const struct abilities *abilities, enum guard missing,
		   struct judged *ret);

void judge_done(struct judged *judged);

#endif
