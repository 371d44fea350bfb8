// SPDX-License-Identifier: MIT
/* Mounts as descriptors: see mount.h. */
#include "kernel/mount.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "kernel/sys.h"

static int set_options(int fs, const char *options)
{
	char copy[256];
	char *rest = copy, *option;

	snprintf(copy, sizeof(copy), "%s", options);
	while ((option = strsep(&rest, ","))) {
		char *value = strchr(option, '=');

		if (value)
			*value++ = '\0';
		if (fsconfig(fs, value ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG, option, value,
			     0) < 0)
			return -1;
	}
	return 0;
}

int mount_new(const char *type, const char *options, unsigned int attrs, struct err *err)
{
	AUTO_CLOSE int fs = fsopen(type, FSOPEN_CLOEXEC);
	int fd;

	if (fs < 0)
		return err_sys(err, "%s: cannot be mounted here", type);
	/* what mount tables show; not every type has a use for it */
	if (!options || !text_starts(options, "source="))
		fsconfig(fs, FSCONFIG_SET_STRING, "source", type, 0);
	if (options && set_options(fs, options) < 0)
		return err_sys(err, "%s: options '%s'", type, options);
	if (fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return err_sys(err, "%s: cannot create it", type);
	fd = fsmount(fs, FSMOUNT_CLOEXEC, attrs);
	return fd < 0 ? err_sys(err, "%s: cannot mount it", type) : fd;
}

int mount_clone(int dirfd, const char *path, struct err *err)
{
	int fd = open_tree(dirfd, path,
			   OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE |
				   (*path ? 0 : AT_EMPTY_PATH));

	return fd < 0 ? err_sys(err, "%s: cannot clone the mount", *path ? path : "descriptor")
		      : fd;
}

int mount_change(int mount_fd, uint64_t attrs, struct err *err)
{
	struct mount_attr attr = { .attr_set = attrs };

	if (mount_setattr(mount_fd, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof(attr)) < 0)
		return err_sys(err, "cannot change the mount");
	return 0;
}

int mount_idmap(int mount_fd, int userns_fd, struct err *err)
{
	struct mount_attr attr = {
		.attr_set = MOUNT_ATTR_IDMAP,
		.userns_fd = (uint64_t)userns_fd,
	};

	if (mount_setattr(mount_fd, "", AT_EMPTY_PATH, &attr, sizeof(attr)) < 0)
		return err_sys(err, "cannot map the owners of the mount");
	return 0;
}

int mount_attach(int mount_fd, int target_fd, struct err *err)
{
	if (move_mount(mount_fd, "", target_fd, "",
		       MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
		return err_sys(err, "cannot attach the mount");
	return 0;
}

int mount_attach_path(int mount_fd, const char *path, struct err *err)
{
	if (move_mount(mount_fd, "", AT_FDCWD, path,
		       MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_SYMLINKS) < 0)
		return err_sys(err, "%s: cannot attach the mount", path);
	return 0;
}

int path_in_root(int root_fd, const char *path, struct err *err)
{
	int fd = sys_openat2(root_fd, path, O_PATH, 0, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);

	return fd < 0 ? err_sys(err, "%s: not to be opened below the root", path) : fd;
}

/* The directory that holds the last component of `path`, whose name *ret_name points to. */
static int open_parent(int root_fd, const char *path, const char **ret_name, struct err *err)
{
	const char *slash = strrchr(path, '/');
	char parent[512];

	*ret_name = slash ? slash + 1 : path;
	snprintf(parent, sizeof(parent), "%.*s", slash ? (int)(slash - path) : 0, path);
	return path_in_root(root_fd, *parent ? parent : "/", err);
}

int path_in_root_make(int root_fd, const char *path, bool directory, struct err *err)
{
	AUTO_CLOSE int parent = -1, made = -1;
	struct err first;
	const char *name;
	int fd = path_in_root(root_fd, path, &first);

	if (fd != -ENOENT) {
		if (fd < 0)
			*err = first;
		return fd;
	}
	parent = open_parent(root_fd, path, &name, err);
	if (parent < 0)
		return parent;
	/* What exists now was made meanwhile: containers that start at once may share their root. */
	if (directory && mkdirat(parent, name, 0755) < 0 && errno != EEXIST)
		return err_sys(err, "%s: cannot make the directory", path);
	if (!directory) {
		made = openat(parent, name, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC,
			      0644);
		if (made < 0 && errno != EEXIST)
			return err_sys(err, "%s: cannot make the file", path);
	}
	return path_in_root(root_fd, path, err);
}
