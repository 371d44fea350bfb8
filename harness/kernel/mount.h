// SPDX-License-Identifier: MIT
/*
 * Mounts as descriptors: a mount is made or cloned detached, and then attached to a directory that
 * was resolved inside a root, so that no symbolic link can lead a mount out of it.
 */
#ifndef NSPROOF_KERNEL_MOUNT_H
#define NSPROOF_KERNEL_MOUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/*
 * A new file system, detached: fsopen(2), fsconfig(2), fsmount(2). `options` is "key=value,flag" as
 * for mount(8) or NULL, with a device first: "source=/dev/loop0"; `attrs` a set of MOUNT_ATTR_*.
 * Returns a descriptor of its root.
 */
int mount_new(const char *type, const char *options, unsigned int attrs, struct err *err);

/* A detached copy of the tree at `path`, with the mounts below: open_tree(2). */
int mount_clone(int dirfd, const char *path, struct err *err);

/* Sets attributes on a whole (detached) tree: mount_setattr(2). */
int mount_change(int mount_fd, uint64_t attrs, struct err *err);

/* Maps the owners of a detached tree through a user namespace: mount_setattr(2), MOUNT_ATTR_IDMAP.
 * -EINVAL: the file system can't (tmpfs before Linux 6.3). */
int mount_idmap(int mount_fd, int userns_fd, struct err *err);

/* Attaches a detached tree on top of the directory or file `target`: move_mount(2). */
int mount_attach(int mount_fd, int target_fd, struct err *err);

/* The same by path, which may end in a symbolic link. */
int mount_attach_path(int mount_fd, const char *path, struct err *err);

/*
 * Opens `path` (O_PATH) as a process whose root is `root_fd` would see it: RESOLVE_IN_ROOT, and no
 * magic links. Symbolic links are followed, but never out of the root. openat2(2).
 */
int path_in_root(int root_fd, const char *path, struct err *err);

/* The same; a missing last component is made, a directory (mode 0755) or an empty file (0644). */
int path_in_root_make(int root_fd, const char *path, bool directory, struct err *err);

#endif
