// SPDX-License-Identifier: MIT
/* The running machine's files as a layer: see image_root.h. */
#include "bench/image_root.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "pack/tar.h"

#define MIB (UINT64_C(1) << 20)

enum { DEPTH_MAX = 32, TARGET_MAX = 4096 };

static const uint64_t file_max = 2 * MIB, enough = 4 * MIB;

/* Shares, so that neither programs nor texts are all of it. */
static const struct part {
	const char *parent, *path; /* parent: to be made first; NULL: the root */
	uint64_t room;
} parts[] = {
	{ NULL, "etc", 2 * MIB },       { "usr", "usr/bin", 8 * MIB },
	{ NULL, "usr/lib", 11 * MIB },  { NULL, "usr/sbin", 3 * MIB },
	{ NULL, "usr/share", 8 * MIB },
};

struct gathering {
	struct archive *a;
	struct tree_facts *facts;
	uint64_t left; /* of the part */
	bool full;     /* the next file would not fit: the part ends, whatever comes */
	struct text path, content;
	unsigned int depth;
	struct err *err;
};

static int add(struct gathering *g, mode_t mode, const void *content, size_t len)
{
	struct pack_node node = { .path = g->path.str, .mode = mode };

	if (g->path.failed)
		return err_set(g->err, ENOMEM, "out of memory");
	if (S_ISLNK(mode)) {
		node.link = content;
	} else {
		/* never NULL with a length of 0: then it would be measured as a string */
		node.content = len ? content : NULL;
		node.len = len;
	}
	tree_facts_add(g->facts, g->path.str, mode, content, len);
	return pack_tar_add(g->a, &node, g->err);
}

/* What has gone or changed its size since it was listed is left out: the machine is alive. */
static int add_file(struct gathering *g, int dirfd, const char *name, const struct stat *st)
{
	size_t size = (size_t)st->st_size;

	g->content.len = 0;
	if (!(st->st_mode & 0004) || size > file_max)
		return 0;
	if (size > g->left) {
		g->full = true;
		return 0;
	}
	if (file_read(dirfd, name, file_max, &g->content) < 0 || g->content.len != size)
		return 0;
	g->left -= size;
	return add(g, S_IFREG | (st->st_mode & 0777), g->content.str, size);
}

static int add_link(struct gathering *g, int dirfd, const char *name)
{
	char target[TARGET_MAX];
	ssize_t len = readlinkat(dirfd, name, target, sizeof(target) - 1);

	if (len <= 0)
		return 0;
	target[len] = '\0';
	return add(g, S_IFLNK | 0777, target, (size_t)len);
}

static int add_dir(struct gathering *g, int dirfd, const char *name);

static int add_entry(struct gathering *g, int dirfd, const char *name)
{
	struct stat st;

	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	if (S_ISDIR(st.st_mode))
		return (st.st_mode & 0005) == 0005 ? add_dir(g, dirfd, name) : 0;
	if (S_ISLNK(st.st_mode))
		return add_link(g, dirfd, name);
	return S_ISREG(st.st_mode) ? add_file(g, dirfd, name, &st) : 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* A name that starts like a whiteout would remove something. */
static int is_entry(const struct dirent *e)
{
	return strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 &&
	       strncmp(e->d_name, ".wh.", 4) != 0;
}

/* The path is that of the directory. */
static int add_dir(struct gathering *g, int dirfd, const char *name)
{
	AUTO_CLOSE int fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct dirent **names = NULL;
	size_t len = g->path.len;
	int r, count = fd < 0 || g->depth == DEPTH_MAX
			       ? -1
			       : scandirat(fd, ".", &names, is_entry, by_name);

	if (count < 0)
		return 0;
	g->depth++;
	r = add(g, S_IFDIR | 0755, NULL, 0);
	for (int i = 0; i < count; i++) {
		if (r == 0 && !g->full) {
			text_addf(&g->path, "/%s", names[i]->d_name);
			r = add_entry(g, fd, names[i]->d_name);
			g->path.len = len;
			g->path.str[len] = '\0';
		}
		free(names[i]);
	}
	free(names);
	g->depth--;
	return r;
}

static int add_part(struct gathering *g, int root, const struct part *part, unsigned int by)
{
	int r = 0;

	if (part->parent) {
		g->path.len = 0;
		text_add(&g->path, part->parent);
		r = add(g, S_IFDIR | 0755, NULL, 0);
	}
	g->left = part->room / by;
	g->full = false;
	g->path.len = 0;
	text_add(&g->path, part->path);
	return r < 0 ? r : add_dir(g, root, part->path);
}

int image_root_add(struct archive *a, unsigned int by, struct tree_facts *facts, struct err *err)
{
	AUTO_CLOSE int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct gathering g = { .a = a, .facts = facts, .err = err };
	int r = 0;

	if (root < 0)
		return err_sys(err, "/");
	for (size_t i = 0; i < ARRAY_SIZE(parts) && r == 0; i++)
		r = add_part(&g, root, &parts[i], by);
	text_done(&g.path);
	text_done(&g.content);
	if (r == 0 && facts->bytes < enough / by)
		r = err_set(err, EOPNOTSUPP, "only %llu bytes of files in /etc and /usr to take",
			    (unsigned long long)facts->bytes);
	return r;
}
