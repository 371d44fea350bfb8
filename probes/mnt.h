// SPDX-License-Identifier: MIT
/*
 * The newer system calls on mounts, for which C libraries have no wrappers yet: names as in the
 * manual with the prefix sys_. They return -1 and set errno.
 */
#ifndef NSPROBE_MNT_H
#define NSPROBE_MNT_H

#include <fcntl.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <sys/syscall.h>

#include "probe.h"

static inline int sys_open_tree(int dir, const char *path, unsigned int flags)
{
	return (int)syscall(SYS_open_tree, dir, path,
			    flags | OPEN_TREE_CLOEXEC | (*path ? 0 : AT_EMPTY_PATH));
}

/* An empty path means the descriptor itself. */
static inline int sys_move_mount(int from, const char *path, int to, const char *to_path,
				 unsigned int flags)
{
	flags |= (*path ? 0 : MOVE_MOUNT_F_EMPTY_PATH) | (*to_path ? 0 : MOVE_MOUNT_T_EMPTY_PATH);
	return (int)syscall(SYS_move_mount, from, path, to, to_path, flags);
}

static inline int sys_mount_setattr(int dir, const char *path, uint64_t set, uint64_t clear)
{
	struct mount_attr attr = { .attr_set = set, .attr_clr = clear };

	return (int)syscall(SYS_mount_setattr, dir, path, *path ? 0 : AT_EMPTY_PATH, &attr,
			    sizeof(attr));
}

static inline int sys_fsconfig(int fs, unsigned int command, const char *key, const char *value)
{
	return (int)syscall(SYS_fsconfig, fs, command, key, value, 0);
}

static inline int sys_openat2(int dir, const char *path, uint64_t flags, uint64_t resolve)
{
	struct open_how how = { .flags = flags | O_CLOEXEC, .resolve = resolve };

	return (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));
}

/* A new file system of this type as a detached mount; -1 and errno when it is refused. */
int mnt_new(const char *type);

#endif
