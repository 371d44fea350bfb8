// SPDX-License-Identifier: MIT
/* Unit tests of what is pure in kernel: the namespace table, id maps, subordinate ids, mountinfo. */
#include <check.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/idmap.h"
#include "kernel/mountinfo.h"
#include "kernel/ns.h"
#include "kernel/subid.h"
#include "runner.h"

START_TEST(every_namespace_has_one_flag_of_its_own)
{
	uint64_t seen = 0;

	for (int i = 0; i < NS_COUNT; i++) {
		ck_assert_ptr_nonnull(ns_table[i].name);
		ck_assert_ptr_nonnull(ns_table[i].hides);
		ck_assert_int_eq(__builtin_popcountll(ns_table[i].flag), 1);
		ck_assert(!(seen & ns_table[i].flag));
		seen |= ns_table[i].flag;
	}
}
END_TEST

static const struct {
	const char *text;
	int want;
	const char *back; /* how it is written again; NULL: not at all */
} maps[] = {
	{ "         0          0 4294967295\n", 0, "0 0 4294967295\n" },
	{ "0 1000 1\n1 100000 65536\n", 0, "0 1000 1\n1 100000 65536\n" },
	{ "0 1000 1", 0, "0 1000 1\n" },
	{ "", 0, "" },
	{ "0\t1\t2 \n", 0, "0 1 2\n" },
	{ "4294967294 0 1\n", 0, "4294967294 0 1\n" },
	{ "\n", -EINVAL, NULL },
	{ "0 0\n", -EINVAL, NULL },
	{ "0 0 0\n", -EINVAL, NULL },
	{ "0 0 1 1\n", -EINVAL, NULL },
	{ "0 0 1x\n", -EINVAL, NULL },
	{ "-1 0 1\n", -EINVAL, NULL },
	{ "+1 0 1\n", -EINVAL, NULL },
	{ "0 0 4294967296\n", -EINVAL, NULL },
	{ "99999999999999999999999999 0 1\n", -EINVAL, NULL },
	{ "1 0 4294967295\n", -EINVAL, NULL },
	{ "0 1 4294967295\n", -EINVAL, NULL },
	{ "4294967295 0 1\n", -EINVAL, NULL },
	{ "0 0 10\n9 100 1\n", -EINVAL, NULL },
	{ "0 0 10\n10 9 1\n", -EINVAL, NULL },
	{ "5 100 1\n0 0 6\n", -EINVAL, NULL },
	{ "0\n0 1\n", -EINVAL, NULL },
	{ "0 0 1\n1 1 1\n2 2 1\n3 3 1\n4 4 1\n5 5 1\n6 6 1\n7 7 1\n", 0,
	  "0 0 1\n1 1 1\n2 2 1\n3 3 1\n4 4 1\n5 5 1\n6 6 1\n7 7 1\n" },
	{ "0 0 1\n1 1 1\n2 2 1\n3 3 1\n4 4 1\n5 5 1\n6 6 1\n7 7 1\n8 8 1\n", -E2BIG, NULL },
};

START_TEST(idmap_reads_and_writes)
{
	struct idmap map = { .count = 77 };
	char out[512];

	ck_assert_int_eq(idmap_parse(maps[_i].text, &map), maps[_i].want);
	if (maps[_i].want < 0) {
		ck_assert_uint_eq(map.count, 77);
		return;
	}
	ck_assert_int_eq(idmap_format(&map, out, sizeof(out)), (int)strlen(maps[_i].back));
	ck_assert_str_eq(out, maps[_i].back);
}
END_TEST

START_TEST(idmap_says_when_it_does_not_fit)
{
	struct idmap map;
	char out[7] = "before";

	ck_assert_int_eq(idmap_parse("0 1 22\n", &map), 0);
	ck_assert_int_eq(idmap_format(&map, out, sizeof(out)), -ENOSPC);
	ck_assert_str_eq(out, "before");
	ck_assert_int_eq(idmap_parse("0 1 2\n", &map), 0);
	ck_assert_int_eq(idmap_format(&map, out, sizeof(out)), 6);
	ck_assert_str_eq(out, "0 1 2\n");
}
END_TEST

