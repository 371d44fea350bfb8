// SPDX-License-Identifier: MIT
/*
 * Canaries in the cgroup hierarchy: a directory beside the container's, whose name ends with the
 * token. It lies below the arena's own, which the janitor clears away whatever happens.
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "check/canary.h"
#include "container/cgroup.h"

static int plant_sibling(struct scene *s, struct err *err)
{
	snprintf(s->path, sizeof(s->path), "%s-%s", s->name, s->token);
	scene_arg(s, "name", "%s", s->name);
	scene_arg(s, "sibling", "/sys/fs/cgroup/%s", s->path);
	s->fds[0] = cgroup_leaf(s->ground->cgroup_dir, s->path, err);
	return s->fds[0] < 0 ? s->fds[0] : 0;
}

static void remove_sibling(struct scene *s)
{
	canary_kill(s);
	if (s->path[0])
		cgroup_leaf_remove(s->ground->cgroup_dir, s->path);
}

const struct canary canary_sibling = {
	.about = "a cgroup beside the container's, whose name ends with the token",
	.lasts = true,
	.plant = plant_sibling,
	.remove = remove_sibling,
};

static int enter_sibling(struct scene *s, struct err *err)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", s->pid);
	if (file_write(s->fds[0], "cgroup.procs", pid) < 0)
		return err_sys(err, "cgroup.procs");
	return 0;
}

static int plant_sibling_event(struct scene *s, struct err *err)
{
	int r = plant_sibling(s, err);

	return r < 0 ? r : canary_spawn(s, err);
}

static int plant_sibling_process(struct scene *s, struct err *err)
{
	int r = plant_sibling_event(s, err);

	return r < 0 ? r : enter_sibling(s, err);
}

const struct canary canary_sibling_process = {
	.about = "a sleeping process in a cgroup of its own, whose name ends with the token",
	.lasts = true,
	.plant = plant_sibling_process,
	.remove = remove_sibling,
};

const struct canary canary_sibling_event = {
	.about = "an empty cgroup, which a process enters while the probe waits",
	.plant = plant_sibling_event,
	.stimulus = enter_sibling,
	.remove = remove_sibling,
};

static int plant_cgroup_dir(struct scene *s, struct err *err)
{
	int r = plant_sibling(s, err);

	if (r < 0)
		return r;
	/* left open on purpose, and not as one of the three that the container gets anew */
	s->fds[1] = fcntl(s->ground->cgroup_dir, F_DUPFD, 3);
	if (s->fds[1] < 0)
		return err_sys(err, "fcntl");
	scene_arg(s, "fd", "%d", s->fds[1]);
	return 0;
}

const struct canary canary_cgroup_dir = {
	.about =
		"the host's cgroup directory left open, with one in it whose name ends with the token",
	.plant = plant_cgroup_dir,
	.remove = remove_sibling,
};
