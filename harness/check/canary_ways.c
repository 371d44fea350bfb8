// SPDX-License-Identifier: MIT
/* Canaries that lie on ways which creators of containers leave open. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "check/canary.h"

static void remove_path(struct scene *s)
{
	canary_kill(s);
	if (s->path[0])
		unlink(s->path);
}

static int plant_tmp_file(struct scene *s, struct err *err)
{
	snprintf(s->path, sizeof(s->path), "/tmp/%s", s->name);
	scene_arg(s, "path", "%s", s->path);
	return canary_write(s, AT_FDCWD, s->path, 0644, err);
}

const struct canary canary_tmp_file = {
	.about = "a file with the token in the host's /tmp",
	.plant = plant_tmp_file,
	.remove = remove_path,
};

#define VARIABLE "NSPROOF_SECRET"

static int plant_environment(struct scene *s, struct err *err)
{
	scene_arg(s, "name", VARIABLE);
	return setenv(VARIABLE, s->token, 1) < 0 ? err_sys(err, "setenv") : 0;
}

static void remove_environment(struct scene *s)
{
	(void)s;
	unsetenv(VARIABLE);
}

const struct canary canary_environment = {
	.about = "a variable with the token in the creator's environment",
	.dies_with_us = true,
	.plant = plant_environment,
	.remove = remove_environment,
};

static int plant_unix_path(struct scene *s, struct err *err)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	s->fds[0] = sock;
	snprintf(s->path, sizeof(s->path), "/%s", s->name);
	snprintf(sun.sun_path, sizeof(sun.sun_path), "/%s", s->name);
	if (sock < 0 || bind(sock, (struct sockaddr *)&sun, sizeof(sun)) < 0 ||
	    chmod(s->path, 0777) < 0 || listen(sock, 4) < 0)
		return err_sys(err, "%s", s->path);
	scene_arg(s, "path", "%s", s->path);
	return canary_serve(s, sock, false, err);
}

const struct canary canary_unix_path = {
	.about = "a server on a unix socket in the host's root directory that sends the token",
	.lasts = true,
	.plant = plant_unix_path,
	.remove = remove_path,
};

/* A directory that anybody may write to, bound into the container where it has a root. */
static int plant_shared_owner(struct scene *s, struct err *err)
{
	bool bound = s->guards & GUARD(ROOT);

	snprintf(s->path, sizeof(s->path), "/tmp/%s", s->name);
	s->bind = (struct bind_spec){ .source = s->path, .target = "/run/shared" };
	s->spec.binds = &s->bind;
	s->spec.bind_count = 1;
	scene_arg(s, "dir", "%s", bound ? s->bind.target : s->path);
	scene_arg(s, "token", "%s", s->token);
	if (mkdir(s->path, 0777) < 0 || chmod(s->path, 0777) < 0)
		return err_sys(err, "%s", s->path);
	return 0;
}

/* 1: the file is there under its name, and it does not belong to our own root. */
static int file_is_foreign(struct scene *s, struct err *err)
{
	char path[sizeof(s->path) + sizeof(s->token) + 1];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", s->path, s->token);
	if (stat(path, &st) < 0)
		return err_sys(err, "%s", path);
	return st.st_uid != 0 && st.st_gid != 0;
}

static void remove_shared_owner(struct scene *s)
{
	char path[sizeof(s->path) + sizeof(s->token) + 1];

	snprintf(path, sizeof(path), "%s/%s", s->path, s->token);
	unlink(path);
	if (s->path[0])
		rmdir(s->path);
}

const struct canary canary_shared_owner = {
	.about = "a directory that anybody may write to, and who asks whose the new file is",
	.plant = plant_shared_owner,
	.witness = file_is_foreign,
	.remove = remove_shared_owner,
};
