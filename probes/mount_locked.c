// SPDX-License-Identifier: MIT
/*
 * Mounts that a container inherits: may it take them off, or take their flags away? In a mount
 * namespace that belongs to a less privileged user namespace the kernel locks both together.
 * mount_namespaces(7), "Restrictions on mount namespaces"
 */
#include <limits.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/statvfs.h>

#include "mnt.h"

static const char *below(const char *name)
{
	static char path[PATH_MAX];

	if ((size_t)snprintf(path, sizeof(path), "%s/%s", arg_str("path"), name) >= sizeof(path))
		die("the argument path= is too long");
	return path;
}

static int open_tree_top(void)
{
	return (int)MUST(open(arg_str("path"), O_PATH | O_DIRECTORY | O_CLOEXEC));
}

PROBE(mount_umount_reveals_cover, "unmounts what covers the canary file")
{
	AUTO_CLOSE int top = open_tree_top();

	if (umount2(below("dir"), 0))
		return blocked_errno(errno, "umount()");
	return token_of_file(top, "dir/token");
}

PROBE(mount_umount_detach_parent, "detaches the mount above, and looks below it by descriptor")
{
	AUTO_CLOSE int top = open_tree_top();

	if (umount2(arg_str("path"), MNT_DETACH))
		return blocked_errno(errno, "umount2(MNT_DETACH)");
	return token_of_file(top, "dir/token");
}

PROBE(mount_bind_reveals_cover, "binds the directory without what is mounted below it")
{
	if (mount(arg_str("path"), below("aside"), NULL, MS_BIND, NULL))
		return blocked_errno(errno, "mount(MS_BIND)");
	return token_of_file(AT_FDCWD, below("aside/dir/token"));
}

PROBE(mount_clone_reveals_cover, "clones the tree without what is mounted below it")
{
	AUTO_CLOSE int clone = sys_open_tree(AT_FDCWD, arg_str("path"), OPEN_TREE_CLONE);

	if (clone < 0)
		return blocked_errno(errno, "open_tree(OPEN_TREE_CLONE)");
	return token_of_file(clone, "dir/token");
}

PROBE(mount_move_reveals_cover, "moves what covers the canary file out of the way")
{
	AUTO_CLOSE int top = open_tree_top();
	char aside[PATH_MAX];

	strcpy(aside, below("aside"));
	if (sys_move_mount(AT_FDCWD, below("dir"), AT_FDCWD, aside, 0))
		return blocked_errno(errno, "move_mount()");
	return token_of_file(top, "dir/token");
}

static struct answer opens_for_writing(int dir, const char *path)
{
	AUTO_CLOSE int fd = openat(dir, path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return blocked_errno(errno, "the flag is gone, opening the file for writing");
	return reached(NO_TOKEN, "the file opens for writing");
}

PROBE(mount_remount_clears_ro, "remounts a read-only bind for writing")
{
	/* all its other flags stay as they are */
	unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME;

	if (mount(NULL, arg_str("path"), NULL, MS_REMOUNT | MS_BIND | flags, NULL))
		return blocked_errno(errno, "mount(MS_REMOUNT | MS_BIND)");
	return opens_for_writing(AT_FDCWD, below("token"));
}

PROBE(mount_setattr_clears_ro, "clears the read-only flag with mount_setattr()")
{
	if (sys_mount_setattr(AT_FDCWD, arg_str("path"), 0, MOUNT_ATTR_RDONLY))
		return blocked_errno(errno, "mount_setattr()");
	return opens_for_writing(AT_FDCWD, below("token"));
}

PROBE(mount_clone_clears_ro, "clears the read-only flag of a clone of the mount")
{
	AUTO_CLOSE int clone = sys_open_tree(AT_FDCWD, arg_str("path"), OPEN_TREE_CLONE);

	if (clone < 0)
		return blocked_errno(errno, "open_tree(OPEN_TREE_CLONE)");
	if (sys_mount_setattr(clone, "", 0, MOUNT_ATTR_RDONLY))
		return blocked_errno(errno, "mount_setattr() on the clone");
	return opens_for_writing(clone, "token");
}

static struct answer clear_flag(uint64_t attr, unsigned long flag, const char *name)
{
	struct statvfs st;

	MUST(statvfs(arg_str("path"), &st));
	if (!(st.f_flag & flag))
		return failed("the mount is not %s", name);
	if (sys_mount_setattr(AT_FDCWD, arg_str("path"), 0, attr))
		return blocked_errno(errno, "clearing %s", name);
	MUST(statvfs(arg_str("path"), &st));
	if (st.f_flag & flag)
		return blocked("unchanged", "the mount is still %s", name);
	return reached(NO_TOKEN, "the mount is no longer %s", name);
}

PROBE(mount_clear_nosuid, "clears nosuid of an inherited mount")
{
	return clear_flag(MOUNT_ATTR_NOSUID, ST_NOSUID, "nosuid");
}

PROBE(mount_clear_nodev, "clears nodev of an inherited mount")
{
	return clear_flag(MOUNT_ATTR_NODEV, ST_NODEV, "nodev");
}

PROBE(mount_clear_noexec, "clears noexec of an inherited mount")
{
	return clear_flag(MOUNT_ATTR_NOEXEC, ST_NOEXEC, "noexec");
}

PROBE(mount_clear_noatime, "clears noatime of an inherited mount")
{
	return clear_flag(MOUNT_ATTR__ATIME, ST_NOATIME, "noatime");
}

PROBE(mount_reconfigure, "gives the host's file system another size")
{
	AUTO_CLOSE int fs = (int)syscall(SYS_fspick, AT_FDCWD, arg_str("path"), FSPICK_CLOEXEC);

	if (fs < 0)
		return blocked_errno(errno, "fspick()");
	MUST(sys_fsconfig(fs, FSCONFIG_SET_STRING, "size", "128k"));
	if (sys_fsconfig(fs, FSCONFIG_CMD_RECONFIGURE, NULL, NULL))
		return blocked_errno(errno, "fsconfig(FSCONFIG_CMD_RECONFIGURE)");
	return acted("reconfigured the file system");
}

PROBE(mount_rename_out_of_bind, "climbs from a directory that the host has just moved away")
{
	MUST(chdir(below("deep")));
	wait_for_go();
	return token_of_file(AT_FDCWD, "../../token");
}

/* Two hexadecimal digits a byte. */
static unsigned int decode_hex(const char *hex, unsigned char *out, size_t room)
{
	unsigned int len = 0;

	for (; hex[0] && hex[1]; hex += 2, len++)
		if (len >= room || sscanf(hex, "%2hhx", &out[len]) != 1)
			die("the argument handle= is no handle");
	return len;
}

PROBE(mount_handle_out_of_bind, "opens what lies beside the bound directory by its handle")
{
	AUTO_CLOSE int top = (int)MUST(open(arg_str("path"), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	struct {
		struct file_handle head;
		unsigned char bytes[128];
	} handle = { .head.handle_type = (int)arg_int("type", 0, INT_MAX) };
	AUTO_CLOSE int dir = -1;

	handle.head.handle_bytes = decode_hex(arg_str("handle"), handle.bytes, 128);
	dir = open_by_handle_at(top, &handle.head, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return blocked_errno(errno, "open_by_handle_at()");
	return token_of_file(dir, "token");
}
