// SPDX-License-Identifier: MIT
/* Unit tests of the pure part of image/target.c: paths and names. */
#include <check.h>
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "image/target.h"
#include "runner.h"

#define HEX "0123456789ab"

static const struct {
	const char *path, *parent, *name;
} paths[] = {
	{ "x", ".", "x" },       { "x/", ".", "x" },   { "x///", ".", "x" },  { "x/y", "x", "y" },
	{ "x//y//", "x/", "y" }, { "/x", "/", "x" },   { "/x/", "/", "x" },   { "//x", "/", "x" },
	{ "../x", "..", "x" },   { "./x", ".", "x" },  { "...", ".", "..." }, { "/", "/", "" },
	{ "//", "/", "" },       { ".", ".", "" },     { "./", ".", "" },     { "..", "..", "" },
	{ "x/..", "x/..", "" },  { "x/.", "x/.", "" }, { "", "", "" },
};

START_TEST(split_finds_the_name)
{
	char path[32], name[NAME_MAX + 1] = "?";
	const char *parent = NULL;

	strcpy(path, paths[_i].path);
	ck_assert_int_eq(target_split(path, &parent, name), 0);
	ck_assert_str_eq(parent, paths[_i].parent);
	ck_assert_str_eq(name, paths[_i].name);
}
END_TEST

START_TEST(split_refuses_a_long_name)
{
	char path[NAME_MAX + 4] = "a/", name[NAME_MAX + 1] = "?";
	const char *parent = NULL;

	memset(path + 2, 'n', NAME_MAX);
	ck_assert_int_eq(target_split(path, &parent, name), 0);
	ck_assert_uint_eq(strlen(name), NAME_MAX);
	path[1] = '/';
	memset(path + 2, 'n', NAME_MAX + 1);
	path[NAME_MAX + 3] = '\0';
	ck_assert_int_eq(target_split(path, &parent, name), -ENAMETOOLONG);
}
END_TEST

START_TEST(temp_name_is_short_and_known)
{
	char name[NAME_MAX + 1] = "", temp[TARGET_TEMP_SIZE];

	target_temp_name("root", HEX, temp);
	ck_assert_str_eq(temp, ".root.nsproof-" HEX);
	ck_assert(target_is_temp(temp));
	memset(name, 'n', NAME_MAX);
	target_temp_name(name, HEX, temp);
	ck_assert_uint_eq(strlen(temp), TARGET_TEMP_SIZE - 1);
	ck_assert(target_is_temp(temp));
}
END_TEST

static const char *const others[] = {
	"",
	".",
	"root",
	"root.nsproof-" HEX,
	".nsproof-" HEX,
	".root.nsproof-0123456789a",
	".root.nsproof-0123456789abc",
	".root.nsproof-0123456789aB",
	".root.nsproof-0123456789ag",
	".root.nsproof-" HEX "x",
	".root-nsproof-" HEX,
	TARGET_MARKER,
	/* more of the name than is kept */
	".12345678901234567890123456789012345678901234567890123456789012345.nsproof-" HEX,
};

START_TEST(temp_name_is_no_other)
{
	ck_assert(!target_is_temp(others[_i]));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("target");
	TCase *tc = tcase_create("names");

	tcase_add_loop_test(tc, split_finds_the_name, 0, ARRAY_SIZE(paths));
	tcase_add_test(tc, split_refuses_a_long_name);
	tcase_add_test(tc, temp_name_is_short_and_known);
	tcase_add_loop_test(tc, temp_name_is_no_other, 0, ARRAY_SIZE(others));
	suite_add_tcase(s, tc);
	return run_suite(s);
}
