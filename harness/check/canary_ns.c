// SPDX-License-Identifier: MIT
/*
 * Canaries that are a namespace which the creator left open: whoever holds the descriptor may enter
 * it by setns(2). Each comes with something to be seen in there.
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "check/canary.h"

/* Left open on purpose, and not as one of the three that the container gets anew. */
static int leak_ns(struct scene *s, const char *name, struct err *err)
{
	AUTO_CLOSE int fd = -1;
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/ns/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	s->fds[0] = fd < 0 ? -1 : fcntl(fd, F_DUPFD, 3);
	if (s->fds[0] < 0)
		return err_sys(err, "%s", path);
	scene_arg(s, "fd", "%d", s->fds[0]);
	return 0;
}

static int plant_uts_fd(struct scene *s, struct err *err)
{
	int r = canary_rename.plant(s, err);

	r = r < 0 ? r : canary_rename.stimulus(s, err);
	return r < 0 ? r : leak_ns(s, "uts", err);
}

static void remove_uts_fd(struct scene *s)
{
	canary_rename.remove(s);
}

const struct canary canary_uts_fd = {
	.about = "the creator's uts namespace left open, where the hostname is the token",
	.plant = plant_uts_fd,
	.remove = remove_uts_fd,
};

static int plant_ipc_fd(struct scene *s, struct err *err)
{
	int r = canary_shm.plant(s, err);

	return r < 0 ? r : leak_ns(s, "ipc", err);
}

static void remove_ipc_fd(struct scene *s)
{
	canary_shm.remove(s);
}

const struct canary canary_ipc_fd = {
	.about = "the creator's ipc namespace left open, with the token in shared memory",
	.plant = plant_ipc_fd,
	.remove = remove_ipc_fd,
};

static int plant_time_fd(struct scene *s, struct err *err)
{
	int r = canary_clock.plant(s, err);

	return r < 0 ? r : leak_ns(s, "time", err);
}

const struct canary canary_time_fd = {
	.about = "the creator's time namespace left open, with the host's monotonic clock",
	.dies_with_us = true,
	.plant = plant_time_fd,
};

static int plant_cgroup_fd(struct scene *s, struct err *err)
{
	int r = canary_cgroup.plant(s, err);

	return r < 0 ? r : leak_ns(s, "cgroup", err);
}

const struct canary canary_cgroup_fd = {
	.about =
		"the creator's cgroup namespace left open, where the container's cgroup is the token",
	.plant = plant_cgroup_fd,
};
