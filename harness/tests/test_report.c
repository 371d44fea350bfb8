// SPDX-License-Identifier: MIT
/*
 * The reporters, against golden files (harness/tests/report/). `test_report --sample FORMAT` writes
 * the sample to standard output: the tests of the schema and of KTAP read it, and it is how a
 * golden file is made anew after a wanted change.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/text.h"
#include "report/reporter.h"
#include "report_sample.h"
#include "runner.h"

static const struct {
	const char *name, *golden;
	int format;
	struct reporter_opts opts;
} samples[] = {
	{ "text", "sample.txt", REPORTER_TEXT, { 0 } },
	{ "verbose", "sample-verbose.txt", REPORTER_TEXT, { .verbose = true } },
	{ "json", "sample.json", REPORTER_JSON, { 0 } },
	{ "ktap", "sample.ktap", REPORTER_KTAP, { 0 } },
};

/* What a run of these parts reports; the caller frees it. */
static char *report(int format, const struct reporter_opts *opts, const struct run_info *run,
		    const struct check_result *result, const struct totals *totals)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	struct reporter *r = reporter_open(format, out, opts);
	struct err err = { 0 };

	reporter_begin(r, run);
	if (result)
		reporter_check(r, result);
	reporter_end(r, totals);
	ck_assert_int_eq(reporter_close(r, &err), 0);
	fclose(out);
	return text;
}

static char *sample(int format, const struct reporter_opts *opts)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	struct err err = { 0 };

	ck_assert_int_eq(sample_write(format, out, opts, &err), 0);
	fclose(out);
	return text;
}

START_TEST(sample_is_as_in_the_golden_file)
{
	AUTO_FREE char *written = sample(samples[_i].format, &samples[_i].opts);
	AUTO_TEXT struct text golden = { 0 };
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", REPORT_GOLDEN, samples[_i].golden);
	ck_assert_int_eq(file_read(AT_FDCWD, path, 1 << 20, &golden), 0);
	ck_assert_str_eq(written, golden.str);
}
END_TEST

/* Takes the colours out of a text, in place, and returns how many there were. */
static int strip_colours(char *text)
{
	char *to = text;
	int count = 0;

	for (const char *from = text; *from; from++) {
		if (*from == '\033') {
			from += strcspn(from, "m");
			count++;
			continue;
		}
		*to++ = *from;
	}
	*to = '\0';
	return count;
}

START_TEST(colour_adds_nothing_but_colour)
{
	AUTO_FREE char *plain = sample(REPORTER_TEXT, &(struct reporter_opts){ 0 });
	AUTO_FREE char *coloured = sample(REPORTER_TEXT, &(struct reporter_opts){ .colour = true });

	ck_assert_ptr_nonnull(strstr(coloured, "\033[1;31m! leaked  \033[m"));
	ck_assert_ptr_nonnull(strstr(coloured, "\033[32m+ isolated\033[m"));
	ck_assert_int_gt(strip_colours(coloured), 20);
	ck_assert_str_eq(coloured, plain);
}
END_TEST

START_TEST(formats_have_their_names)
{
	ck_assert_str_eq(reporter_formats[REPORTER_TEXT]->name, "text");
	ck_assert_str_eq(reporter_formats[REPORTER_JSON]->name, "json");
	ck_assert_str_eq(reporter_formats[REPORTER_KTAP]->name, "ktap");
	ck_assert_ptr_null(reporter_formats[REPORTER_FORMATS]);
}
END_TEST

static const struct comparison worse = { .trends = { [TREND_WORSE] = 1 } };
static const struct comparison not_worse = { .trends = { [TREND_SAME] = 9,
							 [TREND_BETTER] = 9,
							 [TREND_OTHER] = 9,
							 [TREND_NEW] = 9,
							 [TREND_GONE] = 9 } };

