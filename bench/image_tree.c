// SPDX-License-Identifier: MIT
/* What a tree holds, and the shortest way to write it: see image_tree.h. */
#include "bench/image_tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"

enum { DEPTH_MAX = 100, TARGET_MAX = 4096, PIECE = 1 << 20 };

/* FNV-1a over words of 64 bits, the last one filled up with zeroes. */
static uint64_t mix(uint64_t sum, const void *bytes, size_t len)
{
	const char *at = bytes;

	for (; len; len -= len < 8 ? len : 8, at += 8) {
		uint64_t word = 0;

		memcpy(&word, at, len < 8 ? len : 8);
		sum = (sum ^ word) * UINT64_C(0x100000001b3);
		sum ^= sum >> 32;
	}
	return sum;
}

void tree_facts_add(struct tree_facts *f, const char *path, mode_t type, const void *content,
		    size_t len)
{
	uint64_t head[2] = { type & S_IFMT, len }, sum = UINT64_C(0xcbf29ce484222325);

	sum = mix(sum, head, sizeof(head));
	sum = mix(sum, path, strlen(path));
	f->sum += mix(sum, content, len);
	f->entries++;
	f->bytes += S_ISREG(type) ? len : 0;
}

void tree_list_done(struct tree_list *l)
{
	for (size_t i = 0; i < l->count; i++) {
		free(l->items[i].name);
		free(l->items[i].target);
	}
	free(l->items);
	free(l->piece);
	*l = (struct tree_list){ 0 };
}

/* A walk in progress. */
struct walk {
	struct tree_list *list;
	struct tree_facts *facts;
	struct text path, content; /* of what is looked at */
	unsigned int depth;
	struct err *err;
};

static struct tree_item *add_item(struct walk *w, const char *name, const struct stat *st)
{
	struct tree_list *l = w->list;
	size_t room = l->room ? l->room * 2 : 256;
	struct tree_item *item;

	if (l->count == l->room) {
		struct tree_item *grown = reallocarray(l->items, room, sizeof(*grown));

		if (!grown)
			return NULL;
		l->items = grown;
		l->room = room;
	}
	item = &l->items[l->count];
	*item = (struct tree_item){ w->depth, st->st_mode, (size_t)st->st_size, strdup(name),
				    NULL };
	if (!item->name)
		return NULL;
	l->count++;
	return item;
}

static int read_file(struct walk *w, int dirfd, const char *name)
{
	int r;

	w->content.len = 0;
	r = file_read(dirfd, name, SIZE_MAX / 2, &w->content);
	if (r < 0)
		return err_set(w->err, -r, "reading %s", w->path.str);
	tree_facts_add(w->facts, w->path.str, S_IFREG, w->content.str, w->content.len);
	return 0;
}

static int read_link(struct walk *w, int dirfd, const char *name, struct tree_item *item)
{
	char target[TARGET_MAX];
	ssize_t len = readlinkat(dirfd, name, target, sizeof(target));

	if (len < 0)
		return err_sys(w->err, "reading %s", w->path.str);
	item->target = strndup(target, (size_t)len);
	if (!item->target)
		return err_set(w->err, ENOMEM, "out of memory");
	tree_facts_add(w->facts, w->path.str, S_IFLNK, target, (size_t)len);
	return 0;
}

static int read_below(struct walk *w, int fd);

static int read_dir(struct walk *w, int dirfd, const char *name)
{
	int r, fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return err_sys(w->err, "opening %s", w->path.str);
	tree_facts_add(w->facts, w->path.str, S_IFDIR, NULL, 0);
	w->depth++;
	r = w->depth == DEPTH_MAX ? err_set(w->err, EINVAL, "%s: too deep", w->path.str)
				  : read_below(w, fd);
	w->depth--;
	close(fd);
	return r;
}

static int read_entry(struct walk *w, int dirfd, const char *name)
{
	struct tree_item *item;
	struct stat st;

	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(w->err, "%s", w->path.str);
	item = add_item(w, name, &st);
	if (!item || w->path.failed)
		return err_set(w->err, ENOMEM, "out of memory");
	if (S_ISDIR(st.st_mode))
		return read_dir(w, dirfd, name);
	if (S_ISLNK(st.st_mode))
		return read_link(w, dirfd, name, item);
	if (S_ISREG(st.st_mode))
		return read_file(w, dirfd, name);
	return err_set(w->err, EINVAL, "%s: an unexpected type of file", w->path.str);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_entry(const struct dirent *e)
{
	return strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
}

static int read_below(struct walk *w, int fd)
{
	struct dirent **names = NULL;
	int r = 0, count = scandirat(fd, ".", &names, is_entry, by_name);
	size_t len = w->path.len;

	if (count < 0)
		return err_sys(w->err, "listing %s", len ? w->path.str : ".");
	for (int i = 0; i < count; i++) {
		if (r == 0) {
			text_addf(&w->path, "%s%s", len ? "/" : "", names[i]->d_name);
			r = read_entry(w, fd, names[i]->d_name);
			w->path.len = len;
		}
		free(names[i]);
	}
	free(names);
	return r;
}

int tree_read(int dirfd, struct tree_list *list, struct tree_facts *ret, struct err *err)
{
	struct tree_facts facts = { 0 };
	struct walk w = { .list = list, .facts = &facts, .err = err };
	int r;

	/* pages of its own, not the one of zeroes, which would be copied faster than any content */
	list->piece = malloc(PIECE);
	if (list->piece)
		memset(list->piece, 'x', PIECE);
	r = list->piece ? read_below(&w, dirfd) : err_set(err, ENOMEM, "out of memory");
	text_done(&w.path);
	text_done(&w.content);
	if (r == 0)
		*ret = facts;
	else
		tree_list_done(list);
	return r;
}

static bool write_file(int dirfd, const struct tree_item *item, const char *piece)
{
	int fd = openat(dirfd, item->name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
			item->mode & 0777);
	size_t left = item->size;
	bool good = fd >= 0;

	while (good && left) {
		ssize_t done = write(fd, piece, left < PIECE ? left : PIECE);

		good = done > 0;
		left -= good ? (size_t)done : 0;
	}
	fd_close(&fd);
	return good;
}

/* The directories that lead to where we are. */
static bool enter(int *dirs, const struct tree_item *item)
{
	int parent = dirs[item->depth], *own = &dirs[item->depth + 1];

	if (mkdirat(parent, item->name, 0755) < 0)
		return false;
	fd_close(own);
	*own = openat(parent, item->name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return *own >= 0;
}

int tree_write(const struct tree_list *list, int dirfd, struct err *err)
{
	int dirs[DEPTH_MAX + 1], r = 0;

	dirs[0] = dirfd;
	for (int i = 1; i <= DEPTH_MAX; i++)
		dirs[i] = -1;
	for (size_t i = 0; i < list->count && r == 0; i++) {
		const struct tree_item *item = &list->items[i];
		int parent = dirs[item->depth];
		bool good;

		if (S_ISDIR(item->mode))
			good = enter(dirs, item);
		else if (S_ISLNK(item->mode))
			good = symlinkat(item->target, parent, item->name) == 0;
		else
			good = write_file(parent, item, list->piece);
		if (!good)
			r = err_sys(err, "floor: writing %s", item->name);
	}
	for (int i = 1; i <= DEPTH_MAX; i++)
		fd_close(&dirs[i]);
	return r;
}
