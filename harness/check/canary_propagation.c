// SPDX-License-Identifier: MIT
/* Canaries that are mounts on a shared mount of the host: what happens to one happens to its peers. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "check/canary.h"
#include "container/arena.h"

static int plant_shared(struct scene *s, struct err *err)
{
	AUTO_CLOSE int tree = canary_tree(s, ARENA_SHARED, err);

	scene_arg(s, "path", "%s", s->path);
	return tree < 0 ? tree : 0;
}

static int is_gone(struct scene *s, struct err *err)
{
	(void)err;
	return !canary_is_mounted(s);
}

const struct canary canary_shared_mount = {
	.about = "a mount on a shared mount of the host, and who looks whether it is there still",
	.plant = plant_shared,
	.witness = is_gone,
	.remove = canary_tree_remove,
};

static int plant_shared_cover(struct scene *s, struct err *err)
{
	AUTO_CLOSE int tree = canary_tree(s, ARENA_SHARED, err);
	AUTO_CLOSE int dir = -1;
	char path[sizeof(s->path) + 8];
	int r;

	if (tree < 0)
		return tree;
	scene_arg(s, "path", "%s", s->path);
	snprintf(path, sizeof(path), "%s/dir", s->path);
	if (mkdirat(tree, "dir", 0755) < 0)
		return err_sys(err, "%s", path);
	dir = openat(tree, "dir", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	r = dir < 0 ? err_sys(err, "%s", path) : canary_write(s, dir, "token", 0644, err);
	if (r == 0 && mount("cover", path, "tmpfs", 0, "size=64k,mode=755") < 0)
		r = err_sys(err, "%s", path);
	return r;
}

static int uncover(struct scene *s, struct err *err)
{
	char path[sizeof(s->path) + 8];

	snprintf(path, sizeof(path), "%s/dir", s->path);
	return umount2(path, 0) < 0 ? err_sys(err, "%s", path) : 0;
}

const struct canary canary_shared_cover = {
	.about = "a covered file, which the host uncovers on a shared mount while the probe waits",
	.plant = plant_shared_cover,
	.stimulus = uncover,
	.remove = canary_tree_remove,
};

static int plant_bind_in(struct scene *s, struct err *err)
{
	AUTO_CLOSE int tree = canary_tree(s, ARENA_SHARED, err);
	AUTO_CLOSE int dir = -1;

	if (tree < 0)
		return tree;
	scene_arg(s, "dir", "%s/to", s->path);
	if (mkdirat(tree, "from", 0755) < 0 || mkdirat(tree, "to", 0755) < 0)
		return err_sys(err, "%s", s->path);
	dir = openat(tree, "from", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return dir < 0 ? err_sys(err, "%s", s->path) : canary_write(s, dir, "token", 0644, err);
}

static int bind_in(struct scene *s, struct err *err)
{
	char from[sizeof(s->path) + 8], to[sizeof(s->path) + 8];

	snprintf(from, sizeof(from), "%s/from", s->path);
	snprintf(to, sizeof(to), "%s/to", s->path);
	return mount(from, to, NULL, MS_BIND, NULL) < 0 ? err_sys(err, "%s", to) : 0;
}

const struct canary canary_bind_in = {
	.about =
		"a directory on a shared mount, to which the host binds the token while the probe waits",
	.plant = plant_bind_in,
	.stimulus = bind_in,
	.remove = canary_tree_remove,
};

/* The number of the peer group that the mount on s->path is in: proc(5), mountinfo. */
static long peer_group(const struct scene *s, struct err *err)
{
	AUTO_TEXT struct text text = { 0 };
	char field[sizeof(s->path) + 4];
	int r = file_read(AT_FDCWD, "/proc/self/mountinfo", 1 << 20, &text);
	const char *at;

	if (r < 0)
		return err_set(err, -r, "/proc/self/mountinfo: cannot be read");
	snprintf(field, sizeof(field), " %s ", s->path);
	at = strstr(text.str, field);
	at = at ? strstr(at, "shared:") : NULL;
	if (!at)
		return err_set(err, EPROTO, "%s is not shared", s->path);
	return strtol(at + strlen("shared:"), NULL, 10);
}

static int plant_peer_group(struct scene *s, struct err *err)
{
	int r = plant_shared(s, err);
	long group = r < 0 ? r : peer_group(s, err);

	if (group < 0)
		return (int)group;
	scene_arg(s, "group", "%ld", group);
	return 0;
}

const struct canary canary_peer_group = {
	.about = "a shared mount of the host; the number of its peer group is known",
	.lasts = true,
	.plant = plant_peer_group,
	.remove = canary_tree_remove,
};

static int plant_joinable(struct scene *s, struct err *err)
{
	AUTO_CLOSE int tree = canary_tree(s, ARENA_SHARED, err);

	if (tree < 0)
		return tree;
	canary_tree_bring(s, "");
	scene_arg(s, "token", "%s", s->token);
	/* leaked on purpose: no O_CLOEXEC */
	s->fds[0] = open(s->path, O_PATH | O_DIRECTORY);
	return s->fds[0] < 0 ? err_sys(err, "%s", s->path) : 0;
}

const struct canary canary_joinable = {
	.about =
		"a shared mount that the container has a private copy of, left open by its creator",
	.plant = plant_joinable,
	.witness = canary_see_token,
	.remove = canary_tree_remove,
};

static int plant_shared_clone(struct scene *s, struct err *err)
{
	AUTO_CLOSE int tree = canary_tree(s, ARENA_SHARED, err);

	if (tree < 0)
		return tree;
	scene_arg(s, "token", "%s", s->token);
	/* leaked on purpose: no OPEN_TREE_CLOEXEC */
	s->fds[0] = open_tree(AT_FDCWD, s->path, OPEN_TREE_CLONE);
	return s->fds[0] < 0 ? err_sys(err, "%s", s->path) : 0;
}

const struct canary canary_shared_clone = {
	.about = "a clone of a shared mount, left open by its creator, and who looks at the mount",
	.plant = plant_shared_clone,
	.witness = canary_see_token,
	.remove = canary_tree_remove,
};
