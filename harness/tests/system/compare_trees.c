// SPDX-License-Identifier: MIT
/*
 * compare_trees [--ignore=WHAT,...] LEFT RIGHT: whether two directory trees are the same, entry by
 * entry: type, mode, owner, time in nanoseconds, size, content, targets of symbolic links, device
 * numbers, extended attributes of every namespace, and which paths are hard links to one another.
 * One line for each difference, sorted by path; exit status 0 the same, 1 different, 2 trouble.
 *
 * WHAT: owner, mode, times, dirtimes (of directories only), linktimes (of symbolic links only),
 * xattrs, nodes (device nodes that only one side has). Holes are not compared: where they lie is the
 * file system's affair.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <search.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/text.h"

static const char *const aspects[] = { "owner",     "mode",   "times", "dirtimes",
				       "linktimes", "xattrs", "nodes" };
enum aspect { OWNER, MODE, TIMES, DIRTIMES, LINKTIMES, XATTRS, NODES };

static bool ignored[ARRAY_SIZE(aspects)];
static unsigned long differences, entries;

/* The first path of an inode that has several, on the left; and on the right. */
struct link_pair {
	dev_t dev;
	ino_t ino;
	dev_t other_dev;
	ino_t other_ino;
};

static void *left_links, *right_links; /* trees of struct link_pair, search.h */

static void trouble(const char *path) __attribute__((noreturn));

static void trouble(const char *path)
{
	fprintf(stderr, "compare_trees: %s: %s\n", path, strerror(errno));
	exit(2);
}

static void differ(const char *path, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void differ(const char *path, const char *fmt, ...)
{
	char shown[4 * PATH_MAX];
	va_list ap;

	text_escape(shown, sizeof(shown), path, strlen(path));
	printf("%s: ", *path ? shown : ".");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	differences++;
}

static const char *type_name(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return "file";
	case S_IFDIR:
		return "directory";
	case S_IFLNK:
		return "symbolic link";
	case S_IFIFO:
		return "FIFO";
	case S_IFCHR:
		return "character device";
	case S_IFBLK:
		return "block device";
	default:
		return "socket";
	}
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names in a directory, sorted and NULL-terminated; the caller's. */
static char **names_of(int fd, const char *path, size_t *ret_count)
{
	AUTO_DIR DIR *list = fdopendir(dup(fd));
	char **names = NULL;
	size_t count = 0;
	struct dirent *e;

	if (!list)
		trouble(path);
	rewinddir(list);
	for (errno = 0; (e = readdir(list)); errno = 0) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		if ((count & (count + 1)) == 0)
			names = reallocarray(names, 2 * count + 2, sizeof(*names));
		if (!names || !(names[count++] = strdup(e->d_name)))
			trouble(path);
	}
	if (errno)
		trouble(path);
	if (count)
		qsort(names, count, sizeof(*names), by_name);
	*ret_count = count;
	return names;
}

/* Compares the bytes from where both descriptors stand. */
static void compare_content(const char *path, int left, int right)
{
	static char a[1 << 18], b[1 << 18];
	off_t at = 0;

	for (;;) {
		ssize_t m = fd_read_full(left, a, sizeof(a));
		ssize_t n = fd_read_full(right, b, sizeof(b));

		if (m < 0 || n < 0)
			trouble(path);
		if (m != n || memcmp(a, b, (size_t)m) != 0) {
			differ(path, "content differs after byte %lld", (long long)at);
			return;
		}
		if (!m)
			return;
		at += m;
	}
}

/*
 * A path below /proc/self/fd that stands for the entry itself: there is no fgetxattr() for an O_PATH
 * descriptor, and no lgetxattr() below a directory's descriptor.
 */
static void self_path(int dirfd, const char *name, char ret[PATH_MAX])
{
	snprintf(ret, PATH_MAX, "/proc/self/fd/%d/%s", dirfd, name);
}

static void compare_value(const char *path, const char *left, const char *right, const char *name)
{
	static char a[XATTR_SIZE_MAX], b[XATTR_SIZE_MAX];
	ssize_t m = lgetxattr(left, name, a, sizeof(a));
	ssize_t n = lgetxattr(right, name, b, sizeof(b));

	if (m < 0 && n >= 0)
		differ(path, "attribute %s only on the right", name);
	else if (m >= 0 && n < 0)
		differ(path, "attribute %s only on the left", name);
	else if (m != n || (m > 0 && memcmp(a, b, (size_t)m) != 0))
		differ(path, "attribute %s differs", name);
}

