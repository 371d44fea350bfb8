// SPDX-License-Identifier: MIT
/* A directory that appears only when it is whole: see target.h. */
#include "image/target.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/text.h"
#include "image/target_place.h"
#include "image/tree.h"

#define INFIX       ".nsproof-"
#define RANDOM_SIZE 12
/* In the private directory: so the tree's own mode and owner, which the image chooses, neither open
 * it to others while it grows nor hide whose it is.
 */
#define TREE        "tree"

enum { ATTEMPTS = 8 };

/* ---- pure ---- */

int target_split(char *path, const char **ret_parent, char ret_name[NAME_MAX + 1])
{
	size_t len = strlen(path);
	char *slash;
	const char *last;

	while (len > 1 && path[len - 1] == '/')
		path[--len] = '\0';
	slash = strrchr(path, '/');
	last = slash ? slash + 1 : path;
	if (strlen(last) > NAME_MAX)
		return -ENAMETOOLONG;
	if (!*last || !strcmp(last, ".") || !strcmp(last, "..")) {
		*ret_name = '\0';
		*ret_parent = path;
		return 0;
	}
	strcpy(ret_name, last);
	if (slash)
		slash[slash == path] = '\0';
	*ret_parent = slash ? path : ".";
	return 0;
}

void target_temp_name(const char *name, const char *random, char ret[TARGET_TEMP_SIZE])
{
	snprintf(ret, TARGET_TEMP_SIZE, ".%.*s" INFIX "%s", TARGET_NAME_KEPT, name, random);
}

bool target_is_temp(const char *name)
{
	size_t len = strlen(name), tail = strlen(INFIX) + RANDOM_SIZE;

	if (name[0] != '.' || len < 1 + 1 + tail || len > 1 + TARGET_NAME_KEPT + tail)
		return false;
	name += len - tail;
	return text_starts(name, INFIX) &&
	       strspn(name + strlen(INFIX), "0123456789abcdef") == RANDOM_SIZE;
}

/* ---- leftovers ---- */

/* Removes a private directory that no process holds; one that holds anything else stays. */
static void remove_leftover(int parent, const char *name)
{
	AUTO_CLOSE int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct err ignored;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || st.st_uid != geteuid() || target_lock(fd) < 0)
		return;
	/* its process may have ended in order, or another one like us been faster */
	if (!target_same(parent, name, fd))
		return;
	if (tree_remove(fd, TREE, &ignored) == 0)
		unlinkat(parent, name, AT_REMOVEDIR);
}

