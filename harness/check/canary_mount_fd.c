// SPDX-License-Identifier: MIT
/*
 * Canaries that the creator left open: mounts of the host, attached or not, behind descriptors that
 * the container inherits.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "check/canary.h"
#include "container/arena.h"

static int plant_leaked_tree(struct scene *s, struct err *err)
{
	AUTO_CLOSE int fs = fsopen("tmpfs", FSOPEN_CLOEXEC);

	if (fs < 0 || fsconfig(fs, FSCONFIG_SET_STRING, "mode", "755", 0) < 0 ||
	    fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return err_sys(err, "tmpfs");
	/* leaked on purpose: no FSMOUNT_CLOEXEC */
	s->fds[0] = fsmount(fs, 0, 0);
	if (s->fds[0] < 0)
		return err_sys(err, "fsmount");
	scene_arg(s, "name", "%s", s->name);
	return canary_write(s, s->fds[0], s->name, 0644, err);
}

const struct canary canary_leaked_tree = {
	.about =
		"a file system that the creator left open without mounting it, with the token in a file",
	.dies_with_us = true,
	.plant = plant_leaked_tree,
};

static int plant_leaked_mount(struct scene *s, struct err *err)
{
	AUTO_CLOSE int tree = canary_tree(s, ARENA_SHARED, err);
	int r = tree < 0 ? tree : canary_write(s, tree, s->name, 0644, err);

	if (r < 0)
		return r;
	scene_arg(s, "name", "%s", s->name);
	scene_arg(s, "token", "%s", s->token);
	/* leaked on purpose: no O_CLOEXEC */
	s->fds[0] = open(s->path, O_PATH | O_DIRECTORY);
	return s->fds[0] < 0 ? err_sys(err, "%s", s->path) : 0;
}

const struct canary canary_leaked_mount = {
	.about = "a mount of the host that the creator left open, and who looks at it afterwards",
	.plant = plant_leaked_mount,
	.witness = canary_see_token,
	.remove = canary_tree_remove,
};

static int is_gone(struct scene *s, struct err *err)
{
	if (faccessat(AT_FDCWD, s->path, F_OK, 0) < 0)
		return err_sys(err, "%s", s->path);
	return !canary_is_mounted(s);
}

const struct canary canary_leaked_mount_gone = {
	.about =
		"a mount of the host that the creator left open, and who looks whether it is there still",
	.plant = plant_leaked_mount,
	.witness = is_gone,
	.remove = canary_tree_remove,
};

static int is_read_only(struct scene *s, struct err *err)
{
	struct statvfs st;

	if (statvfs(s->path, &st) < 0)
		return err_sys(err, "%s", s->path);
	return (st.f_flag & ST_RDONLY) != 0;
}

const struct canary canary_leaked_mount_ro = {
	.about =
		"a mount of the host that the creator left open, and who looks whether it is writable still",
	.plant = plant_leaked_mount,
	.witness = is_read_only,
	.remove = canary_tree_remove,
};

static int plant_climb(struct scene *s, struct err *err)
{
	snprintf(s->path, sizeof(s->path), "/%s", s->name);
	scene_arg(s, "name", "%s", s->name);
	/* leaked on purpose: no O_CLOEXEC */
	s->fds[0] = open(ARENA_SHARED, O_PATH | O_DIRECTORY);
	if (s->fds[0] < 0)
		return err_sys(err, "%s", ARENA_SHARED);
	return canary_write(s, AT_FDCWD, s->path, 0644, err);
}

static void remove_climb(struct scene *s)
{
	if (s->path[0])
		unlink(s->path);
}

const struct canary canary_climb = {
	.about = "a directory that the creator left open, somewhere below the file with the token",
	.plant = plant_climb,
	.remove = remove_climb,
};