static ssize_t list_xattrs(const char *path, char buf[XATTR_LIST_MAX])
{
	ssize_t len = llistxattr(path, buf, XATTR_LIST_MAX);

	if (len < 0 && errno != ENOTSUP)
		trouble(path);
	return len < 0 ? 0 : len;
}

static void compare_xattrs(const char *path, int left, int right, const char *name)
{
	static char names[2][XATTR_LIST_MAX];
	char paths[2][PATH_MAX];

	self_path(left, name, paths[0]);
	self_path(right, name, paths[1]);
	for (int side = 0; side < 2; side++) {
		ssize_t len = list_xattrs(paths[side], names[side]);

		for (const char *x = names[side]; x < names[side] + len; x += strlen(x) + 1)
			/* what both have is compared once */
			if (!side || lgetxattr(paths[0], x, NULL, 0) < 0)
				compare_value(path, paths[0], paths[1], x);
	}
}

static int by_inode(const void *left, const void *right)
{
	const struct link_pair *a = left, *b = right;

	if (a->dev != b->dev)
		return a->dev < b->dev ? -1 : 1;
	return a->ino < b->ino ? -1 : a->ino > b->ino;
}

/* Notes which inode stands opposite; returns false when that was another one before. */
static bool same_partner(void **tree, const struct stat *st, const struct stat *other)
{
	struct link_pair *pair = malloc(sizeof(*pair)), *found;

	if (!pair)
		trouble("memory");
	*pair = (struct link_pair){ st->st_dev, st->st_ino, other->st_dev, other->st_ino };
	found = *(struct link_pair **)tsearch(pair, tree, by_inode);
	if (found != pair)
		free(pair);
	return found->other_dev == other->st_dev && found->other_ino == other->st_ino;
}

/* Two paths are links to one file on the left exactly when they are on the right. */
static void compare_links(const char *path, const struct stat *a, const struct stat *b)
{
	bool right = a->st_nlink < 2 || same_partner(&left_links, a, b);
	bool left = b->st_nlink < 2 || same_partner(&right_links, b, a);

	if (!left || !right)
		differ(path, "a hard link to other paths");
	else if (a->st_nlink != b->st_nlink)
		differ(path, "%lu links instead of %lu", (unsigned long)b->st_nlink,
		       (unsigned long)a->st_nlink);
}

static void compare_time(const char *path, const struct stat *a, const struct stat *b)
{
	if (ignored[TIMES] || (ignored[DIRTIMES] && S_ISDIR(a->st_mode)) ||
	    (ignored[LINKTIMES] && S_ISLNK(a->st_mode)))
		return;
	if (a->st_mtim.tv_sec != b->st_mtim.tv_sec || a->st_mtim.tv_nsec != b->st_mtim.tv_nsec)
		differ(path, "time %lld.%09ld instead of %lld.%09ld", (long long)b->st_mtim.tv_sec,
		       b->st_mtim.tv_nsec, (long long)a->st_mtim.tv_sec, a->st_mtim.tv_nsec);
}

static void compare_targets(const char *path, int left, int right, const char *name)
{
	char a[PATH_MAX], b[PATH_MAX];
	ssize_t m = readlinkat(left, name, a, sizeof(a));
	ssize_t n = readlinkat(right, name, b, sizeof(b));

	if (m < 0 || n < 0)
		trouble(path);
	if (m != n || memcmp(a, b, (size_t)m) != 0)
		differ(path, "target differs");
}

static void compare_dirs(char *path, int left, int right);

static int open_entry(int dirfd, const char *name, const char *path, int flags)
{
	int fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | flags);

	if (fd < 0)
		trouble(path);
	return fd;
}

