// SPDX-License-Identifier: MIT
/*
 * Layers downwards, uppermost first: what a layer has counts unless an upper one has hidden it. It
 * is decided without knowing the layers below, on the assumption that a directory that a layer has
 * files in without listing it is one there too. A node remembers who assumed that (`assumed`); when
 * a lower layer has something else there, or when anything else is unusual, MERGE_AGAIN.
 */
#include <string.h>

#include "image/merge_nodes.h"

/* Steps into a child on the way to an entry; 1: can't be decided. */
static int enter(struct merge *m, uint32_t id, bool *hidden)
{
	struct node *n = &m->nodes[id];

	if (n->nondir == m->layer)
		return 1;
	if (n->dir != m->layer)
		n->assumed = true;
	switch (n->kind) {
	case NODE_GONE:
		if (n->layer == m->layer)
			return 1;
		*hidden = true;
		break;
	case NODE_FILE:
	case NODE_LINK:
		*hidden = true;
		break;
	default:
		break;
	}
	if (n->opaque > m->layer)
		*hidden = true;
	return 0;
}

/*
 * The node of a clean path, and whether what this layer has below it is hidden. With `create`,
 * directories on the way that nothing hides are there from now on, even if the entry itself is.
 */
static int walk(struct merge *m, const char *dir, bool create, uint32_t *ret, bool *hidden,
		struct err *err)
{
	uint32_t id = NODE_ROOT;

	*hidden = m->nodes[NODE_ROOT].opaque > m->layer;
	while (*dir) {
		size_t len = strcspn(dir, "/");
		bool seen = create && !*hidden;
		int r = node_child(m, id, dir, len, &id, err);

		if (r < 0 || (r = enter(m, id, hidden)))
			return r;
		if (seen && m->nodes[id].kind == NODE_NONE) {
			m->nodes[id].kind = NODE_DIR;
			m->nodes[id].layer = m->layer;
		}
		dir += len + (dir[len] == '/');
	}
	*ret = id;
	return 0;
}

static void hide_below(struct node *n, uint16_t layer)
{
	if (n->opaque < layer)
		n->opaque = layer;
}

static int directory(struct merge *m, uint32_t id, bool hidden, struct merge_step *ret)
{
	struct node *n = &m->nodes[id];

	if (n->nondir == m->layer)
		return 1;
	n->dir = m->layer;
	if (hidden || n->kind == NODE_FILE || n->kind == NODE_LINK ||
	    (n->kind == NODE_GONE && n->layer > m->layer) || (n->announced && n->layer > m->layer))
		return 0;
	if (n->kind == NODE_GONE)
		hide_below(n, m->layer);
	n->kind = NODE_DIR;
	n->layer = m->layer;
	n->announced = true;
	*ret = (struct merge_step){ .act = MERGE_WRITE, .node = id };
	return 0;
}

/* Anything but a directory; 1: can't be decided. */
static int file(struct merge *m, uint32_t id, bool hidden, bool is_link, struct merge_step *ret)
{
	struct node *n = &m->nodes[id];

	if (n->assumed || n->nondir == m->layer || n->dir == m->layer)
		return 1;
	n->nondir = m->layer;
	if (n->kind == NODE_DIR)
		hide_below(n, m->layer);
	if (hidden || (n->kind != NODE_NONE && n->layer > m->layer) || n->kind == NODE_DIR)
		return 0;
	n->kind = is_link ? NODE_LINK : NODE_FILE;
	n->layer = m->layer;
	*ret = (struct merge_step){ .act = MERGE_WRITE, .node = id };
	return 0;
}

/* Only links inside one layer: others need what lower layers have. */
static int hardlink(struct merge *m, const struct plan *plan, uint32_t id, bool hidden,
		    struct merge_step *ret, struct err *err)
{
	const char *name = plan->target.name;
	bool target_hidden;
	uint32_t dir, target;
	int r = walk(m, plan->target.dir, false, &dir, &target_hidden, err);

	if (r)
		return r;
	target = node_find(m, dir, name, strlen(name));
	if (!target || target == id || m->nodes[target].nondir != m->layer)
		return 1;
	r = file(m, id, hidden, m->nodes[target].kind == NODE_LINK, ret);
	if (r || ret->act == MERGE_SKIP)
		return r;
	/* the content was skipped, as nobody had asked for it under its own name */
	if (m->nodes[target].layer != m->layer || target_hidden)
		return 1;
	ret->act = MERGE_LINK;
	ret->target = target;
	return 0;
}

static int whiteout(struct merge *m, uint32_t id, bool hidden)
{
	struct node *n = &m->nodes[id];

	if (hidden)
		return 0;
	if (n->kind == NODE_NONE) {
		n->kind = NODE_GONE;
		n->layer = m->layer;
	} else if (n->kind == NODE_DIR) {
		/* it begins anew, with an owner and a mode that no lower layer may give it */
		if (!n->announced)
			return 1;
		hide_below(n, m->layer);
	}
	return 0;
}

static int decide(struct merge *m, const struct plan *plan, const struct entry *e,
		  struct merge_step *ret, struct err *err)
{
	const char *name = plan->at.name;
	uint32_t dir, id;
	bool hidden;
	int r;

	if (plan->act == PLAN_ROOT)
		return directory(m, NODE_ROOT, false, ret);
	r = walk(m, plan->at.dir, plan->act == PLAN_WRITE, &dir, &hidden, err);
	if (r)
		return r;
	if (plan->act == PLAN_OPAQUE) {
		if (!hidden)
			hide_below(&m->nodes[dir], m->layer);
		return 0;
	}
	r = node_child(m, dir, name, strlen(name), &id, err);
	if (r < 0)
		return r;
	if (plan->act == PLAN_WHITEOUT)
		return whiteout(m, id, hidden);
	if (e->hardlink)
		return hardlink(m, plan, id, hidden, ret, err);
	if (S_ISDIR(e->mode))
		return directory(m, id, hidden, ret);
	return file(m, id, hidden, S_ISLNK(e->mode), ret);
}

int merge_down(struct merge *m, const struct plan *plan, const struct entry *e,
	       struct merge_step *ret, struct err *err)
{
	int r = decide(m, plan, e, ret, err);

	if (r == 1)
		ret->act = MERGE_AGAIN;
	return r < 0 ? r : 0;
}
