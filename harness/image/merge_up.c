// SPDX-License-Identifier: MIT
/*
 * Layers upwards, lowest first: each entry changes the tree as it stands, as if it were written to
 * disk at once. Symbolic links among the directories of a name are followed, inside the root.
 */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "image/merge_nodes.h"

/* as the kernel: path_resolution(7) */
#define LINKS_MAX 40

/* A name on its way through the tree. */
struct walk {
	uint32_t node;
	int links;
	bool create; /* missing directories are made */
	bool moot;   /* for a whiteout that stays: what its own layer has in the way ends it */
	char *rest;  /* what is left of the name, in `buf` */
	size_t own;  /* so much of `rest`, from its end, is the entry's own; the rest a link's */
	char buf[2 * PATH_MAX];
};

static int reject_path(const struct merge *m, uint32_t id, const char *why, struct err *err)
{
	const char *name = merge_name(m, id);
	char shown[160];

	text_escape(shown, sizeof(shown), name, strlen(name));
	return err_set(err, EBADMSG, "'%s' %s", shown, why);
}

/* Goes on with the target of the link `id`. */
static int follow(struct walk *w, const struct merge *m, uint32_t id, struct err *err)
{
	const char *target = m->texts + m->nodes[id].extra;
	size_t len = strlen(target), room = (size_t)(w->rest - w->buf);

	if (++w->links > LINKS_MAX)
		return reject_path(m, id, "is a symbolic link in a circle", err);
	if (len + 1 > room)
		return reject_path(m, id, "leads to a name that is too long", err);
	if (strlen(w->rest) < w->own)
		w->own = strlen(w->rest);
	*--w->rest = '/';
	w->rest -= len;
	memcpy(w->rest, target, len);
	if (*target == '/')
		w->node = NODE_ROOT;
	return 0;
}

/* One component; returns 1 when it does not exist and is not to be made. */
static int step(struct walk *w, struct merge *m, const char *name, size_t len, struct err *err)
{
	bool from_link = strlen(w->rest) > w->own;
	uint32_t id = node_find(m, w->node, name, len);
	int r;

	if (w->moot && id && m->nodes[id].kind != NODE_NONE && m->nodes[id].kind != NODE_DIR)
		return 1;
	if (!id || m->nodes[id].kind == NODE_NONE || m->nodes[id].kind == NODE_GONE) {
		if (!w->create)
			return 1;
		if (from_link)
			return err_set(err, EBADMSG, "a symbolic link above it leads %s",
				       m->order == MERGE_OVERLAY
					       ? "out of its layer; unpack without --overlay"
					       : "nowhere");
		r = node_child(m, w->node, name, len, &id, err);
		if (r < 0)
			return r;
		/* below a whiteout of its own layer a directory begins anew */
		if (m->nodes[id].kind == NODE_GONE) {
			r = node_remove(m, id, err);
			m->nodes[id].opaque = m->layer;
		}
		m->nodes[id].kind = NODE_DIR;
		m->nodes[id].layer = m->layer;
		w->node = id;
		return r;
	}
	if (m->nodes[id].kind == NODE_LINK)
		return follow(w, m, id, err);
	if (m->nodes[id].kind == NODE_FILE)
		return w->create ? reject_path(m, id, "is not a directory", err) : 1;
	w->node = id;
	return 0;
}

static int walk(struct walk *w, struct merge *m, const char *dir, uint32_t *ret, struct err *err)
{
	int r = 0;

	w->node = NODE_ROOT;
	w->own = strlen(dir);
	w->rest = w->buf + sizeof(w->buf) - w->own - 1;
	memcpy(w->rest, dir, w->own + 1);
	while (r == 0) {
		const char *name = w->rest + strspn(w->rest, "/");
		size_t len = strcspn(name, "/");

		if (!len)
			break;
		w->rest = w->buf + (name - w->buf) + len;
		if (len == 1 && name[0] == '.')
			continue;
		if (len == 2 && !memcmp(name, "..", 2)) {
			if (w->node != NODE_ROOT)
				w->node = m->nodes[w->node].parent;
			continue;
		}
		r = step(w, m, name, len, err);
	}
	if (r == 0)
		*ret = w->node;
	return r;
}

/* The directory of a clean path, symbolic links followed; 1: not there (without `create`). */
static int resolve(struct merge *m, const char *dir, bool create, uint32_t *ret, struct err *err)
{
	struct walk w = { .create = create };

	return walk(&w, m, dir, ret, err);
}

