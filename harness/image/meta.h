// SPDX-License-Identifier: MIT
/* Owner, mode, times and extended attributes of what has been written. */
#ifndef NSPROOF_IMAGE_META_H
#define NSPROOF_IMAGE_META_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "base/err.h"
#include "image/image.h"
#include "image/plan.h"

/* What an entry's metadata comes to on this machine. */
struct meta {
	uid_t uid;
	gid_t gid;
	mode_t mode; /* permissions, with setuid, setgid, sticky */
	struct timespec times[2];
};

/* How owners are given. */
struct meta_rules {
	struct image_unpack_opts opts;
	uid_t uid; /* what the kernel gives to a new file */
	gid_t gid;
	bool gid_inherited; /* the root directory is setgid: new files take its group */
};

/* -EBADMSG: the entry states an owner that no file can have. */
int meta_plan(const struct entry *entry, const struct meta_rules *rules, struct meta *ret,
	      struct err *err);

/*
 * For an open file with the attributes of `entry`, or for an open directory (`entry` NULL), whose
 * attributes are there already and whose owner nobody knows. -errno.
 */
int meta_set_fd(int fd, const struct meta *meta, const struct meta_rules *rules,
		const struct entry *entry);

/* For what can't be opened: a symbolic link, FIFO or node, made a moment ago. -errno. */
int meta_set_at(int dirfd, const char *name, const struct meta *meta,
		const struct meta_rules *rules, bool is_symlink);

/*
 * Extended attributes of users and file capabilities; others belong to the host's own machinery
 * (overlay, SELinux). Best effort where a file system or the kernel refuses them. -errno.
 */
int meta_set_xattrs(int fd, const struct meta_rules *rules, const struct entry *entry);

#endif
