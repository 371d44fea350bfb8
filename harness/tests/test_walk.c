// SPDX-License-Identifier: MIT
/* Unit tests of what the guided tour makes of texts and answers. */
#include <check.h>
#include <errno.h>
#include <string.h>

#include "runner.h"
#include "walk_view.h"

static const struct check keeps_out = {
	.id = "a/keeps-out",
	.base = GUARD(MNT),
	.walls = { GUARD(PID), GUARD(NET) },
	.blocked_as = { ESRCH, ABSENT },
};
static const struct check lets_work = {
	.id = "a/lets-work",
	.kind = KIND_LETS_WORK,
	.walls = { PROVIDE(LO) },
	.blocked_as = { ENETUNREACH },
};

START_TEST(test_view_of_a_look)
{
	struct view view;

	view_parse(
		"uid=0\npid=1\nhostname=box\nprocesses=2\nprocess=1 init\nprocess=712 look\n"
		"root=bin etc\nmounts=3\nlinks=lo eth0\nroute=none\nlo=up\nnameserver=192.0.2.9\n",
		&view);
	ck_assert_str_eq(view.lines[VIEW_SELF], "uid 0, PID 1");
	ck_assert_str_eq(view.lines[VIEW_PROCESSES], "2: init look");
	ck_assert_str_eq(view.lines[VIEW_FILES], "bin etc");
	ck_assert_str_eq(view.lines[VIEW_MOUNTS], "3");
	ck_assert_str_eq(view.lines[VIEW_HOSTNAME], "box");
	ck_assert_str_eq(view.lines[VIEW_LINKS], "lo eth0; lo is up");
	ck_assert_str_eq(view.lines[VIEW_ROUTE], "none");
	ck_assert_str_eq(view.lines[VIEW_NAMESERVER], "192.0.2.9");
}
END_TEST

/* Process ids change from run to run, and the tour must not. */
START_TEST(test_view_without_pids)
{
	struct view one, two;

	view_parse("uid=0\npid=41\nprocesses=1\nprocess=41 look\n", &one);
	view_parse("uid=0\npid=97\nprocesses=1\nprocess=97 look\n", &two);
	ck_assert_mem_eq(&one, &two, sizeof(one));
}
END_TEST

/* Names come from the image: nothing in them may reach the terminal as it is. */
START_TEST(test_view_of_hostile_text)
{
	char longest[4096] = "root=";
	struct view view;

	view_parse("root=a\033[31m\177b", &view);
	ck_assert_str_eq(view.lines[VIEW_FILES], "a\\x1b[31m\\x7fb");
	memset(longest + 5, 'x', sizeof(longest) - 6);
	view_parse(longest, &view);
	ck_assert_uint_eq(strlen(view.lines[VIEW_FILES]), sizeof(view.lines[0]) - 1);
	view_parse("no sign of equality\n=\n\nunknown=1\nprocess=nameless\nhostname=box", &view);
	ck_assert_str_eq(view.lines[VIEW_HOSTNAME], "box");
	ck_assert_str_eq(view.lines[VIEW_PROCESSES], "");
	view_parse("", &view);
	ck_assert_str_eq(view.lines[VIEW_SELF], "");
}
END_TEST

START_TEST(test_what_is_asked)
{
	const struct check rule = { .kind = KIND_KERNEL_RULE }, open = { .kind = KIND_OPEN };

	ck_assert(!standing_asked(&keeps_out, 0));
	ck_assert(standing_asked(&keeps_out, GUARD(MNT) | GUARD(PID)));
	ck_assert(standing_asked(&lets_work, 0));
	ck_assert(!standing_asked(&rule, GUARDS_EVERYTHING));
	ck_assert(!standing_asked(&open, GUARDS_EVERYTHING));
}
END_TEST

START_TEST(test_standing)
{
	static const struct {
		struct arm_answer answer;
		enum standing standing;
	} cases[] = {
		{ { .kind = ANSWER_REACHED, .proven = true }, STANDING_REACHED },
		{ { .kind = ANSWER_REACHED }, STANDING_UNCLEAR },
		{ { .kind = ANSWER_BLOCKED, .outcome = ABSENT }, STANDING_BLOCKED },
		{ { .kind = ANSWER_BLOCKED, .outcome = EIO }, STANDING_UNCLEAR },
		{ { .kind = ANSWER_BROKEN, .proven = true }, STANDING_UNCLEAR },
	};

	ck_assert_int_eq(standing_of(&keeps_out, &cases[_i].answer), cases[_i].standing);
}
END_TEST

START_TEST(test_wrong)
{
	guard_set base = GUARD(MNT);

	ck_assert(!standing_wrong(&keeps_out, base, STANDING_REACHED));
	ck_assert(standing_wrong(&keeps_out, base | GUARD(NET), STANDING_REACHED));
	ck_assert(!standing_wrong(&keeps_out, base | GUARD(NET), STANDING_BLOCKED));
	/* blocked without a wall: another guard may do it */
	ck_assert(!standing_wrong(&keeps_out, base, STANDING_BLOCKED));
	ck_assert(!standing_wrong(&lets_work, GUARD(NET), STANDING_BLOCKED));
	ck_assert(standing_wrong(&lets_work, GUARD(NET) | PROVIDE(LO), STANDING_BLOCKED));
	ck_assert(!standing_wrong(&lets_work, GUARD(NET) | PROVIDE(LO), STANDING_REACHED));
}
END_TEST

START_TEST(test_change)
{
	static const struct {
		const struct check *check;
		enum standing before, now;
		enum change change;
	} cases[] = {
		{ &keeps_out, STANDING_UNASKED, STANDING_REACHED, CHANGE_OPENS },
		{ &keeps_out, STANDING_REACHED, STANDING_REACHED, CHANGE_NONE },
		{ &keeps_out, STANDING_REACHED, STANDING_BLOCKED, CHANGE_CLOSES },
		{ &keeps_out, STANDING_UNASKED, STANDING_BLOCKED, CHANGE_CLOSES },
		{ &keeps_out, STANDING_BLOCKED, STANDING_REACHED, CHANGE_OPENS },
		{ &keeps_out, STANDING_BLOCKED, STANDING_UNCLEAR, CHANGE_UNCLEAR },
		{ &lets_work, STANDING_UNASKED, STANDING_BLOCKED, CHANGE_NONE },
		{ &lets_work, STANDING_BLOCKED, STANDING_REACHED, CHANGE_WORKS },
		{ &lets_work, STANDING_REACHED, STANDING_BLOCKED, CHANGE_FAILS },
		{ &lets_work, STANDING_REACHED, STANDING_UNCLEAR, CHANGE_UNCLEAR },
	};

	ck_assert_int_eq(change_of(cases[_i].check, cases[_i].before, cases[_i].now),
			 cases[_i].change);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("walk");
	TCase *tcase = tcase_create("view");

	tcase_add_test(tcase, test_view_of_a_look);
	tcase_add_test(tcase, test_view_without_pids);
	tcase_add_test(tcase, test_view_of_hostile_text);
	tcase_add_test(tcase, test_what_is_asked);
	tcase_add_loop_test(tcase, test_standing, 0, 5);
	tcase_add_test(tcase, test_wrong);
	tcase_add_loop_test(tcase, test_change, 0, 10);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
