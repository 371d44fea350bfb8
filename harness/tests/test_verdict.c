// SPDX-License-Identifier: MIT
/*
 * Unit tests of plans and verdicts. Every row of the catalogue is judged under every combination of
 * answers that its arms can give; what is right is said here once more, by the names of the arms.
 */
#include <check.h>
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "check/canary.h"
#include "check/plan.h"
#include "runner.h"

/* ---- every combination ---- */

enum said { REACHED, UNPROVEN, BLOCKED, UNLISTED, BROKEN, SAID_COUNT };

static struct arm_answer make_answer(const struct check *check, enum said said)
{
	switch (said) {
	case REACHED:
		return (struct arm_answer){ .kind = ANSWER_REACHED, .proven = true };
	case UNPROVEN:
		return (struct arm_answer){ .kind = ANSWER_REACHED };
	case BLOCKED:
		return (struct arm_answer){ .kind = ANSWER_BLOCKED,
					    .outcome = check->blocked_as[0] };
	case UNLISTED:
		/* a proof makes no difference to it */
		return (struct arm_answer){ .kind = ANSWER_BLOCKED,
					    .outcome = EXFULL,
					    .proven = true };
	default:
		return (struct arm_answer){ .kind = ANSWER_BROKEN, .proven = true };
	}
}

/* What the words of the design say about one arm. */
static enum said wanted(const struct check *check, const struct arm_plan *arm)
{
	bool open = !strcmp(arm->name, "open");

	if (!strcmp(arm->name, "twin") || check->kind == KIND_OPEN)
		return REACHED;
	if (check->kind == KIND_LETS_WORK)
		return open ? BLOCKED : REACHED;
	return open && check->kind == KIND_KEEPS_OUT ? REACHED : BLOCKED;
}

static bool is_control(const struct check *check, const struct arm_plan *arm)
{
	if (check->kind == KIND_KERNEL_RULE)
		return !strcmp(arm->name, "twin");
	return check->kind != KIND_OPEN && !strcmp(arm->name, "open");
}

static enum verdict want_verdict(const struct check *check, const struct check_plan *plan,
				 const enum said *said)
{
	bool leaked = false, broken = false, blind = false;

	for (size_t i = 0; i < plan->count; i++) {
		/* an OPEN row lists no outcome: there, no way of being blocked counts */
		bool counts = said[i] == REACHED || (said[i] == BLOCKED && check->blocked_as[0]);

		if (!counts)
			broken = true;
		else if (said[i] == wanted(check, &plan->arms[i]))
			continue;
		else if (is_control(check, &plan->arms[i]))
			blind = true;
		else
			leaked = true;
	}
	if (leaked)
		return VERDICT_LEAKED;
	if (broken)
		return VERDICT_BROKEN;
	return blind ? VERDICT_BLIND : VERDICT_ISOLATED;
}

static void judge_combination(const struct check *check, const struct check_plan *plan,
			      const enum said *said)
{
	struct arm_answer answers[PLAN_ARMS_MAX];
	size_t decisive = PLAN_ARMS_MAX;
	enum verdict verdict;

	for (size_t i = 0; i < plan->count; i++) {
		answers[i] = make_answer(check, said[i]);
		ck_assert_int_eq(arm_as_expected(check, &plan->arms[i], &answers[i]),
				 said[i] == wanted(check, &plan->arms[i]));
	}
	verdict = check_verdict(check, plan, answers, &decisive);
	ck_assert_msg(verdict == want_verdict(check, plan, said), "%s: verdict %s", check->id,
		      verdict_names[verdict]);
	if (verdict == VERDICT_ISOLATED)
		ck_assert_uint_eq(decisive, PLAN_ARMS_MAX);
	else
		ck_assert(decisive < plan->count &&
			  said[decisive] != wanted(check, &plan->arms[decisive]));
}

/* Whether verdicts of both come about in the same way: of these rows the first stands for all. */
static bool same_shape(const struct check *check, const struct check_plan *plan,
		       const struct check *other)
{
	struct check_plan theirs;
	enum guard missing;

	if (other->kind != check->kind || !other->blocked_as[0] != !check->blocked_as[0] ||
	    !check_plan(other, GUARDS_EVERYTHING, false, &theirs, &missing) ||
	    theirs.count != plan->count)
		return false;
	for (size_t i = 0; i < plan->count; i++) {
		const struct arm_plan *a = &plan->arms[i], *b = &theirs.arms[i];

		if (strcmp(a->name, b->name) != 0 || a->expected != b->expected ||
		    a->control != b->control || a->arena != b->arena || a->twin != b->twin)
			return false;
	}
	return true;
}

