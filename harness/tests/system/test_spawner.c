// SPDX-License-Identifier: MIT
/*
 * A spawner that leaves the host's mounts (spawner_slim): few are left, containers start as before,
 * and where it can't be had nothing has changed.
 */
#include <check.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "runner.h"
#include "stand.h"

/* In a process of its own: what it leaves is gone for it. */
static void in_child(void (*run)(void))
{
	int status;
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		if (unshare(CLONE_NEWNS) < 0 ||
		    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
			_exit(100);
		run();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(status == 0, "status 0x%x", (unsigned int)status);
}

static void leave_and_start(void)
{
	size_t fds = stand_fd_count(), before, kept;
	AUTO_TEXT struct text out = { 0 };
	struct container_spec spec = stand_spec(stand_sealed());
	struct err err;

	if (mount("/", "/mnt", NULL, MS_BIND, NULL) < 0)
		_exit(101);
	before = stand_mount_count();
	ck_assert_msg(spawner_slim(&stand.rootfs.spawner, &err) == 0, "%s", err.text);
	kept = stand_mount_count();
	ck_assert_int_eq(stand_fd_count(), fds);
	ck_assert_uint_lt(kept, before);
	ck_assert_int_lt(access("/mnt", F_OK), 0);
	ck_assert_int_lt(access("/usr", F_OK), 0);
	ck_assert_int_eq(access("/dev/null", R_OK), 0);
	ck_assert_int_eq(stand_script(&spec, "echo $$", &out), 0);
	ck_assert_str_eq(out.str, "1\n");
	/* and once more, from there */
	ck_assert_msg(spawner_slim(&stand.rootfs.spawner, &err) == 0, "%s", err.text);
	ck_assert_uint_eq(stand_mount_count(), kept);
}

START_TEST(a_spawner_leaves_the_hosts_mounts)
{
	in_child(leave_and_start);
}
END_TEST

/* From a root that is no mount, like an initramfs's, there is no way. */
static void stay_where_it_cannot(void)
{
	const char *const needed[] = { stand.rootfs.spawner.dir, "/proc", "/sys", "/dev", "/usr" };
	size_t fds, mounts;
	char cwd[128], now[128];
	struct err err;

	if (mkdir("plain", 0755) < 0)
		_exit(101);
	for (size_t i = 0; i < ARRAY_SIZE(needed); i++) {
		char path[64];

		snprintf(path, sizeof(path), "plain%s", needed[i]);
		if (mkdir(path, 0755) < 0 ||
		    mount(needed[i], path, NULL, MS_BIND | MS_REC, NULL) < 0)
			_exit(102);
	}
	if (chroot("plain") < 0 || chdir(stand.rootfs.spawner.dir) < 0)
		_exit(103);
	fds = stand_fd_count();
	mounts = stand_mount_count();
	ck_assert_ptr_nonnull(getcwd(cwd, sizeof(cwd)));
	ck_assert_int_eq(spawner_slim(&stand.rootfs.spawner, &err), -EINVAL);
	ck_assert_uint_eq(stand_fd_count(), fds);
	ck_assert_uint_eq(stand_mount_count(), mounts);
	ck_assert_ptr_nonnull(getcwd(now, sizeof(now)));
	ck_assert_str_eq(now, cwd);
	ck_assert_int_eq(access("/usr", F_OK), 0);
}

START_TEST(a_spawner_that_cannot_leave_stays)
{
	in_child(stay_where_it_cannot);
}
END_TEST

int main(int argc, char **argv)
{
	Suite *suite = suite_create("spawner");
	TCase *tc = tcase_create("spawner");
	int failed, status;

	status = argc > 1 ? stand_open(argv[1]) : 2;
	if (status)
		return status;
	tcase_add_test(tc, a_spawner_leaves_the_hosts_mounts);
	tcase_add_test(tc, a_spawner_that_cannot_leave_stays);
	suite_add_tcase(suite, tc);
	failed = run_suite(suite);
	stand_close();
	return failed;
}
