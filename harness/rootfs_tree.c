// SPDX-License-Identifier: MIT
/* A root directory to start containers from. Apart from the images, which take libraries. */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "rootfs.h"

const char *const rootfs_shell[] = { "/bin/sh", NULL };
const char *const rootfs_env[] = {
	"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
	"HOME=/root",
	"TERM=linux",
	NULL,
};

bool rootfs_has_entry(const char *dir, const char *name)
{
	char path[PATH_MAX];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return lstat(path, &st) == 0;
}

static bool is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* A directory with any of these is taken for a root tree, and used as it is. */
bool rootfs_is_tree(const char *path)
{
	static const char *const names[] = { "bin", "sbin", "usr", "etc" };

	if (!is_directory(path))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (rootfs_has_entry(path, names[i]))
			return true;
	return false;
}

int rootfs_use_tree(struct rootfs *r, const struct rootfs_choice *choice, bool spawner,
		    struct err *err)
{
	const char *path = choice->path, *slash = strrchr(path, '/');
	int result = 0;

	*r = (struct rootfs){ .command = rootfs_shell, .env = rootfs_env };
	snprintf(r->name, sizeof(r->name), "%s", slash && slash[1] ? slash + 1 : path);
	if (spawner || geteuid() != 0) {
		result = spawner_enter(&r->spawner, path, err);
		r->path = r->spawner.image;
		r->shifted = !r->spawner.idmap_mounts;
	} else {
		if (!choice->no_ids)
			result = spawner_ids(&r->spawner, err);
		r->path = path;
	}
	return result;
}
