// SPDX-License-Identifier: MIT
/* A fixture for tests: a scratch directory, and the proof that no descriptor stays open. */
#ifndef NSPROOF_TESTS_SCRATCH_H
#define NSPROOF_TESTS_SCRATCH_H

#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "image/tree.h"

static char scratch[] = "/tmp/nsproof-test-scratch-XXXXXX";
static int root = -1; /* of the scratch directory */
static size_t fds;    /* open before the test */

static inline size_t open_fds(void)
{
	AUTO_DIR DIR *dir = opendir("/proc/self/fd");
	size_t count = 0;

	while (readdir(dir))
		count++;
	return count;
}

static inline void scratch_setup(void)
{
	fds = open_fds();
	strcpy(scratch + strlen(scratch) - 6, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(scratch));
	root = open(scratch, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(root, 0);
}

static inline void scratch_teardown(void)
{
	struct err err;

	ck_assert_int_eq(tree_remove_below(root, &err), 0);
	fd_close(&root);
	ck_assert_uint_eq(open_fds(), fds);
	ck_assert_int_eq(rmdir(scratch), 0);
}

#endif
