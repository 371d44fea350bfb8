// SPDX-License-Identifier: MIT
/* Tests of known: expected failures, read, compared and written. */
#include <check.h>
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "known.h"
#include "runner.h"

static struct check_result result_of(const char *id, enum verdict verdict)
{
	return (struct check_result){ .id = id, .verdict = verdict, .reason = "why\n" };
}

START_TEST(a_file_is_read)
{
	AUTO_KNOWN struct known k = { 0 };
	struct check_result leaked = result_of("pid/a", VERDICT_LEAKED);
	struct check_result blind = result_of("pid/b", VERDICT_BLIND);
	struct check_result other = result_of("pid/a", VERDICT_BROKEN);
	struct check_result cured = result_of("pid/b", VERDICT_ISOLATED);
	struct check_result stranger = result_of("pid/c", VERDICT_LEAKED);
	struct err err;

	ck_assert_int_eq(known_parse("# all of them\n\npid/a leaked no time yet\n"
				     "pid/b \t blind\n",
				     &k, &err),
			 0);
	ck_assert_uint_eq(k.count, 2);
	known_judge(&k, &leaked);
	ck_assert_str_eq(leaked.known, "no time yet");
	known_judge(&k, &blind);
	ck_assert_str_eq(blind.known, "expected");
	/* it fails in another way than is known */
	known_judge(&k, &other);
	ck_assert(!other.known && !other.news);
	known_judge(&k, &cured);
	ck_assert(!cured.known && cured.news);
	known_judge(&k, &stranger);
	ck_assert(!stranger.known && !stranger.news);
}
END_TEST

static const char *const wrong[] = { "pid/a", "pid/a isolated why", "pid/a skipped", "pid/a bad x",
				     " pid/b leaked\npid/a" };

START_TEST(a_wrong_line_is_named)
{
	AUTO_KNOWN struct known k = { 0 };
	AUTO_TEXT struct text t = { 0 };
	struct err err;

	text_addf(&t, "# one\n%s\n", wrong[_i]);
	ck_assert_int_eq(known_parse(t.str, &k, &err), -EINVAL);
	ck_assert_ptr_nonnull(strstr(err.text, _i == 4 ? "line 3" : "line 2"));
}
END_TEST

START_TEST(what_is_written_can_be_read)
{
	struct check_result results[] = { result_of("pid/a", VERDICT_LEAKED),
					  result_of("pid/b", VERDICT_ISOLATED),
					  result_of("pid/c", VERDICT_SKIPPED),
					  result_of("pid/d", VERDICT_BROKEN) };
	AUTO_KNOWN struct known k = { 0 };
	AUTO_TEXT struct text t = { 0 };
	struct err err;

	for (size_t i = 0; i < ARRAY_SIZE(results); i++)
		known_format(&results[i], &t);
	ck_assert_str_eq(t.str, "pid/a leaked why\\x0a\npid/d broken why\\x0a\n");
	ck_assert_int_eq(known_parse(t.str, &k, &err), 0);
	ck_assert_uint_eq(k.count, 2);
}
END_TEST

START_TEST(known_failures_are_none)
{
	struct totals totals = { .verdicts = { [VERDICT_LEAKED] = 2, [VERDICT_BLIND] = 1 } };

	totals.known[VERDICT_BLIND] = 1;
	totals.known[VERDICT_LEAKED] = 1;
	ck_assert_int_eq(totals_status(&totals), 1);
	totals.known[VERDICT_LEAKED] = 2;
	ck_assert_int_eq(totals_status(&totals), 0);
	totals.known[VERDICT_BLIND] = 0;
	ck_assert_int_eq(totals_status(&totals), 3);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("known");
	TCase *tc = tcase_create("known");

	tcase_add_test(tc, a_file_is_read);
	tcase_add_loop_test(tc, a_wrong_line_is_named, 0, ARRAY_SIZE(wrong));
	tcase_add_test(tc, what_is_written_can_be_read);
	tcase_add_test(tc, known_failures_are_none);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
