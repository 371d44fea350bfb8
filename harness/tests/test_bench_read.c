// SPDX-License-Identifier: MIT
/* What is read for benchmarks: earlier runs, names of scenarios, numbers of the command line. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "bench_file.h"
#include "bench_sample_report.h"
#include "bench_select.h"
#include "command.h"
#include "numbers.h"
#include "runner.h"

static char path[] = "/tmp/nsproof-test-bench-XXXXXX";

static void setup(void)
{
	int fd;

	strcpy(path + strlen(path) - 6, "XXXXXX");
	fd = mkostemp(path, O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	close(fd);
}

static void teardown(void)
{
	unlink(path);
}

START_TEST(an_own_report_is_read)
{
	AUTO_FILE FILE *out = fopen(path, "we");
	struct bench_reporter r = { .ops = bench_formats[BENCH_JSON], .out = out };
	AUTO_BENCH_FILE struct bench_file f = { 0 };
	const struct bench_entry *e;
	struct err err;

	ck_assert_int_eq(bench_sample_run(&r, &err), 0);
	ck_assert_int_eq(bench_file_read(path, &f, &err), 0);
	ck_assert_uint_eq(f.count, 6);
	ck_assert_int_eq(f.cpus, 8);
	ck_assert_str_eq(f.head[0], "0.1.0");
	ck_assert_str_eq(f.head[6], "root");
	e = bench_file_find(&f, "ns/pid/clone3");
	ck_assert_uint_eq(e->pair.count, 4);
	ck_assert_double_eq(e->pair.a[3], 150300);
	ck_assert_double_eq(e->pair.b[1], 101000);
	ck_assert_double_eq(e->median, 149650);
	ck_assert_double_eq(e->floor_median, 100200);
	ck_assert_uint_eq(bench_file_find(&f, "ns/time/clone3")->pair.count, 0);
	ck_assert_ptr_null(bench_file_find(&f, "container/six")->pair.b);
	ck_assert_ptr_null(bench_file_find(&f, "ns/pid"));
	bench_file_done(&f);
	bench_file_done(&f);
}
END_TEST

START_TEST(two_builds_are_no_run)
{
	AUTO_FILE FILE *out = fopen(path, "we");
	struct bench_reporter r = { .ops = bench_formats[BENCH_JSON], .out = out };
	struct bench_file f = { .count = 77 };
	struct err err;

	ck_assert_int_eq(bench_sample_against(&r, &err), 0);
	ck_assert_int_eq(bench_file_read(path, &f, &err), -EINVAL);
	ck_assert_ptr_nonnull(strstr(err.text, "not written by 'nsproof bench --format json'"));
	ck_assert_uint_eq(f.count, 77);
}
END_TEST

#define HEAD                                                                                       \
	"{\"schema\":1,\"kind\":\"bench\",\"version\":\"\",\"kernel\":\"\",\"machine\":\"\","      \
	"\"distribution\":\"\",\"cpu\":\"\",\"governor\":\"\",\"mode\":\"\",\"totals\":{}"
#define ENTRY "{\"name\":\"a/b\",\"unit\":\"ns\",\"state\":\"measured\",\"reason\":\"\""

static const struct {
	const char *text, *words;
} wrong[] = {
	{ "", "line 1: " },
	{ "median 3", "line 1: " },
	{ "{\"schema\":1,\"schema\":1}", "duplicate" },
	{ "[]", "not written by 'nsproof bench --format json'" },
	{ "{\"schema\":1,\"checks\":[]}", "not written by" },
	{ "{\"kind\":\"bench\"}", "not of schema 1" },
	{ "{\"kind\":\"bench\",\"schema\":2}", "not of schema 1" },
	{ "{\"kind\":\"bench\",\"schema\":1}", "\"version\" is missing or no string" },
	{ "{\"kind\":\"bench\",\"schema\":1,\"version\":\"\",\"kernel\":6}", "\"kernel\" is" },
	{ HEAD "}", "\"results\" is missing" },
	{ HEAD ",\"results\":{}}", "\"results\" is missing or no array" },
	{ HEAD ",\"results\":[1]}", "results[0]: no \"name\"" },
	{ HEAD ",\"results\":[{\"name\":\"a/b\"}]}", "results[0]: no \"name\", \"unit\"" },
	{ HEAD ",\"results\":[" ENTRY ",\"samples\":[1,\"2\"]}]}", "a/b: sample 2 is no number" },
	{ HEAD ",\"results\":[" ENTRY ",\"samples\":[1,2],\"floor\":{\"samples\":[1]}}]}",
	  "a/b: not as many samples of the floor" },
	{ HEAD ",\"results\":[" ENTRY "}," ENTRY "}]}", "results[1]: the second 'a/b'" },
	{ "{\"schema\":1,\"kind\":\"bench\",\"version\":\"\",\"kernel\":\"\",\"machine\":\"\","
	  "\"distribution\":\"\",\"cpu\":\"\",\"governor\":\"\",\"mode\":\"\",\"results\":[]}",
	  "that run did not come to its end" },
};

START_TEST(what_is_no_run_is_refused)
{
	AUTO_FILE FILE *out = fopen(path, "we");
	struct bench_file f = { .count = 77 };
	struct err err;

	fputs(wrong[_i].text, out);
	fflush(out);
	ck_assert_int_eq(bench_file_read(path, &f, &err), -EINVAL);
	ck_assert_msg(strstr(err.text, wrong[_i].words), "%s", err.text);
	ck_assert_msg(!strncmp(err.text, path, strlen(path)), "%s", err.text);
	ck_assert_ptr_null(strpbrk(err.text, "\n\033"));
	ck_assert_uint_eq(f.count, 77);
}
END_TEST

/* Cut anywhere, a report is none. */
START_TEST(half_a_run_is_none)
{
	AUTO_FILE FILE *out = fopen(path, "we");
	struct bench_reporter r = { .ops = bench_formats[BENCH_JSON], .out = out };
	AUTO_TEXT struct text text = { 0 };
	struct bench_file f;
	struct err err;

	ck_assert_int_eq(bench_sample_run(&r, &err), 0);
	ck_assert_int_eq(file_read(AT_FDCWD, path, 1 << 20, &text), 0);
	for (size_t len = 0; len < text.len - 2; len += 7) {
		ck_assert_int_eq(truncate(path, (off_t)len), 0);
		ck_assert_int_eq(bench_file_read(path, &f, &err), -EINVAL);
		ck_assert_int_eq(truncate(path, 0), 0);
		ck_assert_int_eq(file_write(AT_FDCWD, path, text.str), 0);
	}
	ck_assert_int_eq(bench_file_read("/no/such/file", &f, &err), -ENOENT);
}
END_TEST

