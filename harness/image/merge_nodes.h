// SPDX-License-Identifier: MIT
/* The nodes behind merge.h: what both orders share. */
#ifndef NSPROOF_IMAGE_MERGE_NODES_H
#define NSPROOF_IMAGE_MERGE_NODES_H

#include "image/merge.h"

struct merge {
	enum merge_order order;
	uint16_t layer; /* the current one */
	struct node *nodes;
	uint32_t count, room;
	uint32_t *buckets; /* heads of the chains of equal hash */
	uint32_t bucket_mask;
	uint64_t seed;
	char *texts; /* names and link targets, each with its NUL */
	size_t text_len, text_room;
	struct merge_removal *removals;
	size_t removal_count, removal_room;
};

/* The child of that name (`len` bytes), or 0. */
uint32_t node_find(const struct merge *m, uint32_t parent, const char *name, size_t len);

/* Adds one, of NODE_NONE. -ENOMEM; -EBADMSG: too deep. */
int node_add(struct merge *m, uint32_t parent, const char *name, size_t len, uint32_t *ret,
	     struct err *err);

/* The child of that name, added when there is none. */
int node_child(struct merge *m, uint32_t parent, const char *name, size_t len, uint32_t *ret,
	       struct err *err);

/* Forgets the node, which is in nobody's list of children any more. */
void node_drop(struct merge *m, uint32_t id);

int text_store(struct merge *m, const char *str, size_t len, uint32_t *ret, struct err *err);

/* Notes that the node is to be removed from disk, if it is there. */
int node_remove(struct merge *m, uint32_t id, struct err *err);

/* The two orders: see merge_up.c and merge_down.c. */
int merge_up(struct merge *m, const struct plan *plan, const struct entry *entry,
	     struct merge_step *ret, struct err *err);
int merge_down(struct merge *m, const struct plan *plan, const struct entry *entry,
	       struct merge_step *ret, struct err *err);

#endif