static const struct {
	struct totals totals;
	int status;
} statuses[] = {
	{ { .verdicts = { [VERDICT_ISOLATED] = 1 } }, 0 },
	{ { .verdicts = { [VERDICT_ISOLATED] = 1, [VERDICT_SKIPPED] = 1 } }, 0 },
	{ { .verdicts = { [VERDICT_ISOLATED] = 1, [VERDICT_SKIPPED] = 1 }, .strict = true }, 3 },
	{ { .verdicts = { [VERDICT_ISOLATED] = 1 }, .strict = true }, 0 },
	{ { .verdicts = { 0 } }, 4 },
	{ { .verdicts = { 0 }, .strict = true }, 4 },
	{ { .verdicts = { [VERDICT_SKIPPED] = 9 } }, 4 },
	{ { .verdicts = { [VERDICT_SKIPPED] = 9 }, .strict = true }, 3 },
	{ { .verdicts = { [VERDICT_ISOLATED] = 9, [VERDICT_BLIND] = 1 } }, 3 },
	{ { .verdicts = { [VERDICT_ISOLATED] = 9, [VERDICT_BROKEN] = 1 } }, 3 },
	{ { .verdicts = { [VERDICT_SKIPPED] = 9, [VERDICT_BROKEN] = 1 } }, 3 },
	{ { .verdicts = { [VERDICT_LEAKED] = 1 } }, 1 },
	{ { .verdicts = { 9, [VERDICT_LEAKED] = 1, [VERDICT_BLIND] = 9 } }, 1 },
	{ { .verdicts = { 9, 1, 9, 9, 9 }, .strict = true }, 1 },
	{ { .verdicts = { 9, 1, 9, 9, 9 }, .strict = true, .interrupted = true }, 130 },
	{ { .verdicts = { 0 }, .interrupted = true }, 130 },
	{ { .verdicts = { 9 }, .comparison = &worse }, 1 },
	{ { .verdicts = { [VERDICT_SKIPPED] = 9 }, .comparison = &worse }, 1 },
	{ { .verdicts = { [VERDICT_BLIND] = 9 }, .comparison = &worse }, 1 },
	{ { .verdicts = { 9 }, .comparison = &worse, .interrupted = true }, 130 },
	{ { .verdicts = { 9 }, .comparison = &not_worse }, 0 },
	{ { .verdicts = { 9, [VERDICT_BLIND] = 9 }, .comparison = &not_worse }, 3 },
};

START_TEST(status_by_precedence)
{
	ck_assert_int_eq(totals_status(&statuses[_i].totals), statuses[_i].status);
}
END_TEST

START_TEST(write_error_is_reported)
{
	AUTO_FILE FILE *full = fopen("/dev/full", "we");
	struct err err = { 0 };

	ck_assert_int_eq(sample_write(_i, full, &(struct reporter_opts){ 0 }, &err), -ENOSPC);
	ck_assert_int_eq(err.num, ENOSPC);
	ck_assert_ptr_nonnull(strstr(err.text, reporter_formats[_i]->name));
	ck_assert_ptr_nonnull(strstr(err.text, "incomplete"));
}
END_TEST

START_TEST(close_of_nothing_is_fine)
{
	struct err err = { 0 };

	ck_assert_int_eq(reporter_close(NULL, &err), 0);
	ck_assert_int_eq(err.num, 0);
}
END_TEST

/* A crash right after a check: all of it is in the file, and "]}" makes it a document again. */
START_TEST(result_is_out_when_the_hook_returns)
{
	static const struct check_result result = {
		.id = "uts/hostname",
		.suite = "uts",
		.question = "?",
		.reason = "",
		.reference = "-",
	};
	AUTO_FILE FILE *out = tmpfile();
	AUTO_TEXT struct text seen = { 0 };
	struct err err = { 0 };
	struct reporter *r = reporter_open(REPORTER_JSON, out, &(struct reporter_opts){ 0 });

	reporter_begin(r, &sample_run);
	reporter_check(r, &result);
	ck_assert_int_eq(lseek(fileno(out), 0, SEEK_SET), 0);
	ck_assert_int_eq(fd_read_text(fileno(out), 1 << 20, &seen), 0);
	ck_assert(text_ends(seen.str, "\n      \"arms\": []\n    }"));
	ck_assert_int_eq(reporter_close(r, &err), 0);
}
END_TEST