/* Those in which at most one arm says something else than it should. */
static void judge_single_faults(const struct check *check, const struct check_plan *plan)
{
	enum said said[PLAN_ARMS_MAX];

	for (size_t i = 0; i < plan->count; i++)
		said[i] = wanted(check, &plan->arms[i]);
	for (size_t i = 0; i < plan->count; i++) {
		for (said[i] = 0; said[i] < SAID_COUNT; said[i]++)
			judge_combination(check, plan, said);
		said[i] = wanted(check, &plan->arms[i]);
	}
}

START_TEST(every_combination_of_answers)
{
	const struct check *check = check_at((size_t)_i);
	enum said said[PLAN_ARMS_MAX] = { 0 };
	struct check_plan plan;
	enum guard missing;
	size_t arm;

	ck_assert(check_plan(check, GUARDS_EVERYTHING, false, &plan, &missing));
	judge_single_faults(check, &plan);
	for (size_t i = 0; i < (size_t)_i; i++)
		if (same_shape(check, &plan, check_at(i)))
			return;
	do {
		judge_combination(check, &plan, said);
		for (arm = 0; arm < plan.count && ++said[arm] == SAID_COUNT; arm++)
			said[arm] = 0;
	} while (arm < plan.count);
}
END_TEST

/* ---- by hand, for those who read ---- */

static const struct check keeps_out = {
	.id = "test/keeps-out",
	.canary = &canary_process,
	.walls = { WALL(PID), WALL(IDS) },
	.blocked_as = { ESRCH, EPERM },
};

static const struct {
	enum said sealed, wall_1, wall_2, open;
	enum verdict want;
	size_t decisive;
} cases[] = {
	{ BLOCKED, BLOCKED, BLOCKED, REACHED, VERDICT_ISOLATED, 9 },
	{ REACHED, BLOCKED, BLOCKED, REACHED, VERDICT_LEAKED, 0 },
	{ BLOCKED, BLOCKED, REACHED, REACHED, VERDICT_LEAKED, 2 },
	{ BLOCKED, BLOCKED, BLOCKED, BLOCKED, VERDICT_BLIND, 3 },
	{ BLOCKED, UNLISTED, BLOCKED, REACHED, VERDICT_BROKEN, 1 },
	{ UNPROVEN, BLOCKED, BLOCKED, REACHED, VERDICT_BROKEN, 0 },
	{ BLOCKED, BLOCKED, BLOCKED, UNPROVEN, VERDICT_BROKEN, 3 },
	{ BLOCKED, BLOCKED, BLOCKED, UNLISTED, VERDICT_BROKEN, 3 },
	{ BROKEN, REACHED, BLOCKED, BLOCKED, VERDICT_LEAKED, 1 },
	{ BLOCKED, BLOCKED, BROKEN, BLOCKED, VERDICT_BROKEN, 2 },
	{ REACHED, REACHED, REACHED, REACHED, VERDICT_LEAKED, 0 },
	{ BROKEN, BROKEN, BROKEN, BROKEN, VERDICT_BROKEN, 0 },
};

START_TEST(the_worst_news_decides)
{
	const enum said said[] = { cases[_i].sealed, cases[_i].wall_1, cases[_i].wall_2,
				   cases[_i].open };
	struct arm_answer answers[ARRAY_SIZE(said)];
	struct check_plan plan;
	enum guard missing;
	size_t decisive = 9;

	ck_assert(check_plan(&keeps_out, GUARDS_EVERYTHING, false, &plan, &missing));
	ck_assert_uint_eq(plan.count, ARRAY_SIZE(said));
	for (size_t i = 0; i < ARRAY_SIZE(said); i++)
		answers[i] = make_answer(&keeps_out, said[i]);
	ck_assert_int_eq(check_verdict(&keeps_out, &plan, answers, &decisive), cases[_i].want);
	ck_assert_uint_eq(decisive, cases[_i].decisive);
}
END_TEST

/* ---- plans ---- */

START_TEST(a_plan_has_every_arm)
{
	struct check_plan plan;
	enum guard missing;

	ck_assert(check_plan(&keeps_out, GUARDS_EVERYTHING, false, &plan, &missing));
	ck_assert_uint_eq(plan.count, 4);
	ck_assert_str_eq(plan.arms[0].name, "sealed");
	ck_assert_str_eq(plan.arms[1].name, "wall 1");
	ck_assert_str_eq(plan.arms[2].name, "wall 2");
	ck_assert_str_eq(plan.arms[3].name, "open");
	ck_assert_uint_eq(plan.arms[0].guards, GUARDS_SEALED | PROVIDE(HOSTNAME) | PROVIDE(LO));
	ck_assert_uint_eq(plan.arms[1].guards, GUARD(PID));
	ck_assert_uint_eq(plan.arms[2].guards, GUARD(IDS) | GUARD(USER));
	ck_assert_uint_eq(plan.arms[3].guards, 0);
}
END_TEST

