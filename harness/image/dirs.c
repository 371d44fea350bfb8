// SPDX-License-Identifier: MIT
/* The directories that entries are made in: see dirs.h. */
#include "image/dirs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/text.h"

void dirs_init(struct dirs *d, struct merge *merge, int root)
{
	d->merge = merge;
	d->root = root;
	d->clock = 0;
	d->top = (struct dir){ .fd = root, .node = NODE_ROOT };
	for (size_t i = 0; i < DIRS_KEPT; i++)
		d->kept[i] = (struct dir){ .fd = -1 };
}

static void release(struct dirs *d, struct dir *dir)
{
	if (dir->fd >= 0)
		merge_node(d->merge, dir->node)->slot = 0;
	fd_close(&dir->fd);
}

void dirs_done(struct dirs *d)
{
	for (size_t i = 0; i < DIRS_KEPT; i++)
		release(d, &d->kept[i]);
}

void dirs_forget(struct dirs *d, uint32_t node)
{
	uint16_t slot = merge_node(d->merge, node)->slot;

	if (slot)
		release(d, &d->kept[slot - 1]);
}

/* An empty place, or that of the directory that has not been asked for the longest. */
static struct dir *find_room(struct dirs *d)
{
	struct dir *best = NULL;

	for (struct dir *k = d->kept; k < d->kept + DIRS_KEPT; k++) {
		if (k->fd < 0)
			return k;
		if (!atomic_load(&k->pins) && (!best || d->clock - k->used > d->clock - best->used))
			best = k;
	}
	if (best)
		release(d, best);
	return best;
}

static int fail(struct dirs *d, uint32_t node, const char *doing, struct err *err)
{
	const char *name = merge_name(d->merge, node);
	int num = errno;
	char shown[160];

	text_escape(shown, sizeof(shown), name, strlen(name));
	errno = num;
	return err_sys(err, "%s the directory '%s'", doing, shown);
}

/* Opens one, whose parent is open. */
static int open_child(struct dirs *d, struct dir *parent, uint32_t node, bool make,
		      struct dir **ret, struct err *err)
{
	struct node *n = merge_node(d->merge, node);
	const char *name = merge_name(d->merge, node);
	struct dir *room = find_room(d);

	if (!room)
		return err_set(err, EBUSY, "too many directories in use");
	if (make && !n->made) {
		if (mkdirat(parent->fd, name, 0700) < 0)
			return fail(d, node, "making", err);
		n->made = true;
	}
	room->fd = openat(parent->fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (room->fd < 0)
		return fail(d, node, "opening", err);
	room->node = node;
	n->slot = (uint16_t)(room - d->kept + 1);
	*ret = room;
	return 0;
}

int dirs_open(struct dirs *d, uint32_t node, bool make, struct dir **ret, struct err *err)
{
	uint32_t way[MERGE_DEPTH_MAX + 1];
	struct dir *dir = &d->top;
	size_t depth = 0;
	int r = 0;

	for (; node != NODE_ROOT; node = merge_node(d->merge, node)->parent) {
		uint16_t slot = merge_node(d->merge, node)->slot;

		if (slot) {
			dir = &d->kept[slot - 1];
			break;
		}
		way[depth++] = node;
	}
	dir->used = ++d->clock;
	while (depth > 0 && r == 0) {
		struct dir *parent = dir;

		atomic_fetch_add(&parent->pins, 1);
		r = open_child(d, parent, way[--depth], make, &dir, err);
		atomic_fetch_sub(&parent->pins, 1);
		dir->used = ++d->clock;
	}
	if (r == 0)
		*ret = dir;
	return r;
}

int dirs_make_missing(struct dirs *d, struct err *err)
{
	struct dir *dir;
	int r = 0;

	for (uint32_t id = NODE_ROOT; id < merge_count(d->merge) && r == 0; id++)
		if (merge_node(d->merge, id)->kind == NODE_DIR && !merge_node(d->merge, id)->made)
			r = dirs_open(d, id, true, &dir, err);
	return r;
}