static const struct {
	const char *own;
	uint32_t want;
	int result;
	const char *chosen;
} choices[] = {
	/* the initial namespace: far away */
	{ "0 0 4294967295\n", 65536, 0, "0 1879048192 65536\n" },
	/* an ordinary user with sub-ids: all but the own one */
	{ "0 1000 1\n1 100000 65536\n", 65536, 0, "0 1 65536\n" },
	/* a container: its ids but root */
	{ "0 100000 65536\n", 65536, 0, "0 1 65535\n" },
	/* fewer wanted than there are: the highest */
	{ "0 0 1000000\n", 65536, 0, "0 934464 65536\n" },
	/* the far block ends within the extent, or one id outside of it */
	{ "0 0 1879113728\n", 65536, 0, "0 1879048192 65536\n" },
	{ "0 0 1879113727\n", 65536, 0, "0 1879048191 65536\n" },
	/* the largest first, then the others, each line for itself */
	{ "0 1000 1\n1 100000 10\n11 200000 20\n", 25, 0, "0 11 20\n20 6 5\n" },
	{ "0 1000 1\n1 100000 10\n11 200000 20\n", 100, 0, "0 11 20\n20 1 10\n" },
	/* no id 0 to leave out */
	{ "5 1000 10\n", 65536, 0, "0 5 10\n" },
	{ "0 1000 1\n", 65536, -ENOSPC, NULL },
	{ "", 65536, -ENOSPC, NULL },
	{ "0 0 4294967295\n", 0, -ENOSPC, NULL },
};

START_TEST(idmap_chooses_ids_that_are_not_the_callers)
{
	struct idmap own, map = { .count = 77 };
	char out[512];

	ck_assert_int_eq(idmap_parse(choices[_i].own, &own), 0);
	ck_assert_int_eq(idmap_choose(&own, choices[_i].want, &map), choices[_i].result);
	if (choices[_i].result < 0) {
		ck_assert_uint_eq(map.count, 77);
		return;
	}
	ck_assert_int_gt(idmap_format(&map, out, sizeof(out)), 0);
	ck_assert_str_eq(out, choices[_i].chosen);
}
END_TEST

