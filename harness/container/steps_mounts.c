// SPDX-License-Identifier: MIT
/*
 * Set-up steps: the file systems below the root. Each is made or cloned as a descriptor and
 * attached to a path that is resolved inside the root, whatever symbolic links the image holds. The
 * steps called old clone the creator's own instance in: the mistakes that the guards stand against.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "container/setup.h"
#include "kernel/mount.h"

enum { NOTHING_SPECIAL = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC };

static int attach_at(struct setup *s, int mount_fd, const char *path, bool directory,
		     struct err *err)
{
	AUTO_CLOSE int target = path_in_root_make(s->root_fd, path, directory, err);
	int r = target < 0 ? target : mount_attach(mount_fd, target, err);

	return r < 0 ? err_wrap(err, "%s", path) : 0;
}

static int attach_new(struct setup *s, const char *type, const char *options, unsigned int attrs,
		      const char *path, struct err *err)
{
	AUTO_CLOSE int fd = mount_new(type, options, attrs, err);

	return fd < 0 ? fd : attach_at(s, fd, path, true, err);
}

static int attach_clone(struct setup *s, const char *source, const char *path, bool directory,
			struct err *err)
{
	AUTO_CLOSE int fd = mount_clone(AT_FDCWD, source, err);

	return fd < 0 ? fd : attach_at(s, fd, path, directory, err);
}

int step_tmp(struct setup *s, struct err *err)
{
	int r = attach_new(s, "tmpfs", "mode=1777", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, "/tmp",
			   err);

	if (r < 0)
		return r;
	return attach_new(s, "tmpfs", "mode=755", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, "/run",
			  err);
}

int step_sys(struct setup *s, struct err *err)
{
	bool read_only = s->spec->guards & GUARD(RO_SYS);

	return attach_new(s, "sysfs", NULL, NOTHING_SPECIAL | (read_only ? MOUNT_ATTR_RDONLY : 0),
			  "/sys", err);
}

int step_old_sys(struct setup *s, struct err *err)
{
	return attach_clone(s, "/sys", "/sys", true, err);
}

int step_cgroup2(struct setup *s, struct err *err)
{
	bool read_only = s->spec->guards & GUARD(RO_SYS);
	AUTO_CLOSE int fd = mount_new("cgroup2", NULL,
				      NOTHING_SPECIAL | (read_only ? MOUNT_ATTR_RDONLY : 0), err);
	AUTO_CLOSE int target = -1;

	if (fd < 0)
		return fd;
	target = path_in_root(s->root_fd, "/sys/fs/cgroup", err);
	return target < 0 ? target : mount_attach(fd, target, err);
}

int step_proc(struct setup *s, struct err *err)
{
	return attach_new(s, "proc", NULL, NOTHING_SPECIAL, "/proc", err);
}

int step_old_proc(struct setup *s, struct err *err)
{
	return attach_clone(s, "/proc", "/proc", true, err);
}

/* The nodes are bound, not made: mknod(2) is refused in a user namespace. */
static int add_nodes(int host_fd, int dev_fd, struct err *err)
{
	static const char *const nodes[] = { "null", "zero", "full", "random", "urandom", "tty" };

	for (size_t i = 0; i < ARRAY_SIZE(nodes); i++) {
		AUTO_CLOSE int made = openat(dev_fd, nodes[i], O_CREAT | O_WRONLY | O_CLOEXEC,
					     0666);
		AUTO_CLOSE int node = made < 0 ? -1 : mount_clone(host_fd, nodes[i], err);
		int r;

		if (made < 0)
			return err_sys(err, "/dev/%s", nodes[i]);
		r = node < 0 ? node : mount_attach(node, made, err);
		if (r < 0)
			return err_wrap(err, "/dev/%s", nodes[i]);
	}
	return 0;
}

