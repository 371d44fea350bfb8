// SPDX-License-Identifier: MIT
/*
 * Canaries that are small file systems with something special about them: covered, read-only, taken
 * apart while the probe looks. The arena mounts them; a container with a root of its own gets them
 * bound in. Only ever made in an arena.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "check/canary.h"

#define BOUND_AT "/run/tree"

enum { NO_SPECIALS = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC };

int canary_tree(struct scene *s, const char *above, struct err *err)
{
	int r;

	snprintf(s->path, sizeof(s->path), "%s/%s", above, s->name);
	if (mkdir(s->path, 0755) < 0)
		return err_sys(err, "%s", s->path);
	if (mount("canary", s->path, "tmpfs", 0, "size=64k,mode=755") < 0)
		return err_sys(err, "%s", s->path);
	r = open(s->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return r < 0 ? err_sys(err, "%s", s->path) : r;
}

void canary_tree_remove(struct scene *s)
{
	if (!s->path[0])
		return;
	/* also what a container piled up on it */
	while (umount2(s->path, MNT_DETACH) == 0)
		;
	rmdir(s->path);
}

bool canary_is_mounted(const struct scene *s)
{
	struct stat above, top;
	char parent[sizeof(s->path) + 4];

	snprintf(parent, sizeof(parent), "%s/..", s->path);
	return stat(parent, &above) == 0 && stat(s->path, &top) == 0 && above.st_dev != top.st_dev;
}

void canary_tree_bring(struct scene *s, const char *below)
{
	snprintf(s->saved, sizeof(s->saved), "%s%s", s->path, below);
	s->bind = (struct bind_spec){ .source = s->saved, .target = BOUND_AT };
	s->spec.binds = &s->bind;
	s->spec.bind_count = 1;
	scene_arg(s, "path", "%s", s->guards & GUARD(ROOT) ? BOUND_AT : s->saved);
}

static int plant_covered(struct scene *s, struct err *err)
{
	AUTO_CLOSE int tree = canary_tree(s, "", err);
	AUTO_CLOSE int dir = -1;
	char cover[sizeof(s->path) + 8];
	int r;

	if (tree < 0)
		return tree;
	canary_tree_bring(s, "");
	snprintf(cover, sizeof(cover), "%s/dir", s->path);
	if (mkdirat(tree, "dir", 0755) < 0 || mkdirat(tree, "aside", 0755) < 0)
		return err_sys(err, "%s", cover);
	dir = openat(tree, "dir", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	r = dir < 0 ? err_sys(err, "%s", cover) : canary_write(s, dir, "token", 0644, err);
	if (r == 0 && mount("cover", cover, "tmpfs", 0, "size=64k,mode=755") < 0)
		r = err_sys(err, "%s", cover);
	return r;
}

const struct canary canary_covered = {
	.about = "a file system with the token in dir/token, which a mount on dir covers",
	.plant = plant_covered,
	.remove = canary_tree_remove,
};

static int plant_restricted(struct scene *s, struct err *err)
{
	struct mount_attr attr = {
		.attr_set = NO_SPECIALS | MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOATIME,
		.attr_clr = MOUNT_ATTR__ATIME,
	};
	AUTO_CLOSE int tree = canary_tree(s, "", err);
	int r = tree < 0 ? tree : canary_write(s, tree, "token", 0644, err);

	if (r < 0)
		return r;
	canary_tree_bring(s, "");
	if (mount_setattr(tree, "", AT_EMPTY_PATH, &attr, sizeof(attr)) < 0)
		return err_sys(err, "%s", s->path);
	return 0;
}

const struct canary canary_restricted = {
	.about = "a mount of the host: read-only, without set-user-id, devices, programs and atime",
	.plant = plant_restricted,
	.remove = canary_tree_remove,
};

static int plant_resizable(struct scene *s, struct err *err)
{
	AUTO_CLOSE int tree = canary_tree(s, "", err);
	struct statvfs st;

	if (tree < 0)
		return tree;
	canary_tree_bring(s, "");
	if (fstatvfs(tree, &st) < 0)
		return err_sys(err, "%s", s->path);
	s->number = (long)st.f_blocks;
	return 0;
}

static int was_resized(struct scene *s, struct err *err)
{
	struct statvfs st;

	if (statvfs(s->path, &st) < 0)
		return err_sys(err, "%s", s->path);
	return s->number != (long)st.f_blocks;
}

const struct canary canary_resizable = {
	.about = "a file system of the host, and who looks at its size afterwards",
	.plant = plant_resizable,
	.witness = was_resized,
	.remove = canary_tree_remove,
};

static int plant_renamed(struct scene *s, struct err *err)
{
	AUTO_CLOSE int tree = canary_tree(s, "", err);

	if (tree < 0)
		return tree;
	canary_tree_bring(s, "/in");
	if (mkdirat(tree, "in", 0755) < 0 || mkdirat(tree, "in/deep", 0755) < 0 ||
	    mkdirat(tree, "out", 0755) < 0)
		return err_sys(err, "%s", s->path);
	return canary_write(s, tree, "token", 0644, err);
}

/* Out of the directory that is bound into the container, while the probe stands in it. */
static int rename_out(struct scene *s, struct err *err)
{
	char from[sizeof(s->path) + 16], to[sizeof(s->path) + 16];

	snprintf(from, sizeof(from), "%s/in/deep", s->path);
	snprintf(to, sizeof(to), "%s/out/deep", s->path);
	return rename(from, to) < 0 ? err_sys(err, "%s", from) : 0;
}

const struct canary canary_renamed = {
	.about =
		"a directory that the host moves, while the probe stands in it, to beside the token",
	.plant = plant_renamed,
	.stimulus = rename_out,
	.remove = canary_tree_remove,
};

/*
 * The token lies beside what is bound, in a directory whose handle is known. A directory: by a file's
 * handle only the initial user namespace's root could get there. name_to_handle_at(2)
 */
static int plant_handle(struct scene *s, struct err *err)
{
	AUTO_CLOSE int tree = canary_tree(s, "", err);
	AUTO_CLOSE int beside = -1;
	int r;

	if (tree < 0)
		return tree;
	canary_tree_bring(s, "/in");
	if (mkdirat(tree, "in", 0755) < 0 || mkdirat(tree, "beside", 0755) < 0)
		return err_sys(err, "%s", s->path);
	beside = openat(tree, "beside", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	r = beside < 0 ? err_sys(err, "%s", s->path) : canary_write(s, beside, "token", 0644, err);
	if (r < 0)
		return r;
	return canary_pass_handle(s, tree, "beside", 0, err);
}

const struct canary canary_handle = {
	.about = "a file handle of a directory beside the one that the container has",
	.plant = plant_handle,
	.remove = canary_tree_remove,
};