START_TEST(idmap_counts_from_0_on)
{
	static const struct {
		const char *text;
		uint32_t count;
	} cases[] = {
		{ "0 0 4294967295\n", UINT32_MAX },
		{ "0 1000 1\n1 100000 65536\n", 65537 },
		{ "1 100000 65536\n0 1000 1\n", 65537 }, /* in any order */
		{ "0 1000 1\n2 100000 65536\n", 1 },
		{ "1 1000 5\n", 0 },
		{ "", 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct idmap map;

		ck_assert_int_eq(idmap_parse(cases[i].text, &map), 0);
		ck_assert_uint_eq(idmap_count(&map), cases[i].count);
	}
}
END_TEST

/* The ranges of "ann", user 1000, 65536 ids wanted. */
static const struct {
	const char *text;
	uint32_t first, count; /* 0: there is none */
} subids[] = {
	{ "ann:100000:65536\n", 100000, 65536 },
	{ "1000:100000:65536\n", 100000, 65536 },
	{ "ann:100000:65536", 100000, 65536 }, /* no newline at the end */
	{ "bob:100000:65536\nann:165536:65536\n", 165536, 65536 },
	/* the first that is large enough, cut; else the largest */
	{ "ann:100000:70000\nann:200000:65536\n", 100000, 65536 },
	{ "ann:100000:10\nann:200000:65536\nann:300000:90000\n", 200000, 65536 },
	{ "ann:100000:10\nann:200000:30\n1000:300000:20\n", 200000, 30 },
	{ "ann:7:1\n", 7, 1 },
	/* neither id 0 nor the own one, nor ids that the kernel does not have */
	{ "ann:0:999\n", 0, 0 },
	{ "ann:1000:65536\n", 0, 0 },
	{ "ann:1:1000\n", 0, 0 },
	{ "ann:1:999\n", 1, 999 },
	{ "ann:1001:65536\n", 1001, 65536 },
	{ "ann:4294901759:65536\n", 4294901759, 65536 },
	{ "ann:4294901760:65536\n", 0, 0 },
	{ "ann:4294967295:1\n", 0, 0 },
	{ "ann:9:4294967296\n", 0, 0 },
	/* what is no line of the file */
	{ "", 0, 0 },
	{ "\n\n", 0, 0 },
	{ "ann", 0, 0 },
	{ "ann:\n", 0, 0 },
	{ "ann:100000\n", 0, 0 },
	{ "ann:100000:\n", 0, 0 },
	{ "ann::65536\n", 0, 0 },
	{ "ann:100000:0\n", 0, 0 },
	{ "ann:-5:65536\n", 0, 0 },
	{ "ann:100000:-1\n", 0, 0 },
	{ "ann:100000:65536:1\n", 0, 0 },
	{ "ann:100000:65536 \n", 0, 0 },
	{ "ann:x:65536\n", 0, 0 },
	{ "#ann:100000:65536\n", 0, 0 },
	{ "anna:100000:65536\n", 0, 0 },
	{ "10000:100000:65536\n", 0, 0 },
	{ ":100000:65536\n", 0, 0 },
	/* ... does not hide one that is */
	{ "rubbish\nann:100000:x\n\nann:100000:65536\n", 100000, 65536 },
};

START_TEST(subid_finds_the_owners_range)
{
	const struct subid_owner ann = { "ann", 1000, 1000 };
	struct subid_range range = { 77, 77 };
	int r = subid_choose(subids[_i].text, &ann, 65536, &range);

	if (subids[_i].count == 0) {
		ck_assert_int_eq(r, -ENOENT);
		ck_assert_uint_eq(range.first, 77);
		return;
	}
	ck_assert_int_eq(r, 0);
	ck_assert_uint_eq(range.first, subids[_i].first);
	ck_assert_uint_eq(range.count, subids[_i].count);
}
END_TEST

START_TEST(subid_owner_needs_no_name)
{
	const struct subid_owner nameless = { NULL, 1000, 50 };
	struct subid_range range;

	ck_assert_int_eq(subid_choose("ann:9:9\n1000:60:8\n", &nameless, 99, &range), 0);
	ck_assert_uint_eq(range.first, 60);
	/* of groups the own one is left out, not the user's number */
	ck_assert_int_eq(subid_choose("1000:1000:8\n", &nameless, 99, &range), 0);
	ck_assert_int_eq(subid_choose("1000:45:8\n", &nameless, 99, &range), -ENOENT);
}
END_TEST

/* No line is longer than 500 bytes. */
START_TEST(subid_passes_over_endless_lines)
{
	const struct subid_owner ann = { "ann", 1000, 1000 };
	struct subid_range range;
	char text[1100];

	memset(text, ':', sizeof(text));
	snprintf(text + 1000, sizeof(text) - 1000, "\nann:5:5\n");
	ck_assert_int_eq(subid_choose(text, &ann, 99, &range), 0);
	ck_assert_uint_eq(range.first, 5);
}
END_TEST

START_TEST(mountinfo_reads_what_the_kernel_writes)
{
	char text[] =
		"36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue\n"
		"21 1 0:19 / /a\\040b\\134\\011 ro,nosuid shared:7 master:3 propagate_from:2 "
		"unbindable - fuse.sshfs x:/ rw\n"
		"22 21 0:20 / /empty rw - tmpfs  rw,size=4k";
	char *p = text;
	struct mountinfo m = { 0 };

	ck_assert_int_eq(mountinfo_next(&p, &m), 1);
	ck_assert_int_eq(m.id, 36);
	ck_assert_int_eq(m.parent, 35);
	ck_assert_uint_eq(m.major, 98);
	ck_assert_uint_eq(m.minor, 0);
	ck_assert_str_eq(m.root, "/mnt1");
	ck_assert_str_eq(m.point, "/mnt2");
	ck_assert_str_eq(m.options, "rw,noatime");
	ck_assert_int_eq(m.shared, 0);
	ck_assert_int_eq(m.master, 1);
	ck_assert(!m.unbindable);
	ck_assert_str_eq(m.fstype, "ext3");
	ck_assert_str_eq(m.source, "/dev/root");
	ck_assert_str_eq(m.super_options, "rw,errors=continue");

	ck_assert_int_eq(mountinfo_next(&p, &m), 1);
	ck_assert_str_eq(m.point, "/a b\\\t");
	ck_assert_int_eq(m.shared, 7);
	ck_assert_int_eq(m.master, 3);
	ck_assert(m.unbindable);
	ck_assert_str_eq(m.fstype, "fuse.sshfs");

	/* an empty source, and no newline at the end */
	ck_assert_int_eq(mountinfo_next(&p, &m), 1);
	ck_assert_str_eq(m.source, "");
	ck_assert_str_eq(m.super_options, "rw,size=4k");
	ck_assert_int_eq(mountinfo_next(&p, &m), 0);
	ck_assert_int_eq(mountinfo_next(&p, &m), 0);
	ck_assert_int_eq(m.id, 22);
}
END_TEST

static const char *const no_mounts[] = {
	"\n",
	" \n",
	"36\n",
	"36 35 98:0 / /mnt rw\n",
	"36 35 98:0 / /mnt rw master:1\n",
	"36 35 98:0 / /mnt rw - ext3 src\n",
	"36 35 98:0 / /mnt rw - ext3 src rw more\n",
	"36 35 98 / /mnt rw - ext3 src rw\n",
	"36 35 98: / /mnt rw - ext3 src rw\n",
	"36 35 :0 / /mnt rw - ext3 src rw\n",
	"-1 35 98:0 / /mnt rw - ext3 src rw\n",
	"36  98:0 / /mnt rw - ext3 src rw\n",
	"x 35 98:0 / /mnt rw - ext3 src rw\n",
	"99999999999 35 98:0 / /mnt rw - ext3 src rw\n",
	"36 35 98:0 / /mnt rw shared: - ext3 src rw\n",
	"36 35 98:0 / /mnt rw shared:x - ext3 src rw\n",
	"36 35 98:0 / /mnt rw master:-1 - ext3 src rw\n",
};

START_TEST(mountinfo_refuses_what_it_does_not_know)
{
	AUTO_FREE char *text = strdup(no_mounts[_i]);
	struct mountinfo m = { .id = 77 };
	char *p = text;

	ck_assert_int_eq(mountinfo_next(&p, &m), -EINVAL);
	ck_assert_int_eq(m.id, 77);
	ck_assert_int_eq(mountinfo_next(&p, &m), 0);
}
END_TEST

START_TEST(mountinfo_goes_on_after_a_bad_line)
{
	char text[] = "bad\n1 0 0:1 / / rw - proc proc rw\n";
	struct mountinfo m = { 0 };
	char *p = text;

	ck_assert_int_eq(mountinfo_next(&p, &m), -EINVAL);
	ck_assert_int_eq(mountinfo_next(&p, &m), 1);
	ck_assert_str_eq(m.fstype, "proc");
}
END_TEST

START_TEST(mountinfo_decodes_only_octal)
{
	char text[] = "1 0 0:1 / /\\000\\400\\08\\1\\\\101\\377 rw - proc \\043 rw\n";
	struct mountinfo m = { 0 };
	char *p = text;

	ck_assert_int_eq(mountinfo_next(&p, &m), 1);
	ck_assert_str_eq(m.point, "/\\000\\400\\08\\1\\A\377");
	ck_assert_str_eq(m.source, "#");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("kernel");
	TCase *tc = tcase_create("kernel");

	tcase_add_test(tc, every_namespace_has_one_flag_of_its_own);
	tcase_add_loop_test(tc, idmap_reads_and_writes, 0, ARRAY_SIZE(maps));
	tcase_add_test(tc, idmap_says_when_it_does_not_fit);
	tcase_add_loop_test(tc, idmap_chooses_ids_that_are_not_the_callers, 0, ARRAY_SIZE(choices));
	tcase_add_test(tc, idmap_counts_from_0_on);
	tcase_add_loop_test(tc, subid_finds_the_owners_range, 0, ARRAY_SIZE(subids));
	tcase_add_test(tc, subid_owner_needs_no_name);
	tcase_add_test(tc, subid_passes_over_endless_lines);
	tcase_add_test(tc, mountinfo_reads_what_the_kernel_writes);
	tcase_add_loop_test(tc, mountinfo_refuses_what_it_does_not_know, 0, ARRAY_SIZE(no_mounts));
	tcase_add_test(tc, mountinfo_goes_on_after_a_bad_line);
	tcase_add_test(tc, mountinfo_decodes_only_octal);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