static const struct {
	int format;
	struct totals totals;
	const char *want;
} ends[] = {
	{ REPORTER_TEXT,
	  { .interrupted = true,
	    .strict = true,
	    .verdicts = { [VERDICT_SKIPPED] = 1 },
	    .containers = 1 },
	  "\nskipped, by what the machine lacks\n     1  root\n\n"
	  "0 isolated, 0 leaked, 0 blind, 0 broken, 1 skipped; 1 container started\n"
	  "interrupted: 9 of 10 checks were not run\n"
	  "nothing was proved: no check ran\n"
	  "strict: a skipped check counts as a failure\n" },
	{ REPORTER_KTAP,
	  { .interrupted = true, .verdicts = { [VERDICT_SKIPPED] = 1 } },
	  "ok 1 - uts/hostname # SKIP needs root: not uid 0 \\x23 SKIP\n"
	  "# interrupted: 9 of 10 checks were not run\n"
	  "# Totals: pass:0 fail:0 xfail:0 xpass:0 skip:1 error:0\n" },
	{ REPORTER_JSON,
	  { .interrupted = true, .verdicts = { [VERDICT_SKIPPED] = 1 } },
	  "\"skipped\": 1, \"broken\": 0, \"known\": 0, \"news\": 0, \"containers\": 0, \"interrupted\": true, "
	  "\"strict\": false, \"status\": 130}\n}\n" },
};

START_TEST(end_of_an_interrupted_run)
{
	static const struct check_result skipped = {
		"uts/hostname",     "uts",  "?",  "-", KIND_KEEPS_OUT, VERDICT_SKIPPED,
		"not uid 0 # SKIP", "root", NULL, 0,
	};
	AUTO_FREE char *text = report(ends[_i].format, &(struct reporter_opts){ 0 }, &sample_run,
				      &skipped, &ends[_i].totals);

	ck_assert_msg(text_ends(text, ends[_i].want), "it ends otherwise:\n%s", text);
}
END_TEST

/* The arms all passed, then the harness failed: no parser may see nothing but passes. */
START_TEST(ktap_failure_of_the_harness_is_no_pass)
{
	static const struct arm_result arm = { "sealed",       "real",  "all", ANSWER_BLOCKED,
					       ANSWER_BLOCKED, "EPERM", "",    true };
	static const struct check_result result = {
		"uts/hostname",    "uts", "Why?", "uts(7)", KIND_KEEPS_OUT, VERDICT_BROKEN,
		"the canary died", NULL,  &arm,   1,
	};
	AUTO_FREE char *text = report(REPORTER_KTAP, &(struct reporter_opts){ 0 }, &sample_run,
				      &result, &sample_totals);

	ck_assert_ptr_null(strstr(text, "Subtest"));
	ck_assert_ptr_nonnull(strstr(text, "\n1..10\n"
					   "# sealed: expected blocked, observed blocked EPERM; "
					   "host real, guards all\n"
					   "# question: Why?\n"
					   "# broken: the canary died\n"
					   "# reference: uts(7)\n"
					   "not ok 1 - uts/hostname # ERROR the canary died\n"));
}
END_TEST

START_TEST(timing_is_one_line)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	report_timing(out, &sample_totals);
	report_timing(out, &(struct totals){ .verdicts = { 1 }, .containers = 1, .seconds = 2 });
	fclose(out);
	ck_assert_str_eq(text,
			 "10 checks, 18 containers in 0.42 s\n1 check, 1 container in 2.00 s\n");
	free(text);
}
END_TEST

static int print_sample(const char *name)
{
	struct err err = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(samples); i++)
		if (!strcmp(samples[i].name, name))
			return sample_write(samples[i].format, stdout, &samples[i].opts, &err);
	return -EINVAL;
}

int main(int argc, char **argv)
{
	Suite *s;
	TCase *tc;

	if (argc == 3 && !strcmp(argv[1], "--sample"))
		return print_sample(argv[2]) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
	s = suite_create("report");
	tc = tcase_create("report");
	tcase_add_loop_test(tc, sample_is_as_in_the_golden_file, 0, ARRAY_SIZE(samples));
	tcase_add_test(tc, colour_adds_nothing_but_colour);
	tcase_add_test(tc, formats_have_their_names);
	tcase_add_loop_test(tc, status_by_precedence, 0, ARRAY_SIZE(statuses));
	tcase_add_loop_test(tc, write_error_is_reported, 0, REPORTER_FORMATS);
	tcase_add_test(tc, close_of_nothing_is_fine);
	tcase_add_test(tc, result_is_out_when_the_hook_returns);
	tcase_add_loop_test(tc, end_of_an_interrupted_run, 0, ARRAY_SIZE(ends));
	tcase_add_test(tc, ktap_failure_of_the_harness_is_no_pass);
	tcase_add_test(tc, timing_is_one_line);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