static int add_links(int dev_fd, struct err *err)
{
	static const struct {
		const char *name, *target;
	} links[] = {
		{ "fd", "/proc/self/fd" },       { "stdin", "/proc/self/fd/0" },
		{ "stdout", "/proc/self/fd/1" }, { "stderr", "/proc/self/fd/2" },
		{ "ptmx", "pts/ptmx" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		if (symlinkat(links[i].target, dev_fd, links[i].name) < 0)
			return err_sys(err, "/dev/%s", links[i].name);
	return 0;
}

int step_dev(struct setup *s, struct err *err)
{
	/* without an own root, the new one covers the host's */
	AUTO_CLOSE int host_fd = open("/dev", O_PATH | O_DIRECTORY | O_CLOEXEC);
	AUTO_CLOSE int dev_fd = -1;
	int r;

	if (host_fd < 0)
		return err_sys(err, "/dev");
	dev_fd = mount_new("tmpfs", "mode=755", MOUNT_ATTR_NOSUID, err);
	r = dev_fd < 0 ? dev_fd : attach_at(s, dev_fd, "/dev", true, err);

	if (r < 0)
		return r;
	if (mkdirat(dev_fd, "pts", 0755) < 0 || mkdirat(dev_fd, "shm", 0755) < 0 ||
	    mkdirat(dev_fd, "mqueue", 0755) < 0)
		return err_sys(err, "/dev");
	r = add_nodes(host_fd, dev_fd, err);
	r = r < 0 ? r : add_links(dev_fd, err);
	r = r < 0 ? r
		  : attach_new(s, "devpts", "mode=620,ptmxmode=666",
			       MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, "/dev/pts", err);
	return r < 0 ? r : attach_new(s, "tmpfs", "mode=1777", NOTHING_SPECIAL, "/dev/shm", err);
}

int step_old_dev(struct setup *s, struct err *err)
{
	return attach_clone(s, "/dev", "/dev", true, err);
}

int step_mqueue(struct setup *s, struct err *err)
{
	return attach_new(s, "mqueue", NULL, NOTHING_SPECIAL, "/dev/mqueue", err);
}

int step_binds(struct setup *s, struct err *err)
{
	struct stat st;

	for (size_t i = 0; i < s->spec->bind_count; i++) {
		const struct bind_spec *bind = &s->spec->binds[i];
		int r;

		if (stat(bind->source, &st) < 0)
			return err_sys(err, "%s", bind->source);
		r = attach_clone(s, bind->source, bind->target, S_ISDIR(st.st_mode), err);
		if (r < 0)
			return r;
	}
	return 0;
}

/*
 * A file of ours over the image's, which is not written to. The file is cloned from a tmpfs that is
 * attached for a moment: a detached mount can't be cloned before Linux 6.15.
 */
static int cover_file(struct setup *s, const char *path, const char *content, struct err *err)
{
	AUTO_CLOSE int fs = mount_new("tmpfs", "size=64k,mode=755", NOTHING_SPECIAL, err);
	AUTO_CLOSE int file = -1, clone = -1;
	int r = fs < 0 ? fs : attach_at(s, fs, "/run", true, err);

	if (r < 0)
		return r;
	file = openat(fs, "file", O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
	if (file < 0 || fd_write_full(file, content, strlen(content)) < 0)
		return err_sys(err, "%s", path);
	clone = open_tree(fs, "file", OPEN_TREE_CLOEXEC | OPEN_TREE_CLONE);
	if (clone < 0 || fchdir(fs) < 0 || umount2(".", MNT_DETACH) < 0)
		return err_sys(err, "%s", path);
	return attach_at(s, clone, path, false, err);
}

int step_resolver(struct setup *s, struct err *err)
{
	const struct link_spec *link = s->spec->link;
	const char *name = s->spec->hostname ? s->spec->hostname : CONTAINER_HOSTNAME;
	AUTO_TEXT struct text hosts = { 0 }, resolver = { 0 };
	char address[64];
	int r;

	snprintf(address, sizeof(address), "%.*s", (int)strcspn(link->address, "/"), link->address);
	text_addf(&hosts, "127.0.0.1 localhost\n::1 localhost\n%s %s\n", address, name);
	text_add(&resolver, "");
	if (link->nameserver)
		text_addf(&resolver, "nameserver %s\n", link->nameserver);
	r = cover_file(s, "/etc/hosts", hosts.str, err);
	return r < 0 ? r : cover_file(s, "/etc/resolv.conf", resolver.str, err);
}

/* What is read-only and what is hidden: the lists of the OCI runtime specification's defaults. */
static const char *const read_only_paths[] = {
	"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger",
};
static const char *const masked_paths[] = {
	"/proc/acpi",
	"/proc/asound",
	"/proc/kcore",
	"/proc/keys",
	"/proc/latency_stats",
	"/proc/timer_list",
	"/proc/timer_stats",
	"/proc/sched_debug",
	"/proc/scsi",
	"/sys/firmware",
	"/sys/devices/virtual/powercap",
};

/* Opens a path that this kernel may not have; *ret_fd stays -1 then. */
static int open_if_there(struct setup *s, const char *path, int *ret_fd, struct err *err)
{
	int fd = path_in_root(s->root_fd, path, err);

	if (fd < 0 && fd != -ENOENT && fd != -ENOTDIR)
		return fd;
	*ret_fd = fd < 0 ? -1 : fd;
	return 0;
}

int step_ro_proc(struct setup *s, struct err *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(read_only_paths); i++) {
		AUTO_CLOSE int target = -1, clone = -1;
		int r = open_if_there(s, read_only_paths[i], &target, err);

		if (r < 0)
			return r;
		if (target < 0)
			continue;
		clone = mount_clone(target, "", err);
		r = clone < 0 ? clone : mount_change(clone, MOUNT_ATTR_RDONLY, err);
		r = r < 0 ? r : mount_attach(clone, target, err);
		if (r < 0)
			return err_wrap(err, "%s", read_only_paths[i]);
	}
	return 0;
}

static int mask_one(int target, struct err *err)
{
	AUTO_CLOSE int cover = -1;
	struct stat st;

	if (fstat(target, &st) < 0)
		return err_sys(err, "stat");
	if (S_ISDIR(st.st_mode))
		cover = mount_new("tmpfs", "size=0,mode=555", MOUNT_ATTR_RDONLY | NOTHING_SPECIAL,
				  err);
	else
		cover = mount_clone(AT_FDCWD, "/dev/null", err);
	return cover < 0 ? cover : mount_attach(cover, target, err);
}

int step_mask(struct setup *s, struct err *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(masked_paths); i++) {
		AUTO_CLOSE int target = -1;
		int r = open_if_there(s, masked_paths[i], &target, err);

		if (r == 0 && target >= 0)
			r = mask_one(target, err);
		if (r < 0)
			return err_wrap(err, "%s", masked_paths[i]);
	}
	return 0;
}