static const struct {
	char *words[3];
	bool quick;
	const char *has, *has_not; /* scenarios */
	const char *text;          /* the error; NULL: none */
} choices[] = {
	{ { NULL }, false, "image/unpack/root/xz", NULL, NULL },
	{ { NULL }, true, "ns/pid/clone3", "image/unpack/root/xz", NULL },
	{ { "ns/*" }, false, "ns/pid/clone3", "container/six", NULL },
	{ { "image/*" }, true, "image/unpack/root/gzip", "image/unpack/root/xz", NULL },
	/* who names a slow one in full means it */
	{ { "image/unpack/root/xz" },
	  true,
	  "image/unpack/root/xz",
	  "image/unpack/root/gzip",
	  NULL },
	{ { "ns/pid/*", "ns/p*" }, false, "ns/pid/clone3", "ns/net/clone3", NULL },
	{ { "ns/pid/*", "nothing/*" },
	  false,
	  NULL,
	  NULL,
	  "no scenario matches 'nothing/*'; see 'nsproof bench --list'" },
};

static size_t count_of(const struct scenario *const *chosen, size_t count, const char *name)
{
	size_t found = 0;

	for (size_t i = 0; name && i < count; i++)
		found += !strcmp(chosen[i]->name, name);
	return found;
}

START_TEST(words_choose_scenarios)
{
	AUTO_FREE const struct scenario **chosen = NULL;
	char **words = (char **)choices[_i].words;
	size_t count = 0;
	int n = 0;
	struct err err;

	while (words[n])
		n++;
	if (choices[_i].text) {
		ck_assert_int_eq(bench_select(n, words, choices[_i].quick, &chosen, &count, &err),
				 STATUS_NOTHING);
		ck_assert_str_eq(err.text, choices[_i].text);
		return;
	}
	ck_assert_int_eq(bench_select(n, words, choices[_i].quick, &chosen, &count, &err), 0);
	ck_assert_uint_eq(count_of(chosen, count, choices[_i].has), 1);
	ck_assert_uint_eq(count_of(chosen, count, choices[_i].has_not), 0);
}
END_TEST

START_TEST(scenarios_have_names_of_their_own)
{
	for (const struct scenario_theme *const *theme = scenario_themes; *theme; theme++) {
		for (size_t i = 0; i < (*theme)->count; i++) {
			const struct scenario *s = &(*theme)->rows[i];

			ck_assert_ptr_eq(scenario_find(s->name), s);
			ck_assert(!strncmp(s->name, (*theme)->name, strlen((*theme)->name)));
			ck_assert_int_eq(s->name[strlen((*theme)->name)], '/');
			ck_assert_msg(s->together || (s->open && s->sample && s->close), "%s",
				      s->name);
		}
	}
	ck_assert_ptr_null(scenario_find("ns/pid"));
}
END_TEST

static const struct {
	const char *str;
	double value; /* NAN: refused */
} numbers[] = {
	{ "2", 2 },     { "0.5%", 0.5 }, { "1e1", 10 },  { "100", 100 }, { "100.1", NAN },
	{ "0", NAN },   { "-1", NAN },   { "", NAN },    { "%", NAN },   { "2 %", NAN },
	{ "two", NAN }, { "inf", NAN },  { "nan", NAN }, { "2%%", NAN }, { NULL, 77 },
};

START_TEST(numbers_are_positive)
{
	double value = 77, wanted = numbers[_i].value;
	struct err err;
	int r = parse_positive(numbers[_i].str, "--precision", "%", 100, &value, &err);

	ck_assert_int_eq(r, isnan(wanted) ? -EINVAL : 0);
	ck_assert_double_eq(value, isnan(wanted) ? 77 : wanted);
	ck_assert(r == 0 || strstr(err.text, "--precision: '"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("bench_read");
	TCase *tc = tcase_create("bench_read");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, an_own_report_is_read);
	tcase_add_test(tc, two_builds_are_no_run);
	tcase_add_loop_test(tc, what_is_no_run_is_refused, 0, ARRAY_SIZE(wrong));
	tcase_add_test(tc, half_a_run_is_none);
	tcase_add_loop_test(tc, words_choose_scenarios, 0, ARRAY_SIZE(choices));
	tcase_add_test(tc, scenarios_have_names_of_their_own);
	tcase_add_loop_test(tc, numbers_are_positive, 0, ARRAY_SIZE(numbers));
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
