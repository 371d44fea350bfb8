// SPDX-License-Identifier: MIT
/*
 * Where a tree goes: a directory is filled out of sight and takes its name only when it is whole.
 * What fails, is interrupted or killed leaves the name as it was.
 *
 * Usually the tree grows in a private directory beside DIR, `.NAME.nsproof-<12 hex digits>`, which
 * its process holds locked (flock(2)), and is renamed to DIR at the end. A process that was killed
 * leaves it behind unlocked, and the next target in the same parent directory removes it.
 *
 * A mount point can't be renamed over: it is filled in place, and holds the locked file
 * `.nsproof-incomplete` until it is whole. Who finds that file unlocked clears the directory first.
 */
#ifndef NSPROOF_IMAGE_TARGET_H
#define NSPROOF_IMAGE_TARGET_H

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "base/err.h"

#define TARGET_NAME_KEPT 64 /* bytes of NAME: short enough for every file system */
#define TARGET_TEMP_SIZE (sizeof("..nsproof-") + TARGET_NAME_KEPT + 12)
#define TARGET_MARKER    ".nsproof-incomplete"

struct target {
	int fd;            /* the directory to fill */
	int parent;        /* -1: in place */
	int lock;          /* what is locked: the private directory, or the marker file */
	const char *shown; /* how errors call it: the caller's text */
	char name[NAME_MAX + 1];
	char temp[TARGET_TEMP_SIZE];
	struct stat before; /* in place: the directory as it was found */
};

#define TARGET_INIT                                                                                \
	{                                                                                          \
		.fd = -1, .parent = -1, .lock = -1                                                 \
	}

/*
 * Prepares the directory `dir`, which must be missing or empty ("lost+found" in a mount point does
 * not count); its text must live as long as the target. On success ret->fd is a new, empty
 * directory with mode 0755, or the mount point itself; target_done() releases it.
 * -ENOTEMPTY, -ENOTDIR, -EINVAL (a symbolic link, a name such as ".."), -EBUSY (another process
 * fills it), or what mkdir(2) says.
 */
int target_open(const char *dir, struct target *ret, struct err *err);

/* The same for the entry `name` of a directory; `parent` may be an O_PATH descriptor. */
int target_open_at(int parent, const char *name, struct target *ret, struct err *err);

/*
 * The tree is whole: it gets its name. t->fd stays open. On failure nothing has changed. -ENOTEMPTY
 * and others of rename(2): the name has been taken meanwhile; -EBUSY: the marker has.
 */
int target_commit(struct target *t, struct err *err);

/* Removes what was not committed, and closes; safe twice. */
void target_done(struct target *t);

#define AUTO_TARGET __attribute__((cleanup(target_done)))

/* Removes what killed processes have left in a directory; target_open() does so with the parent. */
void target_remove_leftovers(int parent);

/* ---- pure ---- */

/*
 * Splits a path into the parent directory, in place, and the name: "x/y//" into "x" and "y". The
 * name is "" when the last word is none of its own ("/", ".", ".."); then `path` stays whole.
 * -ENAMETOOLONG.
 */
int target_split(char *path, const char **ret_parent, char ret_name[NAME_MAX + 1]);

/* The private directory's name; `random` are 12 hexadecimal digits. */
void target_temp_name(const char *name, const char *random, char ret[TARGET_TEMP_SIZE]);

/* Whether target_temp_name() makes such names. */
bool target_is_temp(const char *name);

#endif
