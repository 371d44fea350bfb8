// SPDX-License-Identifier: MIT
/* A mount point that is filled in place: see target.h. */
#include "image/target_place.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "image/tree.h"

/* mkfs makes it in some file systems; it belongs to fsck */
#define LOST_FOUND "lost+found"

enum { ATTEMPTS = 8 };

int target_lock(int fd)
{
	return flock(fd, LOCK_EX | LOCK_NB) < 0 ? -errno : 0;
}

bool target_same(int dirfd, const char *name, int fd)
{
	struct stat named, opened;

	return fstatat(dirfd, name, &named, AT_SYMLINK_NOFOLLOW) == 0 && fstat(fd, &opened) == 0 &&
	       named.st_dev == opened.st_dev && named.st_ino == opened.st_ino;
}

/* A new position in the directory, whatever has been read of it. */
static DIR *list_of(int dirfd, const char *name, struct err *err)
{
	int fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *list = fd < 0 ? NULL : fdopendir(fd);

	if (!list)
		err_sys(err, "%s", name);
	if (!list)
		fd_close(&fd);
	return list;
}

static bool is_dots(const char *name)
{
	return !strcmp(name, ".") || !strcmp(name, "..");
}

static bool is_dir(int dirfd, const char *name)
{
	struct stat st;

	return fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

/* One that can't be looked into (it is root's) can't be filled either. */
static bool is_empty_lost_found(int dirfd)
{
	struct err ignored;
	AUTO_DIR DIR *list = NULL;
	struct dirent *e;

	if (!is_dir(dirfd, LOST_FOUND))
		return false;
	list = list_of(dirfd, LOST_FOUND, &ignored);
	while (list && (e = readdir(list)))
		if (!is_dots(e->d_name))
			return false;
	return true;
}

int target_check_empty(int dirfd, bool mount_point, const char *shown, struct err *err)
{
	AUTO_DIR DIR *list = list_of(dirfd, ".", err);
	struct dirent *e;

	if (!list)
		return err_wrap(err, "%s", shown);
	while ((e = readdir(list))) {
		if (is_dots(e->d_name))
			continue;
		if (mount_point && !strcmp(e->d_name, LOST_FOUND) && is_empty_lost_found(dirfd))
			continue;
		return err_set(err, ENOTEMPTY, "%s: not empty; give a new or empty directory",
			       shown);
	}
	return 0;
}

/* One pass; 1 when something was removed, for then the list may have missed something. */
static int clear_once(int dirfd, struct err *err)
{
	AUTO_DIR DIR *list = list_of(dirfd, ".", err);
	struct dirent *e;
	int removed = 0;

	if (!list)
		return -err->num;
	while ((e = readdir(list))) {
		if (is_dots(e->d_name) || !strcmp(e->d_name, TARGET_MARKER))
			continue;
		if (!strcmp(e->d_name, LOST_FOUND) && is_dir(dirfd, LOST_FOUND)) {
			AUTO_CLOSE int fd = openat(dirfd, LOST_FOUND,
						   O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

			if (fd >= 0 && tree_remove_below(fd, err) < 0)
				return -err->num;
			continue;
		}
		if (tree_remove(dirfd, e->d_name, err) < 0)
			return -err->num;
		removed = 1;
	}
	return removed;
}

static int clear(int dirfd, struct err *err)
{
	int r;

	do
		r = clear_once(dirfd, err);
	while (r > 0);
	return r;
}

/* The marker that a process has left. -EBUSY: it is alive. */
static int take_over(struct target *t, int fd, struct err *err)
{
	struct stat st;
	int r = target_lock(fd);

	if (fstat(fd, &st) < 0)
		return err_sys(err, "%s: " TARGET_MARKER, t->shown);
	if (r == -EWOULDBLOCK)
		return err_set(err, EBUSY, "%s: another process is filling it", t->shown);
	if (r < 0 || !S_ISREG(st.st_mode) || st.st_uid != geteuid())
		return err_set(err, ENOTEMPTY,
			       "%s: not empty, and its " TARGET_MARKER
			       " can't be taken over; empty it first",
			       t->shown);
	return 0;
}

/* 1: t->lock is the locked marker; 0: another process was faster, try again. */
static int try_marker(struct target *t, struct err *err)
{
	const int flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	AUTO_CLOSE int fd = openat(t->fd, TARGET_MARKER, flags);
	int r;

	if (fd < 0 && errno != ENOENT)
		return err_sys(err, "%s: " TARGET_MARKER, t->shown);
	if (fd >= 0) {
		r = take_over(t, fd, err);
		if (r < 0)
			return r;
		if (!target_same(t->fd, TARGET_MARKER, fd))
			return 0;
		t->lock = STEAL_FD(fd);
		r = clear(t->fd, err);
		if (r < 0)
			fd_close(&t->lock); /* still marked, and not ours to undo */
		return r < 0 ? err_wrap(err, "%s", t->shown) : 1;
	}
	r = target_check_empty(t->fd, true, t->shown, err);
	if (r < 0)
		return r;
	fd = openat(t->fd, TARGET_MARKER, flags | O_CREAT | O_EXCL, 0600);
	if (fd < 0)
		return errno == EEXIST ? 0 : err_sys(err, "%s", t->shown);
	if (target_lock(fd) == -EWOULDBLOCK || !target_same(t->fd, TARGET_MARKER, fd))
		return 0;
	t->lock = STEAL_FD(fd);
	return 1;
}

int target_place_open(struct target *t, struct err *err)
{
	int r = 0;

	if (fstat(t->fd, &t->before) < 0)
		return err_sys(err, "%s", t->shown);
	for (int i = 0; i < ATTEMPTS && r == 0; i++)
		r = try_marker(t, err);
	if (r == 0)
		return err_set(err, EBUSY, "%s: another process is filling it", t->shown);
	return r < 0 ? r : 0;
}

int target_place_commit(struct target *t, struct err *err)
{
	struct timespec times[2];
	struct stat st;

	if (!target_same(t->fd, TARGET_MARKER, t->lock))
		return err_set(err, EBUSY,
			       "%s: somebody has touched its " TARGET_MARKER " meanwhile",
			       t->shown);
	if (fstat(t->fd, &st) < 0 || unlinkat(t->fd, TARGET_MARKER, 0) < 0)
		return err_sys(err, "%s", t->shown);
	/* the image's own time, which taking the marker away has changed */
	times[0] = st.st_atim;
	times[1] = st.st_mtim;
	futimens(t->fd, times);
	return 0;
}

void target_place_undo(struct target *t)
{
	const struct timespec times[2] = { t->before.st_atim, t->before.st_mtim };
	struct err ignored;

	/* anything may be in the marker's place */
	if (clear(t->fd, &ignored) < 0 || tree_remove(t->fd, TARGET_MARKER, &ignored) < 0)
		return;
	if (fchown(t->fd, t->before.st_uid, t->before.st_gid) == 0)
		fchmod(t->fd, t->before.st_mode & 07777);
	futimens(t->fd, times);
}
