// SPDX-License-Identifier: MIT
/* From answers to a result: see judge.h. */
#include "check/judge.h"

#include <stdio.h>
#include <string.h>

static void fill_head(const struct check *check, struct judged *ret)
{
	*ret = (struct judged){ 0 };
	snprintf(ret->suite, sizeof(ret->suite), "%.*s", (int)strcspn(check->id, "/"), check->id);
	ret->result = (struct check_result){
		.id = check->id,
		.suite = ret->suite,
		.question = check->question,
		.reference = check->reference,
		.kind = check->kind,
		.reason = ret->reason,
		.arms = ret->arms,
	};
}

static void fill_arm(const struct check *check, const struct arm_plan *plan,
		     const struct arm_answer *answer, struct arm_result *ret, struct text *guards)
{
	guard_names(plan->guards, guards);
	*ret = (struct arm_result){
		.name = plan->name,
		.host = plan->arena ? "arena" : "real",
		.guards = guards->str ? guards->str : "",
		.expected = plan->expected,
		.answer = answer->kind,
		.outcome = answer->kind == ANSWER_BLOCKED ? outcome_name(answer->outcome) : "",
		.evidence = answer->evidence,
		.as_expected = arm_as_expected(check, plan, answer),
	};
}

static void fill_reason(const struct arm_plan *arm, const struct arm_answer *answer,
			struct judged *ret)
{
	const char *outcome = outcome_name(answer->outcome);
	char *reason = ret->reason;
	size_t room = sizeof(ret->reason);

	if (answer->kind == ANSWER_BROKEN)
		snprintf(reason, room, "%s arm: %s", arm->name, answer->evidence);
	else if (answer->kind == ANSWER_BLOCKED && ret->result.verdict == VERDICT_BROKEN)
		snprintf(reason, room, "%s arm: blocked as %s, which the check does not count",
			 arm->name, outcome);
	else if (ret->result.verdict == VERDICT_BROKEN)
		snprintf(reason, room, "%s arm: reached, but without the proof", arm->name);
	else if (ret->result.verdict == VERDICT_BLIND)
		snprintf(reason, room, "%s arm: %s, so the probe proves nothing", arm->name,
			 answer->kind == ANSWER_REACHED ? "reached all the same" : outcome);
	else if (answer->kind == ANSWER_REACHED)
		snprintf(reason, room, "%s arm: reached", arm->name);
	else
		snprintf(reason, room, "%s arm: %s", arm->name, outcome);
}

void judge_check(const struct check *check, const struct check_plan *plan,
		 const struct arm_answer *answers, struct judged *ret)
{
	size_t decisive = 0;

	fill_head(check, ret);
	ret->result.verdict = check_verdict(check, plan, answers, &decisive);
	ret->result.arm_count = plan->count;
	for (size_t i = 0; i < plan->count; i++)
		fill_arm(check, &plan->arms[i], &answers[i], &ret->arms[i], &ret->guards[i]);
	if (ret->result.verdict != VERDICT_ISOLATED)
		fill_reason(&plan->arms[decisive], &answers[decisive], ret);
}

void judge_skipped(const struct check *check, const struct abilities *abilities, enum guard missing,
		   struct judged *ret)
{
	const char *name, *why;

	fill_head(check, ret);
	if (missing < GUARD_COUNT) {
		name = guard_table[missing].name;
		why = abilities->guard_why[missing].text;
	} else {
		int need = __builtin_ctzll(need_missing(check, abilities));

		name = need_table[need].name;
		why = abilities->need_why[need].text;
	}
	ret->result.verdict = VERDICT_SKIPPED;
	ret->result.need = name;
	snprintf(ret->reason, sizeof(ret->reason), "%s", why);
}

void judge_done(struct judged *judged)
{
	for (size_t i = 0; i < PLAN_ARMS_MAX; i++)
		text_done(&judged->guards[i]);
}
