// SPDX-License-Identifier: MIT
/* Owner, mode, times and extended attributes of what is written. */
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
	mode_t umask;       /* what it takes away from a new file's mode */
};

/* -EBADMSG: the entry states an owner that no file can have. */
int meta_plan(const struct entry *entry, const struct meta_rules *rules, struct meta *ret,
	      struct err *err);

/* The attributes of one file, and how many of them the kernel or the file system has refused. */
struct meta_xattrs {
	const struct entry_xattr *list;
	size_t count;
	uint64_t refused; /* counted up */
};

/*
 * For an open file or directory that was created by this process with the permissions of
 * `meta->mode` (a directory: with others).
 */
int meta_set_fd(int fd, const struct meta *meta, const struct meta_rules *rules,
		struct meta_xattrs *xattrs, struct err *err);
int meta_set_dir(int fd, const struct meta *meta, const struct meta_rules *rules,
		 struct meta_xattrs *xattrs, struct err *err);

/* The same for what can't be opened: a symbolic link, FIFO or node, made a moment ago. */
int meta_set_at(int dirfd, const char *name, const struct meta *meta,
		const struct meta_rules *rules, bool is_symlink, struct meta_xattrs *xattrs,
		struct err *err);

#endif
