// SPDX-License-Identifier: MIT
/* Directories put together by overlayfs: see overlay.h. */
#include "container/overlay.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "container/userns.h"
#include "kernel/dirmeta.h"
#include "kernel/mount.h"

int overlay_clone(struct overlay *o, const struct overlay_layers *layers, struct err *err)
{
	if (layers->count > OVERLAY_LAYERS_MAX)
		return err_set(err, EINVAL, "%zu layers, more than the %d that overlayfs takes",
			       layers->count, OVERLAY_LAYERS_MAX);
	o->user_xattr = layers->user_xattr;
	o->shown = layers->shown;
	o->root = layers->root;
	for (size_t i = 0; i < layers->count; i++) {
		int fd = mount_clone(AT_FDCWD, layers->paths[i], err);

		if (fd < 0)
			return fd;
		o->fds[o->count++] = fd;
	}
	return 0;
}

int overlay_map(struct overlay *o, const struct idmap *ids, struct err *err)
{
	AUTO_CLOSE int userns = userns_new(ids, err);

	if (userns < 0)
		return userns;
	for (size_t i = 0; i < o->count; i++) {
		int r = mount_idmap(o->fds[i], userns, err);

		if (r < 0)
			return r;
	}
	return 0;
}

/* Attaches the layers to short names: all of them have to fit into one page. */
static int attach_layers(struct overlay *o, struct text *options, struct err *err)
{
	text_add(options, "lowerdir=");
	for (size_t i = 0; i < o->shown; i++) {
		AUTO_CLOSE int target = -1;
		char name[24];
		int r;

		snprintf(name, sizeof(name), "l%zu", i);
		if (mkdir(name, 0755) < 0)
			return err_sys(err, "%s", name);
		target = open(name, O_PATH | O_DIRECTORY | O_CLOEXEC);
		r = target < 0 ? err_sys(err, "%s", name) : mount_attach(o->fds[i], target, err);
		if (r < 0)
			return r;
		text_addf(options, "%s%s", i ? ":" : "", name);
	}
	text_addf(options, ",upperdir=upper,workdir=work%s", o->user_xattr ? ",userxattr" : "");
	return options->failed ? err_set(err, ENOMEM, "out of memory") : 0;
}

/* What is written goes to "upper", whose owner, mode and times the root of the result has. */
static int make_upper(const struct overlay *o, struct err *err)
{
	AUTO_CLOSE int fd = -1;

	if (mkdir("upper", 0755) < 0 || mkdir("work", 0755) < 0 ||
	    (fd = open("upper", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		return err_sys(err, "directories for overlayfs");
	return dir_copy_meta(o->fds[o->root], fd, err) < 0 ? err_wrap(err, "the root directory")
							   : 0;
}

/* With the directory as the working directory, for the sake of short names. */
static int mount_here(struct overlay *o, const char *name, struct err *err)
{
	AUTO_TEXT struct text options = { 0 };
	int r = make_upper(o, err);

	if (r < 0 || (r = attach_layers(o, &options, err)) < 0)
		return r;
	return mount("overlay", name, "overlay", 0, options.str) < 0
		       ? err_sys(err, "overlayfs of %zu layers", o->shown)
		       : 0;
}

int overlay_mount(struct overlay *o, const char *dir, const char *name, struct err *err)
{
	AUTO_CLOSE int before = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int r;

	if (chdir(dir) < 0)
		return err_sys(err, "%s", dir);
	r = mount_here(o, name, err);
	/* without a way back the root of the directory's tree is as good as any place */
	if (before < 0 || fchdir(before) < 0)
		return chdir("/") < 0 ? err_sys(err, "/") : r;
	return r;
}

void overlay_done(struct overlay *o)
{
	for (size_t i = 0; i < o->count; i++)
		fd_close(&o->fds[i]);
	o->count = 0;
}