/* The same for a whiteout; 1: there is nothing that it could hide. */
static int resolve_hiding(struct merge *m, const char *dir, uint32_t *ret, struct err *err)
{
	struct walk w = { .create = m->order == MERGE_OVERLAY, .moot = m->order == MERGE_OVERLAY };

	return walk(&w, m, dir, ret, err);
}

/* Everything below, whatever layer it is of. */
static int remove_below(struct merge *m, uint32_t dir, struct err *err)
{
	int r = 0;

	for (uint32_t id = m->nodes[dir].child; id && r == 0; id = m->nodes[id].sibling) {
		r = remove_below(m, id, err);
		if (r == 0)
			r = node_remove(m, id, err);
		if (r == 0)
			node_drop(m, id);
	}
	m->nodes[dir].child = 0;
	return r;
}

/*
 * What lower layers have below goes; returns 1 when something of this layer stays. A directory that
 * stays only because of that begins anew: with owner, mode and time of its own.
 */
static int remove_lower_below(struct merge *m, uint32_t dir, struct err *err);

static int remove_lower(struct merge *m, uint32_t id, struct err *err)
{
	int kept = remove_lower_below(m, id, err);

	if (kept < 0 || m->nodes[id].layer == m->layer)
		return kept < 0 ? kept : 1;
	if (kept) {
		m->nodes[id].announced = false;
		return 1;
	}
	return node_remove(m, id, err);
}

static int remove_lower_below(struct merge *m, uint32_t dir, struct err *err)
{
	uint32_t last = 0, next, id = m->nodes[dir].child;
	int some = 0;

	for (; id; id = next) {
		int kept = remove_lower(m, id, err);

		if (kept < 0)
			return kept;
		next = m->nodes[id].sibling;
		some |= kept;
		if (kept) {
			last = id;
			continue;
		}
		if (last)
			m->nodes[last].sibling = next;
		else
			m->nodes[dir].child = next;
		node_drop(m, id);
	}
	return some;
}

static void detach(struct merge *m, uint32_t id)
{
	uint32_t *at = &m->nodes[m->nodes[id].parent].child;

	while (*at != id)
		at = &m->nodes[*at].sibling;
	*at = m->nodes[id].sibling;
	node_drop(m, id);
}

/* The whiteout of an overlay layer stays as a file of its own. */
static int keep_whiteout(struct merge *m, uint32_t dir, const char *name, struct merge_step *ret,
			 struct err *err)
{
	uint32_t id;
	int r = node_child(m, dir, name, strlen(name), &id, err);

	if (r < 0)
		return r;
	if (m->nodes[id].kind == NODE_DIR) {
		m->nodes[id].opaque = m->layer;
	} else if (m->nodes[id].kind == NODE_NONE) {
		m->nodes[id].kind = NODE_GONE;
		m->nodes[id].layer = m->layer;
		*ret = (struct merge_step){ .act = MERGE_WHITEOUT, .node = id };
	}
	return 0;
}

static int whiteout(struct merge *m, const struct plan *plan, struct merge_step *ret,
		    struct err *err)
{
	const char *name = plan->at.name;
	uint32_t dir, id;
	int r = resolve_hiding(m, plan->at.dir, &dir, err);

	if (r)
		return r < 0 ? r : 0; /* no lower layer has it */
	if (m->order == MERGE_OVERLAY)
		return keep_whiteout(m, dir, name, ret, err);
	id = node_find(m, dir, name, strlen(name));
	r = id ? remove_lower(m, id, err) : 1;
	if (r == 0)
		detach(m, id);
	return r < 0 ? r : 0;
}

/*
 * A symbolic link in the directory's place is left alone: the marker speaks of a directory, which
 * this layer may list only after it.
 */
