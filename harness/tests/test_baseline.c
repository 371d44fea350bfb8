// SPDX-License-Identifier: MIT
/* Tests of baseline: an earlier run, read and compared, and what the change of a verdict is worth. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/text.h"
#include "baseline.h"
#include "report/reporter.h"
#include "runner.h"

/* In the order of enum verdict: isolated, leaked, blind, skipped, broken. */
static const enum trend trends[VERDICT_COUNT][VERDICT_COUNT] = {
	[VERDICT_ISOLATED] = { TREND_SAME, TREND_WORSE, TREND_WORSE, TREND_WORSE, TREND_WORSE },
	[VERDICT_LEAKED] = { TREND_BETTER, TREND_SAME, TREND_WORSE, TREND_WORSE, TREND_WORSE },
	[VERDICT_BLIND] = { TREND_BETTER, TREND_WORSE, TREND_SAME, TREND_OTHER, TREND_OTHER },
	[VERDICT_SKIPPED] = { TREND_BETTER, TREND_WORSE, TREND_WORSE, TREND_SAME, TREND_WORSE },
	[VERDICT_BROKEN] = { TREND_BETTER, TREND_WORSE, TREND_OTHER, TREND_OTHER, TREND_SAME },
};

START_TEST(every_change_has_its_worth)
{
	for (int was = 0; was < VERDICT_COUNT; was++)
		for (int is = 0; is < VERDICT_COUNT; is++)
			ck_assert_msg(verdict_trend((enum verdict)was, (enum verdict)is) ==
					      trends[was][is],
				      "%s -> %s", verdict_names[was], verdict_names[is]);
}
END_TEST

static const struct run_info here = { "1", "6.2", "x86_64", "Example", "image", "root", 2 };

static struct check_result result_of(const char *id, enum verdict verdict)
{
	return (struct check_result){ .id = id,
				      .suite = "pid",
				      .question = "?",
				      .reference = "-",
				      .verdict = verdict,
				      .need = verdict == VERDICT_SKIPPED ? "root" : NULL,
				      .reason = verdict == VERDICT_ISOLATED ? "" : "why" };
}

/* What a run with these verdicts writes. */
static void document(const struct run_info *run, const struct check_result *results, size_t count,
		     struct text *ret)
{
	AUTO_FILE FILE *out = tmpfile();
	struct reporter *r = reporter_open(REPORTER_JSON, out, &(struct reporter_opts){ 0 });
	struct err err;

	reporter_begin(r, run);
	for (size_t i = 0; i < count; i++)
		reporter_check(r, &results[i]);
	reporter_end(r, &(struct totals){ 0 });
	ck_assert_int_eq(reporter_close(r, &err), 0);
	rewind(out);
	ck_assert_int_eq(fd_read_text(fileno(out), 1 << 20, ret), 0);
}

static bool exists(const char *id)
{
	return strcmp(id, "pid/gone") != 0;
}

START_TEST(an_own_report_is_read_and_compared)
{
	const struct run_info there = { "1", "6.1", "x86_64", "Example", "image", "user", 4 };
	const struct check_result old[] = { result_of("pid/same", VERDICT_LEAKED),
					    result_of("pid/worse", VERDICT_ISOLATED),
					    result_of("pid/left-out", VERDICT_ISOLATED),
					    result_of("pid/gone", VERDICT_BLIND) };
	const struct arm_result arms[] = {
		{ "sealed", "real", "all", 1, 1, "EPERM", "as it should be", true },
		{ "open", "arena", "none", 0, 1, "EIO", "kill(2)", false },
	};
	struct check_result now[] = { result_of("pid/same", VERDICT_LEAKED),
				      result_of("pid/worse", VERDICT_BLIND),
				      result_of("pid/new", VERDICT_ISOLATED) };
	AUTO_TEXT struct text text = { 0 };
	AUTO_BASELINE struct baseline b = { 0 };
	struct comparison c;
	struct err err;

	document(&there, old, ARRAY_SIZE(old), &text);
	now[1].arms = now[2].arms = arms;
	now[1].arm_count = 2;
	now[2].arm_count = 1;
	ck_assert_int_eq(baseline_parse(text.str, text.len, &b, &err), 0);
	for (size_t i = 0; i < ARRAY_SIZE(now); i++)
		baseline_judge(&b, &now[i]);
	ck_assert_int_eq(baseline_end(&b, &here, exists, &c, &err), 0);
	ck_assert_str_eq(c.was->kernel, "6.1");
	ck_assert_str_eq(c.was->mode, "user");
	ck_assert_ptr_eq(c.is, &here);
	ck_assert_uint_eq(c.trends[TREND_SAME], 1);
	ck_assert_uint_eq(c.trends[TREND_BETTER] + c.trends[TREND_OTHER], 0);
	ck_assert_uint_eq(c.count, 3);
	ck_assert_str_eq(c.checks[0].id, "pid/worse");
	ck_assert(c.checks[0].trend == TREND_WORSE && c.checks[0].was == VERDICT_ISOLATED &&
		  c.checks[0].is == VERDICT_BLIND);
	ck_assert_str_eq(c.checks[0].evidence, "why; kill(2)");
	ck_assert(c.checks[1].trend == TREND_NEW && c.checks[1].is == VERDICT_ISOLATED);
	ck_assert_str_eq(c.checks[1].evidence, "sealed arm: as it should be");
	ck_assert(c.checks[2].trend == TREND_GONE && c.checks[2].was == VERDICT_BLIND);
	ck_assert_str_eq(c.checks[2].id, "pid/gone");
}
END_TEST

