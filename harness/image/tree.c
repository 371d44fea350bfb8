// SPDX-License-Identifier: MIT
/* Removing what lies below a directory: see tree.h. */
#include "image/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"

/* a descriptor a level, out of the 1,024 that a process usually has */
#define DEPTH_MAX 300

#define DIR_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/* One removal on its way down. */
struct removal {
	int top; /* the directory where it began */
	unsigned int depth, moved;
	struct err *err;
};

static int fail(struct removal *r, const char *name)
{
	int num = errno;
	char shown[160];

	text_escape(shown, sizeof(shown), name, strlen(name));
	errno = num;
	return err_sys(r->err, "removing '%s'", shown);
}

/* An owner who may not look into a directory, or move it away (that changes its ".."), gives himself
 * the right. Where that fails, so does what follows. */
static void make_accessible(int dirfd, const char *name)
{
	struct stat st;

	if (geteuid() != 0 && fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISDIR(st.st_mode) && (st.st_mode & 0700) != 0700)
		fchmodat(dirfd, name, 0700, 0);
}

static int remove_entry(struct removal *r, int dirfd, const char *name);

/* Everything in the directory `fd`, which it takes over. */
static int remove_below(struct removal *r, int fd)
{
	AUTO_DIR DIR *list = fdopendir(fd);
	struct dirent *e;

	if (!list) {
		close(fd);
		return err_set(r->err, ENOMEM, "out of memory");
	}
	for (errno = 0; (e = readdir(list)); errno = 0) {
		int got;

		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		got = remove_entry(r, fd, e->d_name);
		if (got < 0)
			return got;
	}
	return errno ? fail(r, ".") : 0;
}

/* A directory that lies too deep is moved to where the removal began, and its turn comes later. */
static int move_up(struct removal *r, int dirfd, const char *name)
{
	char up[64];

	do {
		snprintf(up, sizeof(up), "deep-%u", r->moved++);
		if (renameat(dirfd, name, r->top, up) == 0)
			return 0;
	} while (errno == EEXIST || errno == ENOTEMPTY || errno == ENOTDIR);
	return fail(r, name);
}

static int remove_dir(struct removal *r, int dirfd, const char *name)
{
	int fd, got;

	make_accessible(dirfd, name);
	if (r->depth == DEPTH_MAX)
		return move_up(r, dirfd, name);
	fd = openat(dirfd, name, DIR_FLAGS);
	if (fd < 0)
		return fail(r, name);
	r->depth++;
	got = remove_below(r, fd);
	r->depth--;
	if (got < 0)
		return got;
	return unlinkat(dirfd, name, AT_REMOVEDIR) < 0 ? fail(r, name) : 0;
}

static int remove_entry(struct removal *r, int dirfd, const char *name)
{
	if (unlinkat(dirfd, name, 0) == 0 || errno == ENOENT)
		return 0;
	return errno == EISDIR ? remove_dir(r, dirfd, name) : fail(r, name);
}

int tree_remove_below(int dirfd, struct err *err)
{
	struct removal r = { .top = dirfd, .err = err };
	unsigned int before;

	do {
		/* a new open file: the position in it is ours */
		int got, fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		if (fd < 0)
			return fail(&r, ".");
		before = r.moved;
		got = remove_below(&r, fd);
		if (got < 0)
			return got;
	} while (r.moved != before);
	return 0;
}

int tree_remove(int dirfd, const char *name, struct err *err)
{
	struct removal r = { .top = dirfd, .err = err };
	AUTO_CLOSE int fd = -1;
	int got;

	if (unlinkat(dirfd, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR)
		return fail(&r, name);
	make_accessible(dirfd, name);
	fd = openat(dirfd, name, DIR_FLAGS);
	if (fd < 0)
		return fail(&r, name);
	got = tree_remove_below(fd, err);
	if (got < 0)
		return got;
	return unlinkat(dirfd, name, AT_REMOVEDIR) < 0 ? fail(&r, name) : 0;
}
