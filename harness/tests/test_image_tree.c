// SPDX-License-Identifier: MIT
/* Tests of tree: whatever was unpacked can be removed, by who has no privilege too. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "image/tree.h"
#include "runner.h"
#include "scratch.h"

enum { DEPTH = 950, NOBODY = 65534 };

/* A chain of directories of this mode, with a file at its end. */
static void make_chain(int top, int depth, mode_t mode)
{
	AUTO_CLOSE int fd = openat(top, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	for (int i = 0; i < depth; i++) {
		int below;

		ck_assert_int_eq(mkdirat(fd, "d", 0700), 0);
		below = openat(fd, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		ck_assert_int_ge(below, 0);
		if (i > 0)
			ck_assert_int_eq(fchmod(fd, mode), 0);
		close(fd);
		fd = below;
	}
	close(openat(fd, "file", O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
	ck_assert_int_eq(fchmod(fd, mode), 0);
}

static const mode_t modes[] = { 0755, 0555, 0300, 0 };

/* Deeper than descriptors reach, and each level closed to its owner. */
START_TEST(a_deep_tree_is_removed)
{
	bool root_user = geteuid() == 0;
	struct err err;

	if (root_user) {
		ck_assert_int_eq(fchown(root, NOBODY, NOBODY), 0);
		ck_assert_int_eq(seteuid(NOBODY), 0);
	}
	make_chain(root, DEPTH, modes[_i]);
	ck_assert_msg(tree_remove_below(root, &err) == 0, "%s", err.text);
	ck_assert_int_eq(mkdirat(root, "d", 0), 0);
	ck_assert_int_eq(tree_remove(root, "d", &err), 0);
	if (root_user)
		ck_assert_int_eq(seteuid(0), 0);
	/* nothing but "." and ".." is left */
	ck_assert_int_eq(rmdir(scratch), 0);
	ck_assert_int_eq(mkdir(scratch, 0700), 0);
}
END_TEST

START_TEST(what_is_not_there_is_removed)
{
	struct err err;

	ck_assert_int_eq(tree_remove(root, "nothing", &err), 0);
	ck_assert_int_eq(tree_remove_below(root, &err), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("image/tree");
	TCase *tc = tcase_create("tree");

	suite_add_tcase(suite, tc);
	tcase_add_checked_fixture(tc, scratch_setup, scratch_teardown);
	tcase_add_loop_test(tc, a_deep_tree_is_removed, 0, ARRAY_SIZE(modes));
	tcase_add_test(tc, what_is_not_there_is_removed);
	return run_suite(suite);
}
