// SPDX-License-Identifier: MIT
/*
 * The reports of benchmarks, against golden files (harness/tests/report/bench-*).
 * `test_bench_report --sample NAME` writes one to standard output: the test of the schema reads it,
 * and it is how a golden file is made anew after a wanted change.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/text.h"
#include "bench_sample_report.h"
#include "report/bench_reporter.h"
#include "runner.h"

static const struct {
	const char *name; /* and of the golden file */
	int format;
	bool parts, against;
} samples[] = {
	{ "bench.txt", BENCH_TEXT, false, false },
	{ "bench-phases.txt", BENCH_TEXT, true, false },
	{ "bench.json", BENCH_JSON, false, false },
	{ "bench-against.txt", BENCH_TEXT, false, true },
	{ "bench-against.json", BENCH_JSON, false, true },
};

static int write_sample(size_t i, FILE *out, bool colour, struct err *err)
{
	struct bench_reporter r = { .ops = bench_formats[samples[i].format],
				    .out = out,
				    .colour = colour,
				    .parts = samples[i].parts };

	return samples[i].against ? bench_sample_against(&r, err) : bench_sample_run(&r, err);
}

/* The caller frees it. */
static char *sample(size_t i, bool colour)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	struct err err;

	ck_assert_int_eq(write_sample(i, out, colour, &err), 0);
	fclose(out);
	return text;
}

START_TEST(sample_is_as_in_the_golden_file)
{
	AUTO_FREE char *written = sample((size_t)_i, false);
	AUTO_TEXT struct text golden = { 0 };
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", REPORT_GOLDEN, samples[_i].name);
	ck_assert_int_eq(file_read(AT_FDCWD, path, 1 << 20, &golden), 0);
	ck_assert_str_eq(written, golden.str);
}
END_TEST

/* Nothing that came from outside can drive the terminal. */
START_TEST(only_colours_are_escapes)
{
	AUTO_FREE char *plain = sample((size_t)_i, false);
	AUTO_FREE char *coloured = sample((size_t)_i, true);
	size_t escapes = 0;

	ck_assert_ptr_null(strchr(plain, '\033'));
	for (const char *at = coloured; (at = strchr(at, '\033')); at++)
		escapes++;
	ck_assert(samples[_i].format == BENCH_JSON ? escapes == 0 : escapes > 4);
}
END_TEST

START_TEST(a_full_disk_is_told)
{
	AUTO_FILE FILE *full = fopen("/dev/full", "we");
	struct err err = { 0 };

	ck_assert_ptr_nonnull(full);
	ck_assert_int_eq(write_sample((size_t)_i, full, false, &err), -ENOSPC);
	ck_assert_str_eq(err.text, "the report cannot be written: No space left on device");
}
END_TEST

static const struct {
	struct bench_totals totals;
	int status;
} statuses[] = {
	{ { .states = { [BENCH_MEASURED] = 1 } }, 0 },
	{ { .states = { [BENCH_NOISY] = 1 } }, 0 },
	{ { .states = { [BENCH_MEASURED] = 1, [BENCH_SKIPPED] = 1 } }, 0 },
	{ { .states = { [BENCH_SKIPPED] = 1 } }, 4 },
	{ { .states = { 0 } }, 4 },
	{ { .states = { [BENCH_MEASURED] = 9, [BENCH_FAILED] = 1 } }, 3 },
	{ { .states = { [BENCH_MEASURED] = 9, [BENCH_FAILED] = 1 }, .slower = 1 }, 1 },
	{ { .states = { [BENCH_MEASURED] = 9 }, .faster = 1, .same = 1, .unclear = 1 }, 0 },
	{ { .states = { 0 }, .interrupted = true }, 130 },
	{ { .states = { 9, 9, 9, 9 }, .slower = 1, .interrupted = true }, 130 },
};

START_TEST(totals_give_the_exit_status)
{
	ck_assert_int_eq(bench_totals_status(&statuses[_i].totals), statuses[_i].status);
}
END_TEST

static const struct {
	double value;
	const char *unit, *text;
} figures[] = {
	{ 0, "ns", "0.00 ns" },          { 148213, "ns", "148 us" }, { 1230000, "ns", "1.23 ms" },
	{ 99949, "ns", "99.9 us" },      { 99960, "ns", "100 us" },  { 999.4, "ns", "999 ns" },
	{ 999500, "ns", "1.00 ms" },     { 7.2e12, "ns", "7200 s" }, { -2500, "ns", "-2.50 us" },
	{ 1300000, "bytes", "1.30 MB" }, { 12, "bytes", "12.0 B" },
};

START_TEST(figures_are_for_people)
{
	char text[32];

	bench_format(figures[_i].value, figures[_i].unit, text, sizeof(text));
	ck_assert_str_eq(text, figures[_i].text);
}
END_TEST

static int print_sample(const char *name)
{
	struct err err;

	for (size_t i = 0; i < ARRAY_SIZE(samples); i++)
		if (!strcmp(samples[i].name, name))
			return write_sample(i, stdout, false, &err) < 0 ? EXIT_FAILURE
									: EXIT_SUCCESS;
	return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	Suite *suite;
	TCase *tc;

	if (argc == 3 && !strcmp(argv[1], "--sample"))
		return print_sample(argv[2]);
	suite = suite_create("bench_report");
	tc = tcase_create("bench_report");
	tcase_add_loop_test(tc, sample_is_as_in_the_golden_file, 0, ARRAY_SIZE(samples));
	tcase_add_loop_test(tc, only_colours_are_escapes, 0, ARRAY_SIZE(samples));
	tcase_add_loop_test(tc, a_full_disk_is_told, 0, ARRAY_SIZE(samples));
	tcase_add_loop_test(tc, totals_give_the_exit_status, 0, ARRAY_SIZE(statuses));
	tcase_add_loop_test(tc, figures_are_for_people, 0, ARRAY_SIZE(figures));
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
