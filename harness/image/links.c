// SPDX-License-Identifier: MIT
/* Hard links: see links.h. */
#include "image/links.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

int links_add(struct links *l, uint32_t node, uint32_t target, struct err *err)
{
	if (l->count == l->room) {
		size_t room = l->room ? l->room * 2 : 64;
		void *grown = reallocarray(l->list, room, sizeof(*l->list));

		if (!grown)
			return err_set(err, ENOMEM, "out of memory");
		l->list = grown;
		l->room = room;
	}
	l->list[l->count].node = node;
	l->list[l->count++].target = target;
	return 0;
}

static int make(struct dirs *dirs, uint32_t node, uint32_t target, struct err *err)
{
	const char *name = merge_name(dirs->merge, node);
	struct dir *from, *to;
	char shown[160];
	int r = dirs_open(dirs, merge_node(dirs->merge, target)->parent, false, &from, err);

	if (r < 0)
		return r;
	atomic_fetch_add(&from->pins, 1);
	r = dirs_open(dirs, merge_node(dirs->merge, node)->parent, false, &to, err);
	atomic_fetch_sub(&from->pins, 1);
	if (r < 0)
		return r;
	if (linkat(from->fd, merge_name(dirs->merge, target), to->fd, name, 0) == 0)
		return 0;
	r = errno;
	text_escape(shown, sizeof(shown), name, strlen(name));
	return err_set(err, r, "the hard link '%s': %s", shown, strerror(r));
}

int links_make(struct links *l, struct dirs *dirs, struct err *err)
{
	int r = 0;

	for (size_t i = 0; i < l->count && r == 0; i++)
		r = make(dirs, l->list[i].node, l->list[i].target, err);
	l->count = 0;
	return r;
}

void links_done(struct links *l)
{
	free(l->list);
	*l = (struct links){ 0 };
}
