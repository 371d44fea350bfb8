// SPDX-License-Identifier: MIT
/* Unit tests of results: the reason that a reader gets must name the arm that decided, and why. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "check/canary.h"
#include "check/judge.h"
#include "runner.h"

static const struct check row = {
	.id = "test/row",
	.question = "Does it?",
	.canary = &canary_process,
	.walls = { WALL(PID) },
	.blocked_as = { ESRCH },
	.needs = NEED(BRIDGE),
	.reference = "kill(2)",
};

static const struct arm_answer blocked = { .kind = ANSWER_BLOCKED, .outcome = ESRCH };
static const struct arm_answer unlisted = { .kind = ANSWER_BLOCKED, .outcome = EPERM };
static const struct arm_answer reached = { .kind = ANSWER_REACHED, .proven = true };
static const struct arm_answer unproven = { .kind = ANSWER_REACHED };
static const struct arm_answer broken = { .kind = ANSWER_BROKEN, .evidence = "no answer" };

static const struct {
	const struct arm_answer *sealed, *wall, *open;
	enum verdict verdict;
	const char *reason;
} cases[] = {
	{ &blocked, &blocked, &reached, VERDICT_ISOLATED, "" },
	{ &reached, &blocked, &reached, VERDICT_LEAKED, "sealed arm: reached" },
	{ &blocked, &reached, &reached, VERDICT_LEAKED, "wall 1 arm: reached" },
	{ &blocked, &blocked, &blocked, VERDICT_BLIND,
	  "open arm: ESRCH, so the probe proves nothing" },
	{ &blocked, &broken, &reached, VERDICT_BROKEN, "wall 1 arm: no answer" },
	{ &unlisted, &blocked, &reached, VERDICT_BROKEN,
	  "sealed arm: blocked as EPERM, which the check does not count" },
	{ &blocked, &blocked, &unproven, VERDICT_BROKEN,
	  "open arm: reached, but without the proof" },
};

START_TEST(a_reason_names_the_arm)
{
	const struct arm_answer answers[] = { *cases[_i].sealed, *cases[_i].wall, *cases[_i].open };
	struct check_plan plan;
	struct judged judged;
	enum guard missing;

	ck_assert(check_plan(&row, GUARDS_EVERYTHING, false, &plan, &missing));
	judge_check(&row, &plan, answers, &judged);
	ck_assert_int_eq(judged.result.verdict, cases[_i].verdict);
	ck_assert_str_eq(judged.result.reason, cases[_i].reason);
	judge_done(&judged);
	judge_done(&judged);
}
END_TEST

START_TEST(a_result_has_every_arm)
{
	const struct arm_answer answers[] = { blocked, unlisted, reached };
	const struct arm_result *arms;
	struct check_plan plan;
	struct judged judged;
	enum guard missing;

	ck_assert(check_plan(&row, GUARDS_EVERYTHING, false, &plan, &missing));
	judge_check(&row, &plan, answers, &judged);
	ck_assert_str_eq(judged.result.suite, "test");
	ck_assert_str_eq(judged.result.question, row.question);
	ck_assert_uint_eq(judged.result.arm_count, 3);
	arms = judged.result.arms;
	ck_assert_str_eq(arms[0].host, "real");
	ck_assert_str_eq(arms[0].guards, "all+hostname+lo");
	ck_assert_str_eq(arms[0].outcome, "ESRCH");
	ck_assert(arms[0].as_expected);
	ck_assert_str_eq(arms[1].name, "wall 1");
	ck_assert_str_eq(arms[1].host, "arena");
	ck_assert_str_eq(arms[1].guards, "pid");
	ck_assert(!arms[1].as_expected);
	ck_assert_str_eq(arms[2].guards, "none");
	ck_assert_str_eq(arms[2].outcome, "");
	ck_assert(arms[2].as_expected);
	judge_done(&judged);
}
END_TEST

START_TEST(a_skip_tells_the_kernels_reason)
{
	struct abilities abilities = { .needs = NEED(ARENA) };
	struct judged judged;

	snprintf(abilities.need_why[NEED_BRIDGE].text, sizeof(abilities.need_why[0].text),
		 "no bridge here");
	snprintf(abilities.guard_why[GUARD_PID].text, sizeof(abilities.guard_why[0].text),
		 "no pids here");
	judge_skipped(&row, &abilities, GUARD_COUNT, &judged);
	ck_assert_int_eq(judged.result.verdict, VERDICT_SKIPPED);
	ck_assert_str_eq(judged.result.need, need_table[NEED_BRIDGE].name);
	ck_assert_str_eq(judged.result.reason, "no bridge here");
	ck_assert_uint_eq(judged.result.arm_count, 0);
	judge_done(&judged);
	judge_skipped(&row, &abilities, GUARD_PID, &judged);
	ck_assert_str_eq(judged.result.need, "pid");
	ck_assert_str_eq(judged.result.reason, "no pids here");
	judge_done(&judged);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("judge");
	TCase *tc = tcase_create("judge");

	tcase_add_loop_test(tc, a_reason_names_the_arm, 0, ARRAY_SIZE(cases));
	tcase_add_test(tc, a_result_has_every_arm);
	tcase_add_test(tc, a_skip_tells_the_kernels_reason);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
