// SPDX-License-Identifier: MIT
/* Unit tests of image/plan: what an entry means, which owner it gets, where a link leads. */
#include <check.h>
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "image/plan.h"
#include "runner.h"

#define A64  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define A255 A64 A64 A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct {
	const char *name;
	enum plan_act want;
	const char *dir, *last;
} names[] = {
	{ "a", PLAN_WRITE, "", "a" },
	{ "a/b/c", PLAN_WRITE, "a/b", "c" },
	{ "./a/./b/", PLAN_WRITE, "a", "b" },
	{ "//a///b", PLAN_WRITE, "a", "b" },
	{ "/etc/passwd", PLAN_WRITE, "etc", "passwd" },
	{ "...", PLAN_WRITE, "", "..." },
	{ "a..", PLAN_WRITE, "", "a.." },
	{ "..a/b", PLAN_WRITE, "..a", "b" },
	{ "a/\n", PLAN_WRITE, "a", "\n" },
	{ A255, PLAN_WRITE, "", A255 },
	{ A255 "a", PLAN_REJECT },
	{ "..", PLAN_REJECT },
	{ "../a", PLAN_REJECT },
	{ "a/../b", PLAN_REJECT },
	{ "a/..", PLAN_REJECT },
	{ "/..", PLAN_REJECT },
	{ "./../a", PLAN_REJECT },
	{ "", PLAN_REJECT },
	{ ".", PLAN_REJECT },
	{ "/", PLAN_REJECT },
	{ ".wh.a", PLAN_WHITEOUT, "", "a" },
	{ "d/.wh.a", PLAN_WHITEOUT, "d", "a" },
	{ "d/.wh.a/", PLAN_WHITEOUT, "d", "a" },
	{ ".wh.a.wh.b", PLAN_WHITEOUT, "", "a.wh.b" },
	{ ".wh.....", PLAN_WHITEOUT, "", "...." },
	{ ".wh.", PLAN_REJECT },
	{ ".wh..", PLAN_REJECT },
	{ ".wh...", PLAN_REJECT },
	{ "d/.wh.a/b", PLAN_REJECT },
	{ ".wh..wh..opq", PLAN_OPAQUE, "", NULL },
	{ "d/e/.wh..wh..opq", PLAN_OPAQUE, "d/e", NULL },
	{ ".wh..wh.aufs", PLAN_IGNORE },
	{ ".wh..wh.plnk/12.34", PLAN_IGNORE },
	{ "a.wh.b", PLAN_WRITE, "", "a.wh.b" },
	{ "a.wh./b", PLAN_WRITE, "a.wh.", "b" },
};

START_TEST(plan_reads_names)
{
	const struct entry entry = { .name = names[_i].name, .mode = S_IFREG };
	struct plan plan;

	plan_entry(&entry, &plan);
	ck_assert_int_eq(plan.act, names[_i].want);
	if (plan.act == PLAN_REJECT)
		ck_assert_ptr_nonnull(plan.why);
	if (names[_i].dir)
		ck_assert_str_eq(plan.at.dir, names[_i].dir);
	if (names[_i].last)
		ck_assert_str_eq(plan.at.name, names[_i].last);
}
END_TEST

static const struct {
	struct entry entry;
	enum plan_act want;
} entries[] = {
	{ { .name = ".", .mode = S_IFDIR }, PLAN_ROOT },
	{ { .name = "./", .mode = S_IFDIR }, PLAN_ROOT },
	{ { .name = "", .mode = S_IFLNK, .symlink = "a" }, PLAN_REJECT },
	{ { .name = ".", .mode = S_IFDIR, .hardlink = "a" }, PLAN_REJECT },
	{ { .name = "a", .mode = S_IFDIR }, PLAN_WRITE },
	{ { .name = "a", .mode = S_IFIFO }, PLAN_WRITE },
	{ { .name = "a", .mode = S_IFCHR }, PLAN_WRITE },
	{ { .name = "a", .mode = S_IFSOCK }, PLAN_REJECT },
	{ { .name = "a", .mode = 0 }, PLAN_REJECT },
	{ { .name = "a", .mode = S_IFLNK, .symlink = "../../b" }, PLAN_WRITE },
	{ { .name = "a", .mode = S_IFLNK, .symlink = "/b" }, PLAN_WRITE },
	{ { .name = "a", .mode = S_IFLNK, .symlink = "" }, PLAN_REJECT },
	{ { .name = "a", .mode = S_IFLNK }, PLAN_REJECT },
	{ { .name = "a", .mode = S_IFREG, .hardlink = "b" }, PLAN_WRITE },
	{ { .name = "a", .mode = 0, .hardlink = "/b/c" }, PLAN_WRITE },
	{ { .name = "a", .mode = S_IFREG, .hardlink = "../b" }, PLAN_REJECT },
	{ { .name = "a", .mode = S_IFREG, .hardlink = "b/../c" }, PLAN_REJECT },
	{ { .name = "a", .mode = S_IFREG, .hardlink = "" }, PLAN_REJECT },
	{ { .name = "a", .mode = S_IFREG, .hardlink = "/" }, PLAN_REJECT },
	{ { .name = "a", .mode = S_IFREG, .hardlink = "a" }, PLAN_REJECT },
	{ { .name = "a/b", .mode = S_IFREG, .hardlink = "./a//b" }, PLAN_REJECT },
	{ { .name = ".wh.a", .mode = S_IFCHR }, PLAN_WHITEOUT },
	{ { .name = ".wh.a", .mode = S_IFREG, .hardlink = ".wh..wh.aufs" }, PLAN_WHITEOUT },
};

