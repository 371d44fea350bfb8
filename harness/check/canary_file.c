// SPDX-License-Identifier: MIT
/* Canaries that are files, and the ways that lead to them. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "check/canary.h"

/* A directory for files of the creator's that vanish with it. */
static const char *dir_of(const struct scene *s)
{
	return s->ground->arena ? "/tmp" : s->ground->spawner->dir;
}

int canary_write(struct scene *s, int dir_fd, const char *name, mode_t mode, struct err *err)
{
	AUTO_CLOSE int fd = openat(dir_fd, name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, mode);
	char line[sizeof(s->token) + 1];

	if (fd < 0 || fchmod(fd, mode) < 0)
		return err_sys(err, "%s", name);
	snprintf(line, sizeof(line), "%s\n", s->token);
	if (fd_write_full(fd, line, strlen(line)) < 0)
		return err_set(err, EIO, "%s: cannot be written", name);
	return 0;
}

static void remove_file(struct scene *s)
{
	if (s->path[0])
		unlink(s->path);
}

static int plant_root_file(struct scene *s, struct err *err)
{
	snprintf(s->path, sizeof(s->path), "/%s", s->name);
	scene_arg(s, "path", "%s", s->path);
	return canary_write(s, AT_FDCWD, s->path, 0644, err);
}

const struct canary canary_root_file = {
	.about = "a file with the token in the host's root directory",
	.lasts = true,
	.plant = plant_root_file,
	.remove = remove_file,
};

static int plant_process_root(struct scene *s, struct err *err)
{
	int r = plant_root_file(s, err);

	return r < 0 ? r : canary_spawn(s, err);
}

static void remove_process_root(struct scene *s)
{
	canary_kill(s);
	remove_file(s);
}

const struct canary canary_process_root = {
	.about = "a file with the token in the root directory of a sleeping process",
	.plant = plant_process_root,
	.remove = remove_process_root,
};

/* Bound into the container on purpose: what is asked is who may read it. */
static int plant_secret_file(struct scene *s, struct err *err)
{
	bool bound = s->guards & GUARD(ROOT);

	snprintf(s->path, sizeof(s->path), "%s/%s", dir_of(s), s->name);
	s->bind = (struct bind_spec){ .source = s->path, .target = "/run/secret" };
	s->spec.binds = &s->bind;
	s->spec.bind_count = 1;
	scene_arg(s, "path", "%s", bound ? s->bind.target : s->path);
	return canary_write(s, AT_FDCWD, s->path, 0600, err);
}

const struct canary canary_secret_file = {
	.about = "a file of mode 0600 that belongs to the host's root, bound into the container",
	.dies_with_us = true,
	.plant = plant_secret_file,
	.remove = remove_file,
};

static int plant_in_dir(struct scene *s, struct err *err)
{
	int r;

	snprintf(s->path, sizeof(s->path), "%s/%s", dir_of(s), s->name);
	scene_arg(s, "name", "%s", s->name);
	if (mkdir(s->path, 0755) < 0)
		return err_sys(err, "%s", s->path);
	s->fds[0] = open(s->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->fds[0] < 0)
		return err_sys(err, "%s", s->path);
	r = canary_leave_open(&s->fds[0], err);
	return r < 0 ? r : canary_write(s, s->fds[0], s->name, 0644, err);
}

static void remove_dir(struct scene *s)
{
	if (s->fds[0] >= 0)
		unlinkat(s->fds[0], s->name, 0);
	if (s->path[0])
		rmdir(s->path);
}

const struct canary canary_dir_fd = {
	.about = "a directory that the creator left open, with the token in a file",
	.dies_with_us = true,
	.plant = plant_in_dir,
	.remove = remove_dir,
};

static int plant_cwd(struct scene *s, struct err *err)
{
	int r = plant_in_dir(s, err);

	if (r == 0 && (fcntl(s->fds[0], F_SETFD, FD_CLOEXEC) < 0 || fchdir(s->fds[0]) < 0))
		r = err_sys(err, "%s", s->path);
	return r;
}

static void remove_cwd(struct scene *s)
{
	/* a process that can't get back to / could only fail later, in a less clear way */
	if (chdir("/") == 0)
		remove_dir(s);
}

const struct canary canary_cwd = {
	.about = "the creator's working directory, with the token in a file",
	.dies_with_us = true,
	.lasts = true,
	.plant = plant_cwd,
	.remove = remove_cwd,
};