/* The run died; what it wrote may be made a document again, but most of its verdicts are missing. */
START_TEST(half_a_report_is_none)
{
	const struct check_result old = result_of("pid/same", VERDICT_ISOLATED);
	AUTO_TEXT struct text text = { 0 }, closed = { 0 };
	AUTO_BASELINE struct baseline b = { 0 };
	struct err err;

	document(&here, &old, 1, &text);
	for (size_t len = 0; len < text.len - 2; len++) {
		ck_assert_int_eq(baseline_parse(text.str, len, &b, &err), -EINVAL);
		ck_assert_ptr_nonnull(strstr(err.text, "not JSON, or not all of it: line "));
	}
	text_addn(&closed, text.str, (size_t)(strstr(text.str, "\n  ],") - text.str));
	text_add(&closed, "]}");
	ck_assert_int_eq(baseline_parse(closed.str, closed.len, &b, &err), -EINVAL);
	ck_assert_ptr_nonnull(strstr(err.text, "did not come to its end"));
}
END_TEST

#define HEAD                                                                                       \
	"{\"schema\":1,\"version\":\"\",\"kernel\":\"\",\"machine\":\"\",\"distribution\":\"\","   \
	"\"image\":\"\",\"mode\":\"\",\"totals\":{}"

static const struct {
	const char *text, *words;
} wrong[] = {
	{ "", "not JSON" },
	{ "pid/a leaked", "not JSON" },
	{ "\"\x1b[2J\"", "not JSON" },
	{ "[]", "\"schema\" is missing" },
	{ "{\"schema\":\"1\"}", "\"schema\" is missing" },
	{ "{\"schema\":2}", "schema 2; this nsproof reads 1" },
	{ "{\"schema\":1,\"schema\":1}", "not JSON" },
	{ "{\"schema\":1,\"version\":\"\",\"kernel\":6}", "\"kernel\" is missing or no string" },
	{ HEAD "}", "\"checks\" is missing" },
	{ HEAD ",\"checks\":{}}", "\"checks\" is missing" },
	{ HEAD ",\"checks\":[1]}", "checks[0]: no \"id\"" },
	{ HEAD ",\"checks\":[{\"id\":\"a/b\"}]}", "checks[0]: no \"id\" or no \"verdict\"" },
	{ HEAD ",\"checks\":[{\"id\":\"a/b\",\"verdict\":\"fine\"}]}", "or no \"verdict\"" },
	{ HEAD ",\"checks\":[{\"id\":\"a/b\",\"verdict\":\"blind\"},"
	       "{\"id\":\"a/b\",\"verdict\":\"blind\"}]}",
	  "checks[1]: the second of its id" },
};

START_TEST(what_is_no_report_is_refused)
{
	struct baseline b = { .count = 77 };
	struct err err;

	ck_assert_int_eq(baseline_parse(wrong[_i].text, strlen(wrong[_i].text), &b, &err), -EINVAL);
	ck_assert_msg(strstr(err.text, wrong[_i].words), "%s", err.text);
	ck_assert_ptr_null(strpbrk(err.text, "\n\033"));
	ck_assert_uint_eq(b.count, 77);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("baseline");
	TCase *tc = tcase_create("baseline");

	tcase_add_test(tc, every_change_has_its_worth);
	tcase_add_test(tc, an_own_report_is_read_and_compared);
	tcase_add_test(tc, half_a_report_is_none);
	tcase_add_loop_test(tc, what_is_no_report_is_refused, 0, ARRAY_SIZE(wrong));
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