START_TEST(walls_that_cannot_be_built_are_left_out)
{
	struct check_plan plan;
	enum guard missing = GUARD_COUNT;

	ck_assert(check_plan(&keeps_out, GUARDS_EVERYTHING & ~GUARD(USER), false, &plan, &missing));
	ck_assert_uint_eq(plan.count, 3);
	ck_assert_uint_eq(plan.arms[0].guards & (GUARD(USER) | GUARD(IDS)), 0);
	/* it keeps its number: "wall 1" means the same on every machine */
	ck_assert_str_eq(plan.arms[1].name, "wall 1");
	ck_assert(check_plan(&keeps_out, GUARDS_EVERYTHING & ~GUARD(PID), false, &plan, &missing));
	ck_assert_str_eq(plan.arms[1].name, "wall 2");
}
END_TEST

START_TEST(nothing_left_is_skipped)
{
	struct check_plan plan = { .count = 77 };
	enum guard missing = GUARD_COUNT;
	guard_set none = GUARDS_EVERYTHING & ~(GUARD(PID) | GUARD(USER));

	ck_assert(!check_plan(&keeps_out, none, false, &plan, &missing));
	ck_assert(missing == GUARD_PID || missing == GUARD_USER);
	ck_assert_uint_eq(plan.count, 77);
}
END_TEST

START_TEST(a_missing_base_is_skipped)
{
	const struct check row = { .base = GUARD(PIVOT),
				   .walls = { WALL(DETACH) },
				   .blocked_as = { ENOENT } };
	struct check_plan plan = { .count = 77 };
	enum guard missing = GUARD_COUNT;

	ck_assert(!check_plan(&row, GUARDS_EVERYTHING & ~GUARD(MNT), false, &plan, &missing));
	ck_assert_int_eq(missing, GUARD_MNT);
	ck_assert_uint_eq(plan.count, 77);
}
END_TEST

static const struct canary outlives = { .about = "would outlive a kill" };
static const struct canary dies = { .about = "dies with us", .dies_with_us = true };

static const struct {
	struct check row;
	bool forced, arena;
} places[] = {
	{ { .canary = NULL, .walls = { WALL(PID) } }, false, false },
	{ { .canary = NULL, .walls = { WALL(PID) } }, true, true },
	{ { .canary = &dies, .walls = { WALL(PID) } }, false, false },
	{ { .canary = &dies, .walls = { WALL(PID) } }, true, true },
	{ { .canary = &outlives, .walls = { WALL(PID) } }, false, true },
	/* links and masquerade never touch the real host */
	{ { .canary = &dies, .base = PROVIDE(VETH), .walls = { WALL(CAPS) } }, false, true },
	{ { .canary = &dies, .base = GUARD(NET), .walls = { PROVIDE(VETH) } }, false, true },
	{ { .canary = NULL, .base = PROVIDE(VETH), .walls = { PROVIDE(NAT) } }, false, true },
};

START_TEST(only_what_dies_with_us_is_on_the_real_host)
{
	struct check_plan plan;
	enum guard missing;

	ck_assert(
		check_plan(&places[_i].row, GUARDS_EVERYTHING, places[_i].forced, &plan, &missing));
	ck_assert_int_eq(plan.arms[0].arena, places[_i].arena);
	for (size_t i = 1; i < plan.count; i++)
		ck_assert(plan.arms[i].arena);
}
END_TEST

START_TEST(every_plan_of_the_catalogue_is_sound)
{
	const struct check *check = check_at((size_t)_i);
	struct check_plan plan;
	enum guard missing;

	ck_assert(check_plan(check, GUARDS_EVERYTHING, false, &plan, &missing));
	ck_assert_uint_ge(plan.count, 2);
	for (size_t i = 0; i < plan.count; i++) {
		const struct arm_plan *arm = &plan.arms[i];

		ck_assert_uint_eq(guard_effective(arm->guards), arm->guards);
		ck_assert_uint_eq(guard_closure(check->base) & ~arm->guards, 0);
		ck_assert_int_eq(arm->control, is_control(check, arm));
		ck_assert_int_eq(arm->twin, !strcmp(arm->name, "twin"));
		ck_assert_int_eq(arm->expected == ANSWER_REACHED, wanted(check, arm) == REACHED);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("verdict");
	TCase *tc = tcase_create("verdict");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, every_combination_of_answers, 0, (int)check_count());
	tcase_add_loop_test(tc, the_worst_news_decides, 0, ARRAY_SIZE(cases));
	tcase_add_test(tc, a_plan_has_every_arm);
	tcase_add_test(tc, walls_that_cannot_be_built_are_left_out);
	tcase_add_test(tc, nothing_left_is_skipped);
	tcase_add_test(tc, a_missing_base_is_skipped);
	tcase_add_loop_test(tc, only_what_dies_with_us_is_on_the_real_host, 0, ARRAY_SIZE(places));
	tcase_add_loop_test(tc, every_plan_of_the_catalogue_is_sound, 0, (int)check_count());
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