/* What is inside: of files, links and devices. */
static void compare_inside(char *path, int left, int right, const char *name, const struct stat *a,
			   const struct stat *b)
{
	int flags = S_ISDIR(a->st_mode) ? O_DIRECTORY : 0;

	if (S_ISLNK(a->st_mode)) {
		compare_targets(path, left, right, name);
	} else if (S_ISCHR(a->st_mode) || S_ISBLK(a->st_mode)) {
		if (a->st_rdev != b->st_rdev)
			differ(path, "device %u:%u instead of %u:%u", major(b->st_rdev),
			       minor(b->st_rdev), major(a->st_rdev), minor(a->st_rdev));
	} else if (S_ISREG(a->st_mode) && a->st_size != b->st_size) {
		differ(path, "%lld bytes instead of %lld", (long long)b->st_size,
		       (long long)a->st_size);
	} else if (S_ISDIR(a->st_mode) || S_ISREG(a->st_mode)) {
		AUTO_CLOSE int m = open_entry(left, name, path, flags);
		AUTO_CLOSE int n = open_entry(right, name, path, flags);

		if (flags)
			compare_dirs(path, m, n);
		else
			compare_content(path, m, n);
	}
}

static void compare_entry(char *path, int left, int right, const char *name)
{
	struct stat a, b;

	if (fstatat(left, name, &a, AT_SYMLINK_NOFOLLOW) < 0 ||
	    fstatat(right, name, &b, AT_SYMLINK_NOFOLLOW) < 0)
		trouble(path);
	entries++;
	if ((a.st_mode & S_IFMT) != (b.st_mode & S_IFMT)) {
		differ(path, "a %s instead of a %s", type_name(b.st_mode), type_name(a.st_mode));
		return;
	}
	if (!ignored[MODE] && a.st_mode != b.st_mode)
		differ(path, "mode %04o instead of %04o", b.st_mode & 07777, a.st_mode & 07777);
	if (!ignored[OWNER] && (a.st_uid != b.st_uid || a.st_gid != b.st_gid))
		differ(path, "owner %u:%u instead of %u:%u", b.st_uid, b.st_gid, a.st_uid,
		       a.st_gid);
	compare_time(path, &a, &b);
	if (!S_ISDIR(a.st_mode))
		compare_links(path, &a, &b);
	if (!ignored[XATTRS])
		compare_xattrs(path, left, right, name);
	compare_inside(path, left, right, name, &a, &b);
}

static void only_one(const char *path, int fd, const char *name, const char *side)
{
	struct stat st;

	if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		trouble(path);
	if (!ignored[NODES] || (!S_ISCHR(st.st_mode) && !S_ISBLK(st.st_mode)))
		differ(path, "a %s only on the %s", type_name(st.st_mode), side);
}

static void compare_dirs(char *path, int left, int right)
{
	size_t m, n, i = 0, j = 0, len = strlen(path);
	char **a = names_of(left, path, &m), **b = names_of(right, path, &n);

	while (i < m || j < n) {
		int order = i == m ? 1 : j == n ? -1 : strcmp(a[i], b[j]);
		const char *name = order > 0 ? b[j] : a[i];

		/* a path that is too long is only cut where it is shown */
		snprintf(path + len, 4 * PATH_MAX - len, "%s%s", len ? "/" : "", name);
		if (order < 0)
			only_one(path, left, name, "left");
		else if (order > 0)
			only_one(path, right, name, "right");
		else
			compare_entry(path, left, right, name);
		path[len] = '\0';
		i += order <= 0;
		j += order >= 0;
	}
	while (m)
		free(a[--m]);
	while (n)
		free(b[--n]);
	free(a);
	free(b);
}

static bool parse_ignored(char *list)
{
	for (char *word = strtok(list, ","); word; word = strtok(NULL, ",")) {
		size_t i = 0;

		while (i < ARRAY_SIZE(aspects) && strcmp(word, aspects[i]) != 0)
			i++;
		if (i == ARRAY_SIZE(aspects))
			return false;
		ignored[i] = true;
	}
	return true;
}

int main(int argc, char **argv)
{
	static char path[4 * PATH_MAX];
	AUTO_CLOSE int left = -1, right = -1;

	if (argc == 4 && text_starts(argv[1], "--ignore=")) {
		if (!parse_ignored(argv[1] + strlen("--ignore=")))
			argc = 0;
		argv++;
		argc--;
	}
	if (argc != 3) {
		fputs("usage: compare_trees [--ignore=WHAT,...] LEFT RIGHT\n", stderr);
		return 2;
	}
	left = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	right = open(argv[2], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (left < 0 || right < 0)
		trouble(argv[left < 0 ? 1 : 2]);
	compare_entry(path, left, right, ".");
	/* a comparison of nothing proves nothing */
	fprintf(stderr, "%lu entries compared, %lu differences\n", entries, differences);
	tdestroy(left_links, free);
	tdestroy(right_links, free);
	return differences != 0;
}
