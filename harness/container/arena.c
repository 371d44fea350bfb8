// SPDX-License-Identifier: MIT
/* The arena, a disposable host: see arena.h. */
#include "container/arena.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "kernel/mount.h"

static const guard_set arena_guards = GUARD(MNT) | GUARD(PID) | GUARD(NET) | GUARD(IPC) |
				      GUARD(UTS) | GUARD(CGROUP) | GUARD(TIME) | GUARD(PRIVATE) |
				      GUARD(ROOT) | GUARD(PIVOT) | GUARD(DETACH) | GUARD(CWD) |
				      GUARD(PROC) | GUARD(SYS) | GUARD(DEV) | GUARD(MQUEUE) |
				      GUARD(CGROUP2) | GUARD(SESSION) | GUARD(KEYRING) |
				      GUARD(LEAF) | PROVIDE(HOSTNAME) | PROVIDE(LO);

/* An arena's clocks must differ from the host's too: about a year. */
enum { ARENA_TIME_OFFSET_S = 30000000 };

static int mount_dir(int dir_fd, const char *name, int mount_fd, struct err *err)
{
	AUTO_CLOSE int target = path_in_root_make(dir_fd, name, true, err);

	return target < 0 ? target : mount_attach(mount_fd, target, err);
}

/* The arena's root: a tmpfs with the image on a mount of its own, and one more to share. */
static int build_root(const struct arena_spec *spec, const char *path, struct err *err)
{
	AUTO_CLOSE int base = -1, root = -1, shared = -1, image = -1;
	int r;

	base = open(spec->spawner->dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (base < 0)
		return err_sys(err, "%s", spec->spawner->dir);
	root = mount_new("tmpfs", "mode=755", 0, err);
	r = root < 0 ? root : mount_dir(base, spec->name, root, err);
	if (r < 0)
		return r;
	image = mount_clone(AT_FDCWD, spec->image, err);
	r = image < 0 ? image : mount_dir(root, &ARENA_IMAGE[1], image, err);
	if (r < 0)
		return r;
	shared = mount_new("tmpfs", "mode=755", 0, err);
	r = shared < 0 ? shared : mount_dir(root, &ARENA_SHARED[1], shared, err);
	if (r < 0)
		return r;
	if (mkdirat(root, "tmp", 01777) < 0 || fchmodat(root, "tmp", 01777, 0) < 0 ||
	    mkdirat(root, "run", 0755) < 0 || mkdirat(root, "sys", 0755) < 0)
		return err_sys(err, "%s", path);
	return 0;
}

/* The arena's PID 1 needs no path into the directory any more: it has its own mount namespace. */
static void forget_root(const char *path)
{
	umount2(path, MNT_DETACH);
	rmdir(path);
}

static int arena_main(void *arg)
{
	const struct arena_spec *spec = arg;

	/* a host whose mounts propagate, as systemd makes them */
	if (mount(NULL, "/", NULL, MS_REC | MS_SHARED, NULL) < 0)
		return 127;
	return spec->serve(spec->arg);
}

int arena_start(struct container *c, const struct arena_spec *spec, int timeout_ms, struct err *err)
{
	struct container_spec cs = CONTAINER_SPEC_INIT;
	guard_set available = spec->available;
	char path[96];
	int r;

	snprintf(path, sizeof(path), "%s/%s", spec->spawner->dir, spec->name);
	r = build_root(spec, path, err);
	if (r == 0) {
		if (spec->cgroup_fd < 0)
			available &= ~GUARD(LEAF);
		cs.guards = guard_effective(arena_guards & available);
		cs.rootfs = path;
		cs.rootfs_shifted = true; /* the arena sees owners as the host does */
		cs.hostname = ARENA_HOSTNAME;
		cs.time_offset_s = ARENA_TIME_OFFSET_S;
		cs.cgroup_fd = spec->cgroup_fd;
		cs.run = arena_main;
		cs.arg = (void *)spec;
		r = container_start(c, &cs, timeout_ms, err);
	}
	forget_root(path);
	return r < 0 ? err_wrap(err, "arena") : 0;
}
