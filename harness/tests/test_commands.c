// SPDX-License-Identifier: MIT
/* Unit tests of what the commands decide: which checks are meant, what a shell offers, which switch
 * keeps user namespaces away. */
#include <check.h>
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "command.h"
#include "completion.h"
#include "runner.h"
#include "select.h"

/* the table that completion_first() looks at */
static const struct command one = { .name = "one" }, two_a = { .name = "two a" },
			    two_b = { .name = "two b" }, twofold = { .name = "twofold" };
const struct command *const commands[] = { &one, &two_a, &two_b, &twofold, NULL };

static const struct {
	const char *words[4];
	int want;         /* result */
	size_t count;     /* of checks; 0: not looked at */
	const char *text; /* part of the error */
} selections[] = {
	{ { "pid/kill-0" }, 0, 1, "" },
	{ { "pid/kill-0", "pid/kill-?", "pid/kill-0" }, 0, 1, "" },
	{ { "*/kill-0" }, 0, 1, "" },
	{ { "pid/kill" }, -EINVAL, 0, "unknown check 'pid/kill'; see 'nsproof list'" },
	{ { "pid" }, -EINVAL, 0, "'pid' is a suite; its checks are 'pid/*'" },
	{ { "" }, -EINVAL, 0, "unknown check ''" },
	{ { "nothing/*" }, STATUS_NOTHING, 0, "no check matches 'nothing/*'" },
	{ { "pid/*", "nothing/*" }, STATUS_NOTHING, 0, "no check matches 'nothing/*'" },
	/* of two mistakes, that of usage decides the exit status */
	{ { "nothing/*", "pid/kill" }, -EINVAL, 0, "unknown check 'pid/kill'" },
};

START_TEST(select_takes_ids_and_globs)
{
	AUTO_FREE const struct check **chosen = NULL;
	char *words[4];
	struct err err = { 0 };
	size_t count = 0;
	int n = 0;

	for (; n < 4 && selections[_i].words[n]; n++)
		words[n] = (char *)selections[_i].words[n];
	ck_assert_int_eq(select_checks(n, words, &chosen, &count, &err), selections[_i].want);
	ck_assert_ptr_nonnull(strstr(err.text, selections[_i].text));
	ck_assert(!chosen == (selections[_i].want != 0));
	ck_assert_uint_eq(count, selections[_i].count);
}
END_TEST

START_TEST(select_keeps_the_order_of_the_catalogue)
{
	AUTO_FREE const struct check **chosen = NULL, **all = NULL;
	char *words[] = { (char *)"uts/*", (char *)"pid/*" };
	struct err err = { 0 };
	size_t count = 0;

	ck_assert_int_eq(select_checks(0, NULL, &all, &count, &err), 0);
	ck_assert_uint_eq(count, check_count());
	ck_assert_int_eq(select_checks(2, words, &chosen, &count, &err), 0);
	ck_assert_uint_gt(count, 2);
	ck_assert_int_eq(strncmp(chosen[0]->id, "pid/", 4), 0);
	ck_assert_int_eq(strncmp(chosen[count - 1]->id, "uts/", 4), 0);
}
END_TEST

static const struct {
	const char *args;
	enum offer want;
} offers[] = {
	{ "", OFFER_NOTHING },
	{ "[ID|GLOB...]", OFFER_CHECKS },
	{ "ID", OFFER_CHECKS },
	{ "FILE DIR", OFFER_FILES },
	{ "IMAGE|ROOTFS [-- CMD...]", OFFER_FILES },
	{ "bash|zsh|fish", OFFER_CHOICES },
	{ "PROFILE", OFFER_NOTHING }, /* no FILE, and no ID in IDENTITY */
	{ "IDENTITY", OFFER_NOTHING },
};

START_TEST(completion_reads_the_arguments)
{
	ck_assert_int_eq(completion_args(offers[_i].args), offers[_i].want);
}
END_TEST

START_TEST(completion_reads_the_options)
{
	static const struct opt file = { .type = OPT_STRING, .name = "o", .arg = "FILE" },
				choice = { .type = OPT_CHOICE, .name = "o", .arg = "a|b" },
				number = { .type = OPT_INT, .name = "o", .arg = "N" };
	AUTO_TEXT struct text out = { 0 };

	ck_assert_int_eq(completion_value(&file), OFFER_FILES);
	ck_assert_int_eq(completion_value(&choice), OFFER_CHOICES);
	ck_assert_int_eq(completion_value(&number), OFFER_NOTHING);
	completion_choices("text|json|ktap", ", ", &out);
	ck_assert_str_eq(out.str, "text, json, ktap");
}
END_TEST

START_TEST(completion_offers_a_first_word_once)
{
	size_t len = 0;

	ck_assert(completion_first(&commands[0], &len));
	ck_assert(completion_first(&commands[1], &len));
	ck_assert_uint_eq(len, 3);
	ck_assert(!completion_first(&commands[2], &len));
	ck_assert(completion_first(&commands[3], &len));
	ck_assert_uint_eq(len, 7);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("commands");
	TCase *tc = tcase_create("commands");

	tcase_add_loop_test(tc, select_takes_ids_and_globs, 0, ARRAY_SIZE(selections));
	tcase_add_test(tc, select_keeps_the_order_of_the_catalogue);
	tcase_add_loop_test(tc, completion_reads_the_arguments, 0, ARRAY_SIZE(offers));
	tcase_add_test(tc, completion_reads_the_options);
	tcase_add_test(tc, completion_offers_a_first_word_once);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