/* Not being able to is no failure: nobody's tree depends on it. */
void target_remove_leftovers(int parent)
{
	int fd = openat(parent, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	AUTO_DIR DIR *list = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	if (!list) {
		fd_close(&fd);
		return;
	}
	while ((e = readdir(list)))
		if (target_is_temp(e->d_name))
			remove_leftover(parent, e->d_name);
}

/* ---- beside ---- */

/*
 * A new private directory, locked. Between mkdir and lock another process may take it for a
 * leftover: then this one is given up. 1: made; 0: try again.
 */
static int try_private(struct target *t, struct err *err)
{
	AUTO_CLOSE int fd = -1;
	char random[RANDOM_SIZE + 1];
	int r;

	random_hex(RANDOM_SIZE / 2, random);
	target_temp_name(t->name, random, t->temp);
	if (mkdirat(t->parent, t->temp, 0700) < 0)
		return errno == EEXIST ? 0
				       : err_sys(err, "%s: making a directory beside it", t->shown);
	fd = openat(t->parent, t->temp, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0) {
		err_sys(err, "%s: making a directory beside it", t->shown);
		unlinkat(t->parent, t->temp, AT_REMOVEDIR);
		return -err->num;
	}
	r = target_lock(fd);
	/* a file system without locks keeps its leftovers */
	if (r == -EWOULDBLOCK || !target_same(t->parent, t->temp, fd))
		return 0;
	t->lock = STEAL_FD(fd);
	return 1;
}

/* The tree's root. An image that says nothing about it means a plain directory. */
static int make_tree(struct target *t, struct err *err)
{
	/* what the parent hands down to all that is made in it (set-group-id, default ACL) does
	 * not belong to the image */
	if (fchmod(t->lock, 0700) == 0)
		fremovexattr(t->lock, "system.posix_acl_default");
	if (mkdirat(t->lock, TREE, 0755) < 0)
		return err_sys(err, "%s", t->shown);
	t->fd = openat(t->lock, TREE, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (t->fd < 0 || fchmod(t->fd, 0755) < 0)
		return err_sys(err, "%s", t->shown);
	return 0;
}

static int open_beside(struct target *t, struct err *err)
{
	int r = 0;

	if (target_is_temp(t->name))
		return err_set(err, EINVAL,
			       "%s: names of this form are temporary; give another one", t->shown);
	target_remove_leftovers(t->parent);
	for (int i = 0; i < ATTEMPTS && r == 0; i++)
		r = try_private(t, err);
	if (r == 0)
		return err_set(err, EBUSY, "%s: other processes remove what is made beside it",
			       t->shown);
	return r < 0 ? r : make_tree(t, err);
}

static int commit_beside(struct target *t, struct err *err)
{
	int r = renameat(t->lock, TREE, t->parent, t->name);
	struct stat st;

	/* a directory that moves must be writable, for its ".." changes: rename(2) */
	if (r < 0 && errno == EACCES && fstat(t->fd, &st) == 0 && !(st.st_mode & S_IWUSR) &&
	    fchmod(t->fd, (st.st_mode & 07777) | S_IWUSR) == 0) {
		int num;

		r = renameat(t->lock, TREE, t->parent, t->name);
		num = errno;
		fchmod(t->fd, st.st_mode & 07777);
		errno = num;
	}
	if (r < 0)
		return err_sys(err, "%s", t->shown);
	unlinkat(t->parent, t->temp, AT_REMOVEDIR);
	return 0;
}

/* ---- both ---- */

static bool is_mount_point(int fd)
{
	struct statx st;

	return statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &st) == 0 &&
	       st.stx_attributes & STATX_ATTR_MOUNT_ROOT;
}

/* What is there already. t->fd stays -1 when nothing is. */
static int open_present(struct target *t, struct err *err)
{
	struct stat st;

	t->fd = openat(t->parent, t->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (t->fd >= 0 || errno == ENOENT)
		return 0;
	if (errno != ENOTDIR && errno != ELOOP)
		return err_sys(err, "%s", t->shown);
	if (fstatat(t->parent, t->name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode))
		return err_set(err, EINVAL, "%s: a symbolic link; give the directory itself",
			       t->shown);
	return err_set(err, ENOTDIR, "%s: not a directory; give a new or empty directory",
		       t->shown);
}

/* t->parent and t->name are set. */
static int open_named(struct target *t, struct err *err)
{
	int r = open_present(t, err);

	if (r < 0)
		return r;
	if (t->fd < 0)
		return open_beside(t, err);
	if (is_mount_point(t->fd)) {
		fd_close(&t->parent);
		return target_place_open(t, err);
	}
	r = target_check_empty(t->fd, false, t->shown, err);
	fd_close(&t->fd);
	return r < 0 ? r : open_beside(t, err);
}

/* "." and the like can't be renamed over, but may be a mount point. */
static int open_nameless(struct target *t, const char *path, struct err *err)
{
	t->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (t->fd < 0)
		return err_sys(err, "%s", t->shown);
	if (!is_mount_point(t->fd))
		return err_set(err, EINVAL, "%s: give the directory by its own name", t->shown);
	return target_place_open(t, err);
}

int target_open_at(int parent, const char *name, struct target *ret, struct err *err)
{
	AUTO_TARGET struct target t = TARGET_INIT;
	int r;

	t.shown = name;
	if (strlen(name) > NAME_MAX)
		return err_set(err, ENAMETOOLONG, "%s: its name is too long", name);
	strcpy(t.name, name);
	t.parent = openat(parent, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (t.parent < 0)
		return err_sys(err, "%s: its parent directory", name);
	r = open_named(&t, err);
	if (r < 0)
		return r;
	*ret = t;
	t = (struct target)TARGET_INIT;
	return 0;
}

int target_open(const char *dir, struct target *ret, struct err *err)
{
	AUTO_TARGET struct target t = TARGET_INIT;
	AUTO_FREE char *copy = strdup(dir);
	const char *parent;
	int r;

	t.shown = dir;
	if (!copy)
		return err_set(err, ENOMEM, "out of memory");
	if (target_split(copy, &parent, t.name) < 0)
		return err_set(err, ENAMETOOLONG, "%s: its name is too long", dir);
	if (!*t.name) {
		r = open_nameless(&t, parent, err);
	} else {
		t.parent = open(parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (t.parent < 0)
			return err_sys(err, "%s: its parent directory", dir);
		r = open_named(&t, err);
	}
	if (r < 0)
		return r;
	*ret = t;
	t = (struct target)TARGET_INIT;
	return 0;
}

int target_commit(struct target *t, struct err *err)
{
	int r = t->parent < 0 ? target_place_commit(t, err) : commit_beside(t, err);

	/* who asks for the lock now finds no leftover */
	if (r == 0)
		fd_close(&t->lock);
	return r;
}

void target_done(struct target *t)
{
	int keep = errno;
	struct err ignored;

	if (t->lock >= 0 && t->parent < 0) {
		target_place_undo(t);
	} else if (t->lock >= 0) {
		tree_remove(t->lock, TREE, &ignored);
		unlinkat(t->parent, t->temp, AT_REMOVEDIR);
	}
	fd_close(&t->fd);
	fd_close(&t->parent);
	fd_close(&t->lock);
	errno = keep;
}
