// SPDX-License-Identifier: MIT
/* Canaries that are mounts. They are only ever made in an arena. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "check/canary.h"
#include "container/arena.h"

static int make_dir(struct scene *s, const char *above, struct err *err)
{
	snprintf(s->path, sizeof(s->path), "%s/%s", above, s->name);
	return mkdir(s->path, 0755) < 0 ? err_sys(err, "%s", s->path) : 0;
}

static void remove_mounts(struct scene *s)
{
	/* also what a container piled up on it */
	while (umount2(s->path, MNT_DETACH) == 0)
		;
	rmdir(s->path);
}

static int plant_source(struct scene *s, struct err *err)
{
	char source[sizeof(s->name) + sizeof(s->token)];
	int r = make_dir(s, "", err);

	if (r < 0)
		return r;
	snprintf(source, sizeof(source), "%s:%s", s->name, s->token);
	scene_arg(s, "name", "%s", s->name);
	if (mount(source, s->path, "tmpfs", 0, "size=64k") < 0)
		return err_sys(err, "%s", s->path);
	return 0;
}

const struct canary canary_mount_source = {
	.about = "a mount on the host whose source is the token",
	.lasts = true,
	.plant = plant_source,
	.remove = remove_mounts,
};

static int plant_shared_dir(struct scene *s, struct err *err)
{
	int r = make_dir(s, ARENA_SHARED, err);

	scene_arg(s, "dir", "%s", s->path);
	return r;
}

static int plant_mount_out(struct scene *s, struct err *err)
{
	scene_arg(s, "token", "%s", s->token);
	return plant_shared_dir(s, err);
}

int canary_see_token(struct scene *s, struct err *err)
{
	AUTO_TEXT struct text text = { 0 };
	char path[sizeof(s->path) + 8];
	int r;

	snprintf(path, sizeof(path), "%s/token", s->path);
	r = file_read(AT_FDCWD, path, 4096, &text);
	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return err_set(err, -r, "%s: cannot be read", path);
	return strncmp(text.str, s->token, strlen(s->token)) == 0;
}

const struct canary canary_mount_out = {
	.about =
		"an empty directory on a shared mount of the host, and who looks into it afterwards",
	.plant = plant_mount_out,
	.witness = canary_see_token,
	.remove = remove_mounts,
};

static int mount_token(struct scene *s, struct err *err)
{
	AUTO_CLOSE int dir = -1;

	if (mount("canary", s->path, "tmpfs", 0, "size=64k,mode=755") < 0)
		return err_sys(err, "%s", s->path);
	dir = open(s->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return dir < 0 ? err_sys(err, "%s", s->path) : canary_write(s, dir, "token", 0644, err);
}

const struct canary canary_mount_in = {
	.about =
		"a directory on a shared mount, on which the host mounts the token while the probe waits",
	.plant = plant_shared_dir,
	.stimulus = mount_token,
	.remove = remove_mounts,
};
