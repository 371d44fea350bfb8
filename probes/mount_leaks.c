// SPDX-License-Identifier: MIT
/*
 * Mounts of the host that need no path: behind inherited descriptors, by number, or as a new
 * instance of a file system that shows a namespace. open_tree(2), move_mount(2), statmount(2)
 */
#include <fcntl.h>
#include <limits.h>
#include <mqueue.h>
#include <stdio.h>
#include <sys/mount.h>

#include "mnt.h"

#define FD_LAST 1023

/* The first inherited descriptor below which there is the file name=; -1: none. */
static int leaked(void)
{
	for (int fd = STDERR_FILENO + 1; fd <= FD_LAST; fd++)
		if (!faccessat(fd, arg_str("name"), F_OK, 0))
			return fd;
	return -1;
}

static struct answer no_leak(void)
{
	return blocked("absent", "no inherited descriptor leads to it");
}

PROBE(mount_leaked_tree_read, "reads the canary file from a mount that is attached nowhere")
{
	int tree = leaked();

	return tree < 0 ? no_leak() : token_of_file(tree, arg_str("name"));
}

PROBE(mount_leaked_tree_attach, "attaches an inherited mount to a directory of its own")
{
	int tree = leaked();
	char path[PATH_MAX];

	if (tree < 0)
		return no_leak();
	if (sys_move_mount(tree, "", AT_FDCWD, "/proc", 0))
		return blocked_errno(errno, "move_mount()");
	snprintf(path, sizeof(path), "/proc/%s", arg_str("name"));
	return token_of_file(AT_FDCWD, path);
}

PROBE(mount_leaked_mount_clone, "clones a mount of the host by an inherited descriptor")
{
	int tree = leaked();
	AUTO_CLOSE int clone = -1;

	if (tree < 0)
		return no_leak();
	clone = sys_open_tree(tree, "", OPEN_TREE_CLONE);
	if (clone < 0)
		return blocked_errno(errno, "open_tree(OPEN_TREE_CLONE)");
	return token_of_file(clone, arg_str("name"));
}

