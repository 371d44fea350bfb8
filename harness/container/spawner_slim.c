// SPDX-License-Identifier: MIT
/* A mount namespace with few mounts, for who starts many containers: see spawner.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "container/spawner.h"
#include "kernel/mount.h"
#include "kernel/sys.h"

enum { KEPT = 4 }; /* trees that are cloned */

/* Makes a directory, with those above it, below the new root. */
static int make_directory(int root, const char *path, struct err *err)
{
	char part[64];

	for (const char *end = strchr(path, '/'); end; end = strchr(end + 1, '/')) {
		snprintf(part, sizeof(part), "%.*s", (int)(end - path), path);
		if (mkdirat(root, part, 0755) < 0 && errno != EEXIST)
			return err_sys(err, "/%s", part);
	}
	if (mkdirat(root, path, 0755) < 0 && errno != EEXIST)
		return err_sys(err, "/%s", path);
	return 0;
}

static int attach(int root, int clone, const char *path, struct err *err)
{
	AUTO_CLOSE int target = -1;
	int r = make_directory(root, path + 1, err);

	if (r < 0)
		return r;
	target = path_in_root(root, path, err);
	return target < 0 ? target : mount_attach(clone, target, err);
}

/* With "." for both, the old root ends up on top of the new one: pivot_root(2), NOTES. */
static int move_in(int root, const char *const *kept, const int *clones, struct err *err)
{
	for (int i = 0; i < KEPT; i++)
		if (attach(root, clones[i], kept[i], err) < 0)
			return -err->num;
	if (fchdir(root) < 0 || sys_pivot_root(".", ".") < 0)
		return err_sys(err, "pivot_root");
	return 0;
}

/* The new root has to be mounted somewhere before it can be the root. */
static int change_root(const char *place, const char *const *kept, const int *clones,
		       struct err *err)
{
	AUTO_CLOSE int before = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	AUTO_CLOSE int root = mount_new("tmpfs", "mode=755", 0, err);
	int r;

	if (root < 0)
		return root;
	if (before < 0)
		return err_sys(err, "working directory");
	r = mount_attach_path(root, place, err);
	if (r < 0)
		return r;
	r = move_in(root, kept, clones, err);
	if (r < 0) {
		/* it is still there, with all that was attached to it */
		if (fchdir(root) < 0 || umount2(".", MNT_DETACH) < 0 || fchdir(before) < 0)
			return err_sys(err, "%s: cannot be undone", place);
		return r;
	}
	/* the working directory is the old root, on top of the new one */
	if (umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		return err_sys(err, "the old root cannot be detached");
	return 0;
}

int spawner_slim(const struct spawner *s, struct err *err)
{
	const char *const kept[KEPT] = { s->dir, "/proc", "/sys", "/dev" };
	int clones[KEPT] = { -1, -1, -1, -1 }, r = 0;

	for (int i = 0; i < KEPT && r == 0; i++) {
		clones[i] = mount_clone(AT_FDCWD, kept[i], err);
		r = clones[i] < 0 ? clones[i] : 0;
	}
	r = r < 0 ? r : change_root(s->dir, kept, clones, err);
	for (int i = 0; i < KEPT; i++)
		fd_close(&clones[i]);
	return r;
}
