// SPDX-License-Identifier: MIT
/* The directories that entries are made in: see parents.h. */
#include "image/parents.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "kernel/sys.h"

void parents_init(struct parents *p, int root)
{
	*p = (struct parents){ .root = root };
	for (int i = 0; i < PARENTS_KEPT; i++)
		p->kept[i].fd = -1;
}

void parents_flush(struct parents *p)
{
	for (int i = 0; i < PARENTS_KEPT; i++)
		fd_close(&p->kept[i].fd);
}

int parents_openat2(int root, const char *path, uint64_t flags)
{
	int fd, tries = 0;

	/* EAGAIN: a rename or mount anywhere in the system while ".." was resolved, openat2(2) */
	do
		fd = sys_openat2(root, *path ? path : ".", flags | O_DIRECTORY | O_CLOEXEC, 0,
				 RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
	while (fd < 0 && (errno == EAGAIN || errno == EINTR) && ++tries < 1000);
	return fd;
}

static int say_why(const char *dir, struct err *err)
{
	int num = errno;
	char shown[160];

	text_escape(shown, sizeof(shown), dir, strlen(dir));
	switch (num) {
	case ENOTDIR:
		return err_set(err, EBADMSG, "'%s' is not a directory", shown);
	case ELOOP:
		return err_set(err, EBADMSG, "'%s': symbolic links lead in a circle", shown);
	case ENOENT:
		return err_set(err, ENOENT, "'%s' does not exist", shown);
	case EEXIST:
		return err_set(err, EBADMSG, "'%s' is a symbolic link that leads nowhere", shown);
	case ENOSYS:
		return err_set(err, ENOSYS, "openat2(2) is missing; Linux 5.6 or later is needed");
	default:
		errno = num;
		return err_sys(err, "the directory '%s'", shown);
	}
}

/* Makes the last component of `dir`, whose parent exists. */
static int make_one(struct parents *p, const char *dir, struct err *err)
{
	const char *slash = strrchr(dir, '/');
	const char *name = slash ? slash + 1 : dir;
	AUTO_CLOSE int parent = -1;
	char above[PATH_MAX];
	struct stat st;

	memcpy(above, dir, (size_t)(name - dir));
	above[slash ? slash - dir : 0] = '\0';
	parent = parents_openat2(p->root, above, O_PATH);
	if (parent < 0)
		return say_why(above, err);
	if (mkdirat(parent, name, 0700) < 0 || fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return say_why(dir, err);
	return p->made ? p->made(p->data, dir, st.st_ino, err) : 0;
}

/* Makes every missing component of `dir`, from the top. */
static int make_all(struct parents *p, const char *dir, struct err *err)
{
	char path[PATH_MAX];
	size_t len = 0;

	for (;;) {
		AUTO_CLOSE int fd = -1;
		int r;

		len += strcspn(dir + len, "/");
		memcpy(path, dir, len);
		path[len] = '\0';
		fd = parents_openat2(p->root, path, O_PATH);
		if (fd < 0 && errno != ENOENT)
			return say_why(path, err);
		r = fd < 0 ? make_one(p, path, err) : 0;
		if (r < 0 || !dir[len])
			return r;
		len++;
	}
}

/* The one of that path, or else the one to put it into: an empty one or the one unused longest. */
static struct parent *find_slot(struct parents *p, const char *dir)
{
	struct parent *oldest = p->kept;

	for (struct parent *k = p->kept; k < p->kept + PARENTS_KEPT; k++) {
		if (k->fd >= 0 && !strcmp(k->path, dir))
			return k;
		if (oldest->fd >= 0 && (k->fd < 0 || p->clock - k->used > p->clock - oldest->used))
			oldest = k;
	}
	fd_close(&oldest->fd);
	return oldest;
}

int parents_open(struct parents *p, const char *dir, bool create, const struct parent **ret,
		 struct err *err)
{
	struct parent *slot = find_slot(p, dir);
	struct stat st;
	int r;

	slot->used = ++p->clock;
	if (slot->fd >= 0) {
		*ret = slot;
		return 0;
	}
	slot->fd = parents_openat2(p->root, dir, O_PATH);
	if (slot->fd < 0 && errno == ENOENT && create) {
		r = make_all(p, dir, err);
		if (r < 0)
			return r;
		slot->fd = parents_openat2(p->root, dir, O_PATH);
	}
	strcpy(slot->path, dir);
	if (slot->fd < 0 || fstat(slot->fd, &st) < 0) {
		r = say_why(dir, err);
		fd_close(&slot->fd);
		return r;
	}
	slot->ino = st.st_ino;
	*ret = slot;
	return 0;
}
