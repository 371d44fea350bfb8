// SPDX-License-Identifier: MIT
/* Unit tests of image/reference: names and platforms that fit. */
#include <check.h>
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "image/reference.h"
#include "runner.h"

static const struct {
	const char *ref, *name;
	int want;
} references[] = {
	{ "a:1", "a:1", 5 },
	{ "a", "a:latest", 4 },
	{ "docker.io/library/a:1", "a:1", 4 },
	{ "a:1", "docker.io/library/a:1", 4 },
	{ "a:1", "quay.io/x/a:1", 3 },
	{ "a", "localhost:5000/a", 3 },
	{ "a:1", "1", 2 },
	{ "1", "a:1", 1 },
	{ "a", "x/a:1", 1 },
	{ "a:1", "a:2", 0 },
	{ "a:1", "ba:1", 0 },
	{ "a:1", "x/1", 0 },
	{ "a", "b", 0 },
	{ "", "a:1", 0 },
	{ ":", "a:1", 0 },
	{ "a:1", "", 0 },
};

START_TEST(references_fit)
{
	ck_assert_int_eq(reference_fit(references[_i].ref, references[_i].name),
			 references[_i].want);
}
END_TEST

static const struct {
	const char *want, *have;
	bool fits;
} platforms[] = {
	{ "linux/amd64", "linux/amd64", true },
	{ "linux/amd64", "linux/arm64", false },
	{ "linux/amd64", "windows/amd64", false },
	{ "linux/amd64", "linux/amd64/v2", false },
	{ "linux/amd64/v3", "linux/amd64/v2", true },
	{ "linux/arm64", "linux/arm64/v8", true },
	{ "linux/arm64/v8", "linux/arm64", true },
	{ "linux/arm64", "linux/arm64/v9", false },
	{ "linux/arm", "linux/arm/v6", true },
	{ "linux/arm/v6", "linux/arm/v7", false },
	{ "linux/arm/v6", "linux/arm/6", true },
	{ "linux/riscv64/rva23", "linux/riscv64/rva23", true },
	{ "linux/riscv64/rva23", "linux/riscv64", false },
};

START_TEST(platforms_fit)
{
	char want_buf[PLATFORM_SIZE], have_buf[PLATFORM_SIZE];
	struct platform want, have;
	struct err err;

	ck_assert_int_eq(platform_parse(platforms[_i].want, want_buf, &want, &err), 0);
	ck_assert_int_eq(platform_parse(platforms[_i].have, have_buf, &have, &err), 0);
	ck_assert_int_eq(platform_fit(&want, &have) >= PLATFORM_FITS, platforms[_i].fits);
}
END_TEST

START_TEST(platforms_are_read_strictly)
{
	static const char *const wrong[] = { "", "linux", "linux/", "/amd64", "a/b/", "a/b/c/d" };
	char buf[PLATFORM_SIZE], long_one[PLATFORM_SIZE + 8];
	struct platform p = { .os = "kept" };
	struct err err;

	memset(long_one, 'a', sizeof(long_one));
	long_one[5] = '/';
	long_one[sizeof(long_one) - 1] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		ck_assert_int_eq(platform_parse(wrong[i], buf, &p, &err), -EINVAL);
	ck_assert_int_eq(platform_parse(long_one, buf, &p, &err), -EINVAL);
	ck_assert_str_eq(p.os, "kept");
	ck_assert_str_eq(platform_of_machine("aarch64").arch, "arm64");
	ck_assert_str_eq(platform_of_machine("armv6l").variant, "v6");
	ck_assert_str_eq(platform_of_machine("unheard-of").arch, "unheard-of");
}
END_TEST

START_TEST(lists_of_names_stay_short)
{
	AUTO_NAMES struct name_list list = { 0 };

	ck_assert_str_eq(name_list_str(&list), "nothing");
	for (int i = 0; i < 1000; i++)
		name_list_add(&list, "a\nb");
	ck_assert_uint_eq(list.count, 1000);
	ck_assert(text_starts(name_list_str(&list), "a\\x0ab, a\\x0ab, "));
	ck_assert(text_ends(name_list_str(&list), " ..."));
	ck_assert_uint_lt(list.text.len, 80);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("image/reference");
	TCase *tc = tcase_create("reference");

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, references_fit, 0, ARRAY_SIZE(references));
	tcase_add_loop_test(tc, platforms_fit, 0, ARRAY_SIZE(platforms));
	tcase_add_test(tc, platforms_are_read_strictly);
	tcase_add_test(tc, lists_of_names_stay_short);
	return run_suite(suite);
}
