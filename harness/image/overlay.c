// SPDX-License-Identifier: MIT
/* What overlayfs wants of a layer's tree: see overlay.h. */
#include "image/overlay.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/xattr.h>

#define TRUSTED_OPAQUE "trusted.overlay.opaque"
#define USER_OPAQUE    "user.overlay.opaque"
#define TRUSTED_ORIGIN "trusted.overlay.origin"
#define USER_ORIGIN    "user.overlay.origin"

bool overlay_user_attrs(const struct image_unpack_opts *opts)
{
	return opts->owners_dropped || opts->id_count;
}

static bool holds_whiteout(struct merge *m, uint32_t dir)
{
	for (uint32_t id = merge_node(m, dir)->child; id; id = merge_node(m, id)->sibling)
		if (merge_node(m, id)->kind == NODE_GONE)
			return true;
	return false;
}

/*
 * A whiteout hides what is below, but where nothing is below overlayfs lists its name, though the
 * file can't be found; unless the directory looks like one that was copied up, of unknown origin.
 */
int overlay_mark_dir(struct merge *m, uint32_t id, int fd, const struct image_unpack_opts *opts,
		     struct err *err)
{
	bool user = overlay_user_attrs(opts);

	if (merge_node(m, id)->opaque &&
	    fsetxattr(fd, user ? USER_OPAQUE : TRUSTED_OPAQUE, "y", 1, 0) < 0)
		return err_sys(err, "marking it as opaque");
	if (holds_whiteout(m, id) &&
	    fsetxattr(fd, user ? USER_ORIGIN : TRUSTED_ORIGIN, "", 0, 0) < 0)
		return err_sys(err, "marking it as one with whiteouts");
	return 0;
}

/*
 * An opaque directory, and all below one, begins anew: what layers below have is hidden, its owner,
 * mode and time too. Only the opaque marker of a directory that is not listed speaks of the content
 * alone.
 */
static bool inherits(struct merge *m, uint32_t id)
{
	const struct node *n = merge_node(m, id);

	if (n->announced || id == NODE_ROOT || (n->opaque && !n->assumed))
		return false;
	while (id != NODE_ROOT) {
		id = merge_node(m, id)->parent;
		if (merge_node(m, id)->opaque)
			return false;
	}
	return true;
}

/* The path of a node below the root; it begins at the returned place in `buf`. -ENAMETOOLONG. */
static int path_of(struct merge *m, uint32_t id, char buf[PATH_MAX], const char **ret)
{
	size_t at = PATH_MAX - 1;

	buf[at] = '\0';
	for (; id != NODE_ROOT; id = merge_node(m, id)->parent) {
		const char *name = merge_name(m, id);
		size_t len = strlen(name);

		if (at < len + 1)
			return -ENAMETOOLONG;
		at -= len;
		memcpy(buf + at, name, len);
		buf[--at] = '/';
	}
	*ret = buf + at + 1;
	return 0;
}

int overlay_inherit(struct merge *m, uint32_t id, int fd, const struct image_unpack_opts *opts,
		    struct err *err)
{
	char buf[PATH_MAX];
	const char *path;

	if (!inherits(m, id))
		return 0;
	if (path_of(m, id, buf, &path) < 0)
		return err_set(err, EBADMSG, "a path of directories is too long");
	if (opts->inherit)
		return opts->inherit(opts->inherit_data, path, fd, err);
	return err_set(err, EBADMSG, "its layer has files in it without listing it");
}

bool overlay_is_opaque(int fd, bool user_attrs)
{
	char value;

	return fgetxattr(fd, user_attrs ? USER_OPAQUE : TRUSTED_OPAQUE, &value, 1) == 1 &&
	       value == 'y';
}