START_TEST(plan_reads_types)
{
	struct plan plan;

	plan_entry(&entries[_i].entry, &plan);
	ck_assert_int_eq(plan.act, entries[_i].want);
}
END_TEST

START_TEST(plan_splits_hard_links)
{
	const struct entry entry = { .name = "a", .mode = S_IFREG, .hardlink = "./usr//bin/x" };
	struct plan plan;

	plan_entry(&entry, &plan);
	ck_assert_str_eq(plan.target.dir, "usr/bin");
	ck_assert_str_eq(plan.target.name, "x");
}
END_TEST

/* Any depth and length: either refused, or inside of the buffers (the sanitizers look on). */
START_TEST(plan_bounds_paths)
{
	AUTO_TEXT struct text path = { 0 };
	struct entry entry = { .mode = S_IFREG };
	struct plan plan;

	for (int i = 0; i < 300; i++)
		text_add(&path, "d/");
	text_add(&path, "x");
	entry.name = path.str;
	plan_entry(&entry, &plan);
	ck_assert_int_eq(plan.act, PLAN_REJECT);
	entry.name = path.str + 100;
	plan_entry(&entry, &plan);
	ck_assert_int_eq(plan.act, PLAN_WRITE);

	path.len = 0;
	for (int i = 0; i < 20; i++)
		text_addf(&path, "%s/", A255);
	for (size_t cut = 0; cut < 1000; cut++) {
		entry.name = path.str + cut;
		plan_entry(&entry, &plan);
		ck_assert_int_eq(plan.act, cut < 1024 ? PLAN_REJECT : PLAN_WRITE);
	}
}
END_TEST

static const struct {
	int64_t id;
	uint32_t shift, count;
	int want;
	uint32_t owner;
} owners[] = {
	{ 0, 0, 0, 0, 0 },
	{ 1000, 0, 0, 0, 1000 },
	{ 1000, 100000, 65536, 0, 101000 },
	{ 65535, 100000, 65536, 0, 165535 },
	{ 65536, 100000, 65536, 0, 100000 },
	{ 4294967294, 0, 0, 0, 4294967294 },
	{ 4294967295, 0, 0, -ERANGE, 0 },
	{ 4294967294, 1, 0, -ERANGE, 0 },
	{ 4294967294, 1, 65536, 0, 1 },
	{ -1, 0, 65536, -ERANGE, 0 },
	{ INT64_MAX, 4294967295, 0, -ERANGE, 0 },
};

START_TEST(plan_gives_owners)
{
	uint32_t owner = 77;

	ck_assert_int_eq(plan_owner(owners[_i].id, owners[_i].shift, owners[_i].count, &owner),
			 owners[_i].want);
	ck_assert_uint_eq(owner, owners[_i].want ? 77 : owners[_i].owner);
}
END_TEST

static const struct {
	const char *name, *target, *want; /* NULL: refused */
} links[] = {
	{ "", "a/b", "a/b" },
	{ "", "./a//b/", "a/b" },
	{ "a", "b", "b" },
	{ "a/b/layer.tar", "../c/layer.tar", "a/c/layer.tar" },
	{ "a/layer.tar", "../c.tar", "c.tar" },
	{ "a/layer.tar", "../../c.tar", NULL },
	{ "", "..", NULL },
	{ "", "/etc/passwd", NULL },
	{ "a", "/etc/passwd", NULL },
	{ "a/b", "", "a" },
	{ "a/b", "..", "" },
};

START_TEST(plan_resolves_links)
{
	char path[PATH_MAX];
	int r = plan_resolve(links[_i].name, links[_i].target, path);

	ck_assert_int_eq(r, links[_i].want ? 0 : -EINVAL);
	if (links[_i].want)
		ck_assert_str_eq(path, links[_i].want);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("image/plan");
	TCase *tc = tcase_create("plan");

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, plan_reads_names, 0, ARRAY_SIZE(names));
	tcase_add_loop_test(tc, plan_reads_types, 0, ARRAY_SIZE(entries));
	tcase_add_test(tc, plan_splits_hard_links);
	tcase_add_test(tc, plan_bounds_paths);
	tcase_add_loop_test(tc, plan_gives_owners, 0, ARRAY_SIZE(owners));
	tcase_add_loop_test(tc, plan_resolves_links, 0, ARRAY_SIZE(links));
	return run_suite(suite);
}
