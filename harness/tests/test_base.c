// SPDX-License-Identifier: MIT
/* Unit tests of base: errors, texts, the option table. */
#include <check.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/opt.h"
#include "base/text.h"
#include "runner.h"

START_TEST(err_wraps_what_failed)
{
	struct err err = { 0 };

	errno = ENOENT;
	ck_assert_int_eq(err_sys(&err, "open %s", "x"), -ENOENT);
	ck_assert_int_eq(err_wrap(&err, "layer %d", 2), -ENOENT);
	ck_assert_str_eq(err.text, "layer 2: open x: No such file or directory");
}
END_TEST

START_TEST(err_cuts_a_long_text)
{
	struct err err = { 0 };

	ck_assert_int_eq(err_set(&err, EIO, "%0500d", 1), -EIO);
	ck_assert_uint_eq(strlen(err.text), sizeof(err.text) - 1);
}
END_TEST

START_TEST(text_grows)
{
	AUTO_TEXT struct text t = { 0 };

	for (int i = 0; i < 1000; i++)
		text_addf(&t, "%03d", i);
	ck_assert(!t.failed);
	ck_assert_uint_eq(t.len, 3000);
	ck_assert_str_eq(t.str + 2997, "999");
}
END_TEST

static const struct {
	const char *str;
	int want;
} numbers[] = {
	{ "0", 0 },
	{ "10", 0 },
	{ "-1", -ERANGE },
	{ "11", -ERANGE },
	{ "", -EINVAL },
	{ "4x", -EINVAL },
	{ " 4", -EINVAL },
	{ "+4", -EINVAL },
	{ "-", -EINVAL },
	{ "0x4", -EINVAL },
	{ "99999999999999999999", -ERANGE },
};

START_TEST(text_reads_numbers)
{
	int64_t value = -7;

	ck_assert_int_eq(text_to_int(numbers[_i].str, 0, 10, &value), numbers[_i].want);
	ck_assert(numbers[_i].want == 0 ? value >= 0 : value == -7);
}
END_TEST

static const struct {
	const char *str;
	int want;
	uint64_t size;
} sizes[] = {
	{ "0", 0, 0 },
	{ "1", 0, 1 },
	{ "500k", 0, 512000 },
	{ "1M", 0, 1 << 20 },
	{ "64G", 0, UINT64_C(64) << 30 },
	{ "2T", 0, UINT64_C(2) << 40 },
	{ "18446744073709551615", 0, UINT64_MAX },
	{ "18446744073709551616", -ERANGE, 7 },
	{ "16777215T", 0, UINT64_C(16777215) << 40 },
	{ "16777216T", -ERANGE, 7 },
	{ "", -EINVAL, 7 },
	{ "k", -EINVAL, 7 },
	{ "-1", -EINVAL, 7 },
	{ "+1", -EINVAL, 7 },
	{ " 1", -EINVAL, 7 },
	{ "1K", -EINVAL, 7 },
	{ "1kB", -EINVAL, 7 },
	{ "1 k", -EINVAL, 7 },
	{ "1.5G", -EINVAL, 7 },
	{ "0x10", -EINVAL, 7 },
};

START_TEST(text_reads_sizes)
{
	uint64_t size = 7;

	ck_assert_int_eq(text_to_size(sizes[_i].str, &size), sizes[_i].want);
	ck_assert_uint_eq(size, sizes[_i].size);
}
END_TEST

START_TEST(text_escapes_what_a_terminal_would_act_on)
{
	char out[32], tight[6];

	text_escape(out, sizeof(out), "a\n\x1b\\\xff", 5);
	ck_assert_str_eq(out, "a\\x0a\\x1b\\x5c\\xff");
	text_escape(tight, sizeof(tight), "ab\nc", 4);
	ck_assert_str_eq(tight, "ab");
}
END_TEST

struct values {
	bool flag;
	int number, choice;
	const char *string;
	uint64_t bits, size;
};

