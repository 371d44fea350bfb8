// SPDX-License-Identifier: MIT
/* Users: is root in here root out there, and who else is there? user_namespaces(7) */
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/nsfs.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include "probe.h"

PROBE(user_read_root_only_file, "opens a file that only the host's root may read")
{
	return token_of_file(AT_FDCWD, arg_str("path"));
}

/* Beyond every range that a container is given, within that of the host. */
#define HIGH_ID 4000000

PROBE(user_overflow_ids, "looks at the owner of a file of the host's root")
{
	struct stat st;

	MUST(stat(arg_str("path"), &st));
	if (st.st_uid == 0)
		return reached(NO_TOKEN, "it belongs to user 0");
	return blocked("absent", "it belongs to user %u", st.st_uid);
}

PROBE(user_chmod_root_file, "gives a file of the host's root the mode that it has")
{
	const char *path = arg_str("path");
	struct stat st;

	MUST(stat(path, &st));
	if (chmod(path, st.st_mode & 07777) < 0)
		return blocked_errno(errno, "chmod()");
	return reached(NO_TOKEN, "chmod() is allowed");
}

PROBE(user_unmapped_owner_dac, "opens a file that only another user may read")
{
	return token_of_file(AT_FDCWD, arg_str("path"));
}

PROBE(user_setuid_unmapped, "takes a user id that no container is given")
{
	MUST(setresuid(getuid(), geteuid(), geteuid()));
	/* not the C library's, which would do it for all threads */
	if (syscall(SYS_setresuid, HIGH_ID, HIGH_ID, HIGH_ID) < 0)
		return blocked_errno(errno, "setresuid()");
	return reached(NO_TOKEN, "setresuid() is allowed");
}

PROBE(user_setgid_unmapped, "takes a group id that no container is given")
{
	MUST(setresgid(getgid(), getegid(), getegid()));
	if (syscall(SYS_setresgid, HIGH_ID, HIGH_ID, HIGH_ID) < 0)
		return blocked_errno(errno, "setresgid()");
	return reached(NO_TOKEN, "setresgid() is allowed");
}

PROBE(user_chown_to_unmapped, "gives its own file to a user id that no container is given")
{
	AUTO_CLOSE int fd = (int)MUST(memfd_create("own", MFD_CLOEXEC));

	MUST(fchown(fd, geteuid(), getegid()));
	if (fchown(fd, HIGH_ID, HIGH_ID) < 0)
		return blocked_errno(errno, "fchown()");
	return reached(NO_TOKEN, "fchown() is allowed");
}

PROBE(user_drop_groups, "drops all supplementary groups")
{
	MUST(getgroups(0, NULL));
	if (setgroups(0, NULL) < 0)
		return blocked_errno(errno, "setgroups()");
	return reached(NO_TOKEN, "setgroups() is allowed");
}

/* A new file in the directory that the host looks into. */
static int make_born(void)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/born-inside", arg_str("path"));
	return (int)MUST(open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644));
}

PROBE(user_setuid_file_born_inside, "makes a set-user-ID file in a directory of the host")
{
	AUTO_CLOSE int fd = make_born();

	MUST(fchmod(fd, 04755));
	return acted("made it, mode 4755");
}

PROBE(user_file_caps_born_inside, "makes a file with a capability in a directory of the host")
{
	struct vfs_cap_data caps = {
		.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE,
		.data[0].permitted = 1U << CAP_NET_BIND_SERVICE,
	};
	AUTO_CLOSE int fd = make_born();

	if (fsetxattr(fd, "security.capability", &caps, XATTR_CAPS_SZ_2, 0) < 0)
		return blocked_errno(errno, "fsetxattr(security.capability)");
	return acted("made it, with CAP_NET_BIND_SERVICE");
}

PROBE(user_ns_get_userns, "asks a namespace that the host left open who owns it")
{
	int fd = (int)arg_int("fd", 3, INT_MAX);
	AUTO_CLOSE int owner = -1;

	if (ioctl(fd, NS_GET_NSTYPE) < 0)
		return blocked_errno(errno, "NS_GET_NSTYPE");
	owner = ioctl(fd, NS_GET_USERNS);
	if (owner < 0)
		return blocked_errno(errno, "NS_GET_USERNS");
	return reached(NO_TOKEN, "NS_GET_USERNS gives a user namespace");
}

PROBE(user_clone_newuser_fs, "asks for a user namespace that shares its root and cwd")
{
	struct clone_args clone = { .flags = CLONE_NEWUSER | CLONE_FS, .exit_signal = SIGCHLD };
	int status;
	long pid;

	/* the legal twin: the same without sharing */
	if (arg_given("twin") && arg_int("twin", 0, 1))
		clone.flags = CLONE_NEWUSER;
	pid = syscall(SYS_clone3, &clone, sizeof(clone));
	if (pid == 0)
		_exit(0);
	if (pid < 0)
		return blocked_errno(errno, "clone3()");
	MUST(waitpid((pid_t)pid, &status, 0));
	return reached(NO_TOKEN, "clone3() made the child");
}
