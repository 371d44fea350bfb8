// SPDX-License-Identifier: MIT
/*
 * Root trees whose links lead outside: the set-up of a container mounts on paths of the image, and
 * whatever these are, nothing is mounted or made outside of its root.
 */
#include <check.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "kernel/mountinfo.h"
#include "runner.h"
#include "stand.h"

/* In the tmpfs of the spawner, not in the image. */
#define OUTSIDE "/tmp/outside"

static char root[64];

static const char *const covered[] = { "proc", "sys", "dev", "tmp", "run" };
static const char *const lures[] = { OUTSIDE, "../../../../../.." OUTSIDE, "../..",
				     "/",     "proc/self/root" OUTSIDE,    "/proc/1/root" OUTSIDE };

/* A root tree with the image's program and one link that leads elsewhere. */
static void make_hostile(const char *name, const char *target)
{
	static const char *const dirs[] = { "bin", "proc", "sys", "dev", "tmp", "run", "etc" };
	AUTO_TEXT struct text program = { 0 };
	AUTO_CLOSE int fd = -1;
	char path[256];

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		snprintf(path, sizeof(path), "%s/%s", root, dirs[i]);
		if (strcmp(dirs[i], name) != 0)
			ck_assert_int_eq(mkdir(path, 0755), 0);
		else
			ck_assert_int_eq(symlink(target, path), 0);
	}
	snprintf(path, sizeof(path), "%s/bin/busybox", stand.rootfs.path);
	ck_assert_int_eq(file_read(AT_FDCWD, path, 64 << 20, &program), 0);
	snprintf(path, sizeof(path), "%s/bin/sh", root);
	fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0755);
	ck_assert_int_eq(fd_write_full(fd, program.str, program.len), 0);
	ck_assert_int_eq(fchmod(fd, 0755), 0);
}

/* Mounts of this namespace that are neither below the root nor among the `known` lines. */
static int count_outside(const char *known)
{
	AUTO_TEXT struct text text = { 0 };
	struct mountinfo mount;
	int r, count = 0;
	char *rest;

	if (file_read(AT_FDCWD, "/proc/thread-self/mountinfo", 16 << 20, &text) < 0)
		return 200;
	rest = text.str;
	while ((r = mountinfo_next(&rest, &mount)) != 0) {
		char line[4200];

		snprintf(line, sizeof(line), "\n%s\n", mount.point);
		if (r < 0 || (!text_starts(mount.point, root) && !strstr(known, line)))
			count++;
	}
	return count;
}

static void list_points(struct text *ret)
{
	AUTO_TEXT struct text text = { 0 };
	struct mountinfo mount;
	char *rest;

	ck_assert_int_eq(file_read(AT_FDCWD, "/proc/self/mountinfo", 16 << 20, &text), 0);
	rest = text.str;
	text_add(ret, "\n");
	while (mountinfo_next(&rest, &mount) > 0)
		text_addf(ret, "%s\n\n", mount.point);
}

/* Looks at a container's mounts from its mount namespace, but with the root that is above them. */
static int outside_mounts(pid_t pid, const char *known)
{
	AUTO_CLOSE int ns = -1;
	int status = -1;
	char path[64];
	pid_t looker;

	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", pid);
	ns = open(path, O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(ns, 0);
	looker = fork();
	if (looker == 0)
		_exit(setns(ns, CLONE_NEWNS) < 0 ? 201 : count_outside(known));
	ck_assert_int_eq(waitpid(looker, &status, 0), looker);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* What the links lead to; it must be there, or a mount on it would fail for another reason. */
static void set_up(void)
{
	snprintf(root, sizeof(root), "%s/hostile", stand.rootfs.spawner.dir);
	ck_assert_int_eq(mkdir(root, 0755), 0);
	ck_assert_int_eq(mount("hostile", root, "tmpfs", 0, "mode=755"), 0);
	ck_assert_int_eq(mkdir(OUTSIDE, 0755), 0);
}

/* Outside nothing was made: the directory is still empty. */
static void tear_down(void)
{
	ck_assert_int_eq(umount2(root, MNT_DETACH), 0);
	ck_assert_int_eq(rmdir(root), 0);
	ck_assert_int_eq(rmdir(OUTSIDE), 0);
}

START_TEST(links_in_a_root_tree_lead_nowhere)
{
	const char *name = covered[_i % (int)ARRAY_SIZE(covered)];
	const char *target = lures[_i / (int)ARRAY_SIZE(covered)];
	/* with a chroot the old root can still be looked at; with a user namespace it can't be entered */
	guard_set guards = guard_effective(stand_sealed() & ~GUARD(PIVOT));
	struct container_spec spec = stand_spec(guards);
	AUTO_CONTAINER struct container c = CONTAINER_INIT;
	AUTO_TEXT struct text known = { 0 };
	const char *const argv[] = { "sh", "-c", "while :; do :; done", NULL };
	struct err err = { 0 };

	make_hostile(name, target);
	list_points(&known);
	spec.rootfs = root;
	spec.rootfs_shifted = true;
	spec.argv = argv;
	if (container_start(&c, &spec, STAND_MS, &err) == 0)
		ck_assert_msg(outside_mounts(c.pid, known.str) == 0, "%s -> %s", name, target);
	else
		ck_assert_msg(strstr(err.text, ": ") != NULL, "%s", err.text);
}
END_TEST

int main(int argc, char **argv)
{
	Suite *suite = suite_create("links");
	TCase *tc = tcase_create("links");
	int failed, status;

	status = argc > 1 ? stand_open(argv[1]) : 2;
	if (status)
		return status;
	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_loop_test(tc, links_in_a_root_tree_lead_nowhere, 0,
			    ARRAY_SIZE(covered) * ARRAY_SIZE(lures));
	suite_add_tcase(suite, tc);
	failed = run_suite(suite);
	stand_close();
	return failed;
}