PROBE(mount_leaked_mount_cover, "mounts on a directory of the host by an inherited descriptor")
{
	const char *token = arg_str("token");
	int tree = leaked();
	AUTO_CLOSE int cover = -1, fd = -1;

	if (tree < 0)
		return no_leak();
	cover = mnt_new("tmpfs");
	if (cover < 0)
		return blocked_errno(errno, "a new tmpfs");
	fd = (int)MUST(openat(cover, "token", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
	if (MUST(write(fd, token, strlen(token))) != (long)strlen(token))
		return failed("the token was not written whole");
	if (sys_move_mount(cover, "", tree, "", 0))
		return blocked_errno(errno, "move_mount()");
	return acted("mounted a tmpfs on it");
}

PROBE(mount_leaked_mount_umount, "unmounts a mount of the host by an inherited descriptor")
{
	int tree = leaked();

	if (tree < 0)
		return no_leak();
	MUST(fchdir(tree));
	if (umount2(".", MNT_DETACH))
		return blocked_errno(errno, "umount2()");
	return acted("unmounted it");
}

PROBE(mount_leaked_mount_setattr, "makes a mount of the host read-only by an inherited descriptor")
{
	int tree = leaked();

	if (tree < 0)
		return no_leak();
	if (sys_mount_setattr(tree, "", MOUNT_ATTR_RDONLY, 0))
		return blocked_errno(errno, "mount_setattr()");
	return acted("set the flag");
}

PROBE(mount_leaked_dir_climb, "climbs from an inherited directory to the host's root")
{
	for (int fd = STDERR_FILENO + 1; fd <= FD_LAST; fd++) {
		if (fchdir(fd))
			continue;
		for (int i = 0; i < 64; i++)
			MUST(chdir(".."));
		return token_of_file(AT_FDCWD, arg_str("name"));
	}
	return blocked("absent", "no directory is inherited");
}

PROBE(mount_clone_host_root, "clones the whole tree and opens the canary file in it")
{
	AUTO_CLOSE int clone = sys_open_tree(AT_FDCWD, "/", OPEN_TREE_CLONE | AT_RECURSIVE);

	if (clone < 0)
		return blocked_errno(errno, "open_tree(OPEN_TREE_CLONE)");
	return token_of_file(clone, arg_str("path") + 1);
}

PROBE(mount_new_proc, "mounts a new proc, and reads the command line of the canary in it")
{
	AUTO_CLOSE int proc = mnt_new("proc");
	AUTO_CLOSE int fd = -1;
	const char *name = arg_str("name");
	char path[64], text[512];
	long len;

	if (proc < 0)
		return blocked_errno(errno, "a new proc");
	snprintf(path, sizeof(path), "%lld/cmdline", arg_int("pid", 1, INT_MAX));
	fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return blocked_errno(errno, "opening PID/cmdline");
	len = MUST(read(fd, text, sizeof(text) - 1));
	text[len] = '\0';
	/* NAME, "sleep", TOKEN, each with a NUL behind it */
	if (strcmp(text, name) != 0 || (size_t)len <= strlen(name) + sizeof("sleep") + 1)
		return blocked("absent", "PID/cmdline is of another process");
	return reached(text + strlen(name) + 1 + sizeof("sleep"), "read PID/cmdline");
}

PROBE(mount_new_sysfs, "mounts a new sysfs, and reads the alias of the canary link in it")
{
	AUTO_CLOSE int sysfs = mnt_new("sysfs");
	char path[128];

	if (sysfs < 0)
		return blocked_errno(errno, "a new sysfs");
	snprintf(path, sizeof(path), "class/net/%s/ifalias", arg_str("link"));
	return token_of_file(sysfs, path);
}

PROBE(mount_new_mqueue, "mounts a new mqueue, and takes a message from the canary's queue")
{
	AUTO_CLOSE int mqueue = mnt_new("mqueue");
	AUTO_CLOSE int queue = -1;
	struct mq_attr attr;
	char text[8193];
	long len;

	if (mqueue < 0)
		return blocked_errno(errno, "a new mqueue");
	queue = openat(mqueue, arg_str("name") + 1, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (queue < 0)
		return blocked_errno(errno, "opening the queue");
	MUST(mq_getattr(queue, &attr));
	if (attr.mq_msgsize >= (long)sizeof(text))
		return failed("the messages are too long");
	len = MUST(mq_receive(queue, text, (size_t)attr.mq_msgsize, NULL));
	return reached(first_line(text, (size_t)len, sizeof(text)), "received a message");
}

PROBE(mount_block_fs, "asks a file system for block devices to open a device")
{
	AUTO_FREE char *list = read_all("/proc/filesystems", NULL);
	char *rest = list, *type;
	AUTO_CLOSE int fs = -1;

	/* "nodev NAME" for all that need no device, "\tNAME" for the others */
	while ((type = strsep(&rest, "\n")) && *type != '\t')
		;
	if (!type)
		return failed("/proc/filesystems names no file system for block devices");
	fs = (int)syscall(SYS_fsopen, type + 1, FSOPEN_CLOEXEC);
	if (fs < 0)
		return blocked_errno(errno, "fsopen()");
	MUST(sys_fsconfig(fs, FSCONFIG_SET_STRING, "source", "/nonexistent"));
	if (!sys_fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL))
		return failed("a device that does not exist is mounted");
	if (errno == ENOENT)
		return reached(NO_TOKEN, "the kernel looks for the device");
	return blocked_errno(errno, "fsconfig(FSCONFIG_CMD_CREATE)");
}

PROBE(mount_devtmpfs, "mounts the host's device nodes")
{
	AUTO_CLOSE int dev = mnt_new("devtmpfs");

	if (dev < 0)
		return blocked_errno(errno, "a new devtmpfs");
	MUST(faccessat(dev, "null", F_OK, 0));
	return reached(NO_TOKEN, "it is mounted, and holds device nodes");
}