static const struct opt rows[] = {
	{ 'f', OPT_FLAG, "flag", NULL, offsetof(struct values, flag), "a flag" },
	{ 'n', OPT_INT, "number", "N", offsetof(struct values, number), "a number", 1, 9 },
	{ 0, OPT_CHOICE, "choice", "red|green", offsetof(struct values, choice), "a choice" },
	{ 's', OPT_STRING, "string", "S", offsetof(struct values, string), "a string" },
	{ 0, OPT_BITS, "no-low", NULL, offsetof(struct values, bits), "a bit", .clear = 1 },
	{ 0, OPT_SIZE, "size", "SIZE", offsetof(struct values, size), "a size" },
};
static const struct opt_table table = { rows, ARRAY_SIZE(rows) };

static int parse(char **argv, bool stop_at_word, struct values *v, int *words, struct err *err)
{
	int argc = 0;

	while (argv[argc])
		argc++;
	return opt_parse(table, argc, argv, stop_at_word, v, words, err);
}

START_TEST(opt_fills_the_struct)
{
	char *argv[] = { "x",        "-fn4", "word", "--choice=green",
			 "--no-low", "-s",   "",     "--size",
			 "2k",       "--",   "-f",   NULL };
	struct values v = { .bits = 3 };
	struct err err = { 0 };
	int words = 0;

	ck_assert_int_eq(parse(argv, false, &v, &words, &err), 0);
	ck_assert(v.flag && v.number == 4 && v.choice == 1 && v.bits == 2 && v.size == 2048);
	ck_assert_str_eq(v.string, "");
	ck_assert_int_eq(words, 2);
	ck_assert_str_eq(argv[0], "word");
	ck_assert_str_eq(argv[1], "-f");
	ck_assert_ptr_null(argv[2]);
}
END_TEST

START_TEST(opt_stops_at_a_word)
{
	char *argv[] = { "x", "-f", "image", "-f", "--number=99", NULL };
	struct values v = { 0 };
	struct err err = { 0 };
	int words = 0;

	ck_assert_int_eq(parse(argv, true, &v, &words, &err), 0);
	ck_assert_int_eq(words, 3);
	ck_assert_str_eq(argv[2], "--number=99");
}
END_TEST

static struct {
	char *arg;
	const char *text;
} mistakes[] = {
	{ "--nope", "unknown option '--nope'; see --help" },
	{ "-z", "unknown option '-z'; see --help" },
	{ "--number", "--number needs a value: --number N" },
	{ "-n", "-n needs a value: -n N" },
	{ "--number=10", "--number takes a whole number from 1 to 9, not '10'" },
	{ "--size=0", "--size takes a size such as 500M, not '0'" },
	{ "--size=much", "--size takes a size such as 500M, not 'much'" },
	{ "--flag=1", "--flag takes no value" },
	{ "--choice=blue", "--choice takes one of red|green, not 'blue'" },
};

START_TEST(opt_names_the_mistake)
{
	char *argv[] = { "x", mistakes[_i].arg, NULL };
	struct values v = { 0 };
	struct err err = { 0 };
	int words = 0;

	ck_assert_int_eq(parse(argv, false, &v, &words, &err), -EINVAL);
	ck_assert_str_eq(err.text, mistakes[_i].text);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("base");
	TCase *tc = tcase_create("base");

	tcase_add_test(tc, err_wraps_what_failed);
	tcase_add_test(tc, err_cuts_a_long_text);
	tcase_add_test(tc, text_grows);
	tcase_add_loop_test(tc, text_reads_numbers, 0, ARRAY_SIZE(numbers));
	tcase_add_loop_test(tc, text_reads_sizes, 0, ARRAY_SIZE(sizes));
	tcase_add_test(tc, text_escapes_what_a_terminal_would_act_on);
	tcase_add_test(tc, opt_fills_the_struct);
	tcase_add_test(tc, opt_stops_at_a_word);
	tcase_add_loop_test(tc, opt_names_the_mistake, 0, ARRAY_SIZE(mistakes));
	suite_add_tcase(s, tc);
	return run_suite(s);
}
