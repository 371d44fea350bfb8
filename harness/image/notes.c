// SPDX-License-Identifier: MIT
/* What directories get at the end: see notes.h. */
#include "image/notes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Attributes with their names and values, in one block. */
static struct entry_xattr *copy_xattrs(const struct entry *e)
{
	size_t size = e->xattr_count * sizeof(struct entry_xattr);
	struct entry_xattr *list;
	char *at;

	for (size_t i = 0; i < e->xattr_count; i++)
		size += strlen(e->xattrs[i].name) + 1 + e->xattrs[i].size;
	list = malloc(size);
	if (!list)
		return NULL;
	at = (char *)(list + e->xattr_count);
	for (size_t i = 0; i < e->xattr_count; i++) {
		const struct entry_xattr *x = &e->xattrs[i];

		list[i] = (struct entry_xattr){ .name = at, .size = x->size };
		at = stpcpy(at, x->name) + 1;
		list[i].value = at;
		memcpy(at, x->value, x->size);
		at += x->size;
	}
	return list;
}

int notes_add(struct notes *n, const struct meta *meta, const struct entry *e, uint32_t *ret,
	      struct err *err)
{
	struct note note = { .meta = *meta, .xattr_count = e->xattr_count };

	if (n->count == n->room) {
		size_t room = n->room ? n->room * 2 : 64;
		void *grown = reallocarray(n->list, room, sizeof(note));

		if (!grown)
			return err_set(err, ENOMEM, "out of memory");
		n->list = grown;
		n->room = room;
	}
	if (e->xattr_count) {
		note.xattrs = copy_xattrs(e);
		if (!note.xattrs)
			return err_set(err, ENOMEM, "out of memory");
	}
	n->list[n->count++] = note;
	*ret = (uint32_t)n->count;
	return 0;
}

const struct note *notes_get(const struct notes *n, uint32_t number)
{
	return &n->list[number - 1];
}

void notes_done(struct notes *n)
{
	for (size_t i = 0; i < n->count; i++)
		free(n->list[i].xattrs);
	free(n->list);
	*n = (struct notes){ 0 };
}
