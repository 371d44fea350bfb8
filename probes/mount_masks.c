// SPDX-License-Identifier: MIT
/*
 * What covers and protects parts of /proc and /sys: can the container take it away, itself or from
 * namespaces that it makes? mount_namespaces(7), user_namespaces(7)
 */
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <sys/wait.h>

#include "mnt.h"

static bool is_mounted(const char *path)
{
	AUTO_FREE char *text = read_all("/proc/self/mountinfo", NULL);
	char field[128];

	if (!text)
		die("/proc/self/mountinfo cannot be read");
	snprintf(field, sizeof(field), " %s ", path);
	return strstr(text, field) != NULL;
}

static const char *a_mask(void)
{
	static const char *const paths[] = { "/proc/kcore", "/proc/keys", "/proc/timer_list",
					     "/sys/firmware" };

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		if (is_mounted(paths[i]))
			return paths[i];
	die("no path is masked");
}

/* New namespaces, where this program has every capability; the twin stays where it is. */
static void nest(int flags)
{
	if (!arg_given("twin"))
		MUST(unshare(CLONE_NEWUSER | flags));
}

static struct answer unmask(void)
{
	const char *path = a_mask();

	if (umount2(path, MNT_DETACH))
		return blocked_errno(errno, "umount2()");
	if (is_mounted(path))
		return blocked("unchanged", "it is still masked");
	return reached(NO_TOKEN, "the mask is gone");
}

PROBE(mount_unmask, "unmounts what masks a path")
{
	return unmask();
}

PROBE(mount_unmask_nested, "unmounts what masks a path, from a user namespace of its own")
{
	nest(CLONE_NEWNS);
	return unmask();
}

static struct answer make_writable(void)
{
	struct statvfs st;

	MUST(statvfs("/proc/sys", &st));
	if (!(st.f_flag & ST_RDONLY))
		return failed("/proc/sys is not read-only");
	if (sys_mount_setattr(AT_FDCWD, "/proc/sys", 0, MOUNT_ATTR_RDONLY))
		return blocked_errno(errno, "mount_setattr()");
	MUST(statvfs("/proc/sys", &st));
	if (st.f_flag & ST_RDONLY)
		return blocked("unchanged", "/proc/sys is still read-only");
	return reached(NO_TOKEN, "/proc/sys is no longer read-only");
}

PROBE(mount_ro_proc_undo, "makes /proc/sys writable")
{
	return make_writable();
}

PROBE(mount_ro_proc_undo_nested, "makes /proc/sys writable, from a user namespace of its own")
{
	nest(CLONE_NEWNS);
	return make_writable();
}

PROBE(mount_new_proc_nested, "mounts a proc without masks, from namespaces of its own")
{
	int status, num;
	pid_t pid;

	(void)a_mask();
	nest(CLONE_NEWNS | CLONE_NEWPID);
	/* the new pid namespace begins with the first child */
	pid = (pid_t)MUST(fork());
	if (pid == 0)
		_exit(mnt_new("proc") < 0 ? errno : 0);
	MUST(waitpid(pid, &status, 0));
	if (!WIFEXITED(status))
		return failed("the child was killed");
	num = WEXITSTATUS(status);
	if (num)
		return blocked_errno(num, "a new proc");
	return reached(NO_TOKEN, "a new proc is mounted");
}