static int opaque(struct merge *m, const struct plan *plan, struct err *err)
{
	const char *slash = strrchr(plan->at.dir, '/'), *name = slash ? slash + 1 : plan->at.dir;
	bool overlay = m->order == MERGE_OVERLAY;
	char above[PATH_MAX];
	uint32_t dir = NODE_ROOT;
	int r = 0;

	if (*name) {
		memcpy(above, plan->at.dir, sizeof(above));
		above[slash ? slash - plan->at.dir : 0] = '\0';
		r = resolve_hiding(m, above, &dir, err);
		if (r == 0 && overlay)
			r = node_child(m, dir, name, strlen(name), &dir, err);
		else if (r == 0)
			dir = node_find(m, dir, name, strlen(name));
	}
	if (r || !dir)
		return r < 0 ? r : 0;
	if (overlay && (m->nodes[dir].kind == NODE_NONE || m->nodes[dir].kind == NODE_GONE)) {
		r = node_remove(m, dir, err);
		m->nodes[dir].kind = NODE_DIR;
		m->nodes[dir].layer = m->layer;
	}
	if (r < 0 || m->nodes[dir].kind != NODE_DIR)
		return r;
	m->nodes[dir].assumed = overlay && !m->nodes[dir].opaque;
	m->nodes[dir].opaque = m->layer;
	r = overlay ? 0 : remove_lower_below(m, dir, err);
	return r < 0 ? r : 0;
}

/* Makes room at a node for something that is no directory, or for a directory where none is. */
static int vacate(struct merge *m, uint32_t id, struct err *err)
{
	bool gone = m->nodes[id].kind == NODE_GONE;
	int r = remove_below(m, id, err);

	if (r == 0)
		r = node_remove(m, id, err);
	m->nodes[id].announced = false;
	m->nodes[id].opaque = gone ? m->layer : 0;
	return r;
}

static int hardlink(struct merge *m, const struct plan *plan, uint32_t id, struct merge_step *ret,
		    struct err *err)
{
	const char *name = plan->target.name;
	uint32_t target = 0, dir;
	char shown[160];
	int r = resolve(m, plan->target.dir, false, &dir, err);

	if (r == 0)
		target = node_find(m, dir, name, strlen(name));
	text_escape(shown, sizeof(shown), name, strlen(name));
	if (r < 0)
		return r;
	if (target == id)
		return err_set(err, EBADMSG, "it is a hard link to itself");
	if (target && m->nodes[target].kind == NODE_DIR)
		return err_set(err, EBADMSG, "it is a hard link to '%s', which is no file", shown);
	r = vacate(m, id, err);
	if (r < 0)
		return r;
	/* what was in the way may have held the target */
	if (!target || m->nodes[target].kind == NODE_NONE || m->nodes[target].kind == NODE_GONE)
		return err_set(err, EBADMSG, "it is a hard link to '%s', which is not %s", shown,
			       m->order == MERGE_OVERLAY ? "in its layer; unpack without --overlay"
							 : "there");
	m->nodes[id].kind = m->nodes[target].kind;
	m->nodes[id].extra = m->nodes[target].extra;
	ret->act = MERGE_LINK;
	ret->target = target;
	return 0;
}

static int place(struct merge *m, const struct plan *plan, const struct entry *e,
		 struct merge_step *ret, struct err *err)
{
	bool is_dir = !e->hardlink && S_ISDIR(e->mode);
	uint32_t dir, id;
	int r = resolve(m, plan->at.dir, true, &dir, err);

	if (r < 0)
		return r;
	r = node_child(m, dir, plan->at.name, strlen(plan->at.name), &id, err);
	if (r < 0)
		return r;
	ret->act = MERGE_WRITE;
	ret->node = id;
	if (e->hardlink) {
		r = hardlink(m, plan, id, ret, err);
	} else if (!is_dir || m->nodes[id].kind != NODE_DIR) {
		r = vacate(m, id, err);
		m->nodes[id].kind = is_dir ? NODE_DIR : S_ISLNK(e->mode) ? NODE_LINK : NODE_FILE;
		m->nodes[id].extra = 0;
		if (r == 0 && S_ISLNK(e->mode)) {
			uint32_t text = 0;

			r = text_store(m, e->symlink, strlen(e->symlink), &text, err);
			m->nodes[id].extra = text;
		}
	}
	m->nodes[id].layer = m->layer;
	m->nodes[id].announced = is_dir;
	return r;
}

int merge_up(struct merge *m, const struct plan *plan, const struct entry *e,
	     struct merge_step *ret, struct err *err)
{
	switch (plan->act) {
	case PLAN_WRITE:
		return place(m, plan, e, ret, err);
	case PLAN_ROOT:
		m->nodes[NODE_ROOT].announced = true;
		*ret = (struct merge_step){ .act = MERGE_WRITE, .node = NODE_ROOT };
		return 0;
	case PLAN_WHITEOUT:
		return whiteout(m, plan, ret, err);
	default:
		return opaque(m, plan, err);
	}
}
