// SPDX-License-Identifier: MIT
/* The tree that an image's layers come to: its nodes, found by parent and name. See merge.h. */
#include "image/merge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/cleanup.h"
#include "image/merge_nodes.h"

#define NODES_AT_FIRST 256
#define TEXTS_AT_FIRST 4096

/* FNV-1a with a random start, so that no archive can aim at a long chain */
static uint32_t bucket_of(const struct merge *m, uint32_t parent, const char *name, size_t len)
{
	const uint64_t prime = 0x100000001b3;
	uint64_t hash = (m->seed ^ parent) * prime;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (uint8_t)name[i]) * prime;
	return (uint32_t)(hash ^ hash >> 32) & m->bucket_mask;
}

static int no_memory(struct err *err)
{
	return err_set(err, ENOMEM, "out of memory");
}

/* Twice the room for nodes, and as many buckets. */
static int grow(struct merge *m, struct err *err)
{
	uint32_t room = m->room * 2;
	struct node *nodes = room ? reallocarray(m->nodes, room, sizeof(*nodes)) : NULL;
	uint32_t *buckets;

	if (!nodes)
		return no_memory(err);
	m->nodes = nodes;
	buckets = calloc(room, sizeof(*buckets));
	if (!buckets)
		return no_memory(err);
	free(m->buckets);
	m->buckets = buckets;
	m->bucket_mask = room - 1;
	m->room = room;
	for (uint32_t id = NODE_ROOT + 1; id < m->count; id++) {
		struct node *n = &nodes[id];
		const char *name = merge_name(m, id);
		uint32_t at;

		if (n->dropped)
			continue;
		at = bucket_of(m, n->parent, name, strlen(name));
		n->chain = buckets[at];
		buckets[at] = id;
	}
	return 0;
}

struct merge *merge_new(enum merge_order order)
{
	AUTO_MERGE struct merge *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->order = order;
	while (getrandom(&m->seed, sizeof(m->seed), 0) < 0 && errno == EINTR)
		;
	m->room = NODES_AT_FIRST;
	m->bucket_mask = NODES_AT_FIRST - 1;
	m->text_room = TEXTS_AT_FIRST;
	m->nodes = calloc(m->room, sizeof(*m->nodes));
	m->buckets = calloc(m->room, sizeof(*m->buckets));
	m->texts = malloc(m->text_room);
	if (!m->nodes || !m->buckets || !m->texts)
		return NULL;
	/* 0 is nobody; the root has no name and is there from the start */
	m->texts[0] = '\0';
	m->text_len = 1;
	m->count = NODE_ROOT + 1;
	m->nodes[NODE_ROOT] = (struct node){ .kind = NODE_DIR, .made = true };
	return STEAL_PTR(m);
}

void merge_free(struct merge **merge)
{
	struct merge *m = *merge;

	if (!m)
		return;
	free(m->nodes);
	free(m->buckets);
	free(m->texts);
	free(m->removals);
	free(m);
	*merge = NULL;
}

void merge_layer(struct merge *m, uint16_t layer)
{
	m->layer = layer;
}

struct node *merge_node(struct merge *m, uint32_t id)
{
	return &m->nodes[id];
}

uint32_t merge_count(const struct merge *m)
{
	return m->count;
}

const char *merge_name(const struct merge *m, uint32_t id)
{
	return m->texts + m->nodes[id].name;
}

uint32_t node_find(const struct merge *m, uint32_t parent, const char *name, size_t len)
{
	uint32_t id = m->buckets[bucket_of(m, parent, name, len)];

	for (; id; id = m->nodes[id].chain) {
		const char *at = merge_name(m, id);

		if (m->nodes[id].parent == parent && !strncmp(at, name, len) && !at[len])
			break;
	}
	return id;
}

int text_store(struct merge *m, const char *str, size_t len, uint32_t *ret, struct err *err)
{
	if (m->text_room - m->text_len <= len) {
		size_t room = (m->text_len + len + 1) * 2;
		char *grown = room <= UINT32_MAX ? realloc(m->texts, room) : NULL;

		if (!grown)
			return no_memory(err);
		m->texts = grown;
		m->text_room = room;
	}
	*ret = (uint32_t)m->text_len;
	memcpy(m->texts + m->text_len, str, len);
	m->text_len += len;
	m->texts[m->text_len++] = '\0';
	return 0;
}

int node_add(struct merge *m, uint32_t parent, const char *name, size_t len, uint32_t *ret,
	     struct err *err)
{
	uint16_t depth = m->nodes[parent].depth + 1;
	uint32_t at, text = 0;
	int r;

	if (depth > MERGE_DEPTH_MAX)
		return err_set(err, EBADMSG, "it lies deeper than %d directories", MERGE_DEPTH_MAX);
	r = m->count == m->room ? grow(m, err) : 0;
	if (r < 0 || (r = text_store(m, name, len, &text, err)) < 0)
		return r;
	at = bucket_of(m, parent, name, len);
	m->nodes[m->count] = (struct node){
		.parent = parent,
		.sibling = m->nodes[parent].child,
		.chain = m->buckets[at],
		.name = text,
		.depth = depth,
	};
	m->buckets[at] = m->count;
	m->nodes[parent].child = m->count;
	*ret = m->count++;
	return 0;
}

int node_child(struct merge *m, uint32_t parent, const char *name, size_t len, uint32_t *ret,
	       struct err *err)
{
	uint32_t id = node_find(m, parent, name, len);

	if (!id)
		return node_add(m, parent, name, len, ret, err);
	*ret = id;
	return 0;
}

void node_drop(struct merge *m, uint32_t id)
{
	const char *name = merge_name(m, id);
	uint32_t *at = &m->buckets[bucket_of(m, m->nodes[id].parent, name, strlen(name))];

	while (*at != id)
		at = &m->nodes[*at].chain;
	*at = m->nodes[id].chain;
	/* name and parent stay readable for the removal */
	m->nodes[id].kind = NODE_NONE;
	m->nodes[id].dropped = true;
}

int node_remove(struct merge *m, uint32_t id, struct err *err)
{
	if (!m->nodes[id].made)
		return 0;
	if (m->removal_count == m->removal_room) {
		size_t room = m->removal_room ? m->removal_room * 2 : 64;
		void *grown = reallocarray(m->removals, room, sizeof(*m->removals));

		if (!grown)
			return no_memory(err);
		m->removals = grown;
		m->removal_room = room;
	}
	m->removals[m->removal_count++] = (struct merge_removal){ id,
								  m->nodes[id].kind == NODE_DIR };
	m->nodes[id].made = false;
	return 0;
}

int merge_entry(struct merge *m, const struct plan *plan, const struct entry *entry,
		struct merge_step *ret, struct err *err)
{
	int r;

	m->removal_count = 0;
	*ret = (struct merge_step){ .act = MERGE_SKIP };
	if (plan->act == PLAN_IGNORE)
		return 0;
	if (m->order == MERGE_DOWNWARDS)
		r = merge_down(m, plan, entry, ret, err);
	else
		r = merge_up(m, plan, entry, ret, err);
	ret->removals = m->removals;
	ret->removal_count = m->removal_count;
	return r;
}
