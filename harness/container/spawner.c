// SPDX-License-Identifier: MIT
/* A process that starts containers out of a private mount namespace: see spawner.h. */
#include "container/spawner.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "container/rootless.h"
#include "container/userns.h"
#include "kernel/mount.h"
#include "kernel/sys.h"

/* Any directory will do: what is mounted on it shows only in this mount namespace. */
static int mount_own_tmpfs(struct spawner *s, struct err *err)
{
	static const char *const places[] = { "/tmp", "/run", "/mnt", "/var/tmp" };
	AUTO_CLOSE int fd = mount_new("tmpfs", "mode=755", 0, err);
	AUTO_CLOSE int target = -1;

	s->shut = true;
	if (fd < 0)
		return fd;
	for (size_t i = 0; i < ARRAY_SIZE(places) && target < 0; i++) {
		target = open(places[i], O_PATH | O_DIRECTORY | O_CLOEXEC);
		snprintf(s->dir, sizeof(s->dir), "%s", places[i]);
	}
	if (target < 0)
		return err_sys(err, "no /tmp, /run, /mnt or /var/tmp to mount a private tmpfs on");
	s->shut = mount_attach(fd, target, err) < 0;
	return s->shut ? -err->num : 0;
}

/* A file system that maps owners is found by trying: tmpfs learnt it in Linux 6.3. */
static bool try_idmap_mount(const struct spawner *s)
{
	struct err ignored;
	AUTO_CLOSE int userns = userns_new(&s->ids, &ignored);
	AUTO_CLOSE int tree = userns < 0 ? -1 : mount_clone(AT_FDCWD, s->image, &ignored);

	return tree >= 0 && mount_idmap(tree, userns, &ignored) == 0;
}

static int make_image_dir(struct spawner *s, int rootfs_fd, struct err *err)
{
	AUTO_CLOSE int target = -1;

	snprintf(s->image, sizeof(s->image), "%s/image", s->dir);
	if (mkdir(s->image, 0755) < 0)
		return err_sys(err, "%s", s->image);
	if (rootfs_fd < 0)
		return 0;
	target = open(s->image, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return target < 0 ? err_sys(err, "%s", s->image) : mount_attach(rootfs_fd, target, err);
}

/* Whether we have the right is found by trying: uid 0 alone is none. */
static int enter_mount_namespace(struct spawner *s, struct err *err)
{
	if (unshare(CLONE_NEWNS) == 0)
		return 0;
	if (errno != EPERM)
		return err_sys(err, "no new mount namespace");
	s->user = true;
	if (rootless_enter(&s->ids_why, err) < 0)
		return -err->num;
	return unshare(CLONE_NEWNS) < 0 ? err_sys(err, "no new mount namespace") : 0;
}

static int enter_privately(struct spawner *s, struct err *err)
{
	int r;

	*s = (struct spawner){ 0 };
	r = enter_mount_namespace(s, err);
	if (r == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		r = err_sys(err, "private mounts");
	s->shut = r < 0;
	return r;
}

/*
 * A user can't map the owners of a directory of the host's. Below a range without our own id what is
 * ours would be nobody's; with the ids as they are our files are root's.
 */
static void keep_owners(struct spawner *s)
{
	if (s->has_ids)
		err_set(&s->ids_why, EPERM,
			"the owners in a root directory can't be mapped; take an image instead");
	s->has_ids = false;
}

int spawner_enter(struct spawner *s, const char *rootfs, struct err *err)
{
	AUTO_CLOSE int rootfs_fd = -1;
	int r = enter_privately(s, err);

	if (r < 0)
		return r;
	if (rootfs) {
		rootfs_fd = mount_clone(AT_FDCWD, rootfs, err);
		if (rootfs_fd < 0)
			return rootfs_fd;
	}
	r = mount_own_tmpfs(s, err);
	r = r < 0 ? r : make_image_dir(s, rootfs_fd, err);
	r = r < 0 ? r : spawner_ids(s, err);
	if (r == 0 && s->has_ids)
		s->idmap_mounts = try_idmap_mount(s);
	if (r == 0 && rootfs && s->user && !s->idmap_mounts)
		keep_owners(s);
	return r;
}

/* "trusted." attributes show to the host's root alone; others would see what they hide. */
static int check_kind(const struct spawner *s, const struct overlay_layers *layers, struct err *err)
{
	bool all_ids = s->same.extents[0].count == UINT32_MAX;

	if (layers->user_xattr || (!s->user && all_ids))
		return 0;
	return err_set(err, EPERM,
		       "only root can use layers that root has unpacked; unpack them into a store "
		       "of your own");
}

int spawner_enter_layers(struct spawner *s, const struct overlay_layers *layers, struct err *err)
{
	AUTO_OVERLAY struct overlay overlay = { 0 };
	struct err failure = { 0 };
	int r = enter_privately(s, err);

	r = r < 0 ? r : spawner_ids(s, err);
	r = r < 0 ? r : check_kind(s, layers, err);
	/* before the tmpfs hides where they are */
	r = r < 0 ? r : overlay_clone(&overlay, layers, err);
	r = r < 0 ? r : mount_own_tmpfs(s, err);
	r = r < 0 ? r : make_image_dir(s, -1, err);
	if (r == 0 && s->has_ids && !layers->unmapped)
		s->has_ids = overlay_map(&overlay, &s->ids, &failure) == 0;
	if (r == 0 && failure.num)
		err_set(&s->ids_why, failure.num,
			"the owners in a store of layers can't be mapped: %s", failure.text);
	return r < 0 ? r : overlay_mount(&overlay, s->dir, s->image, err);
}
