// SPDX-License-Identifier: MIT
/* Directories put together by overlayfs: the root file system of a container as a stack of layers. */
#ifndef NSPROOF_CONTAINER_OVERLAY_H
#define NSPROOF_CONTAINER_OVERLAY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "kernel/idmap.h"

/* more than overlayfs takes */
#define OVERLAY_LAYERS_MAX 500

struct overlay_layers {
	char *const *paths; /* of directories, uppermost first */
	size_t count;
	size_t shown;    /* only so many of them are put together */
	size_t root;     /* whose root directory's owner, mode and times the result has */
	bool user_xattr; /* their attributes are "user.": mount option userxattr */
	bool unmapped;   /* their owners stay as they are */
};

/* The layers as detached mounts, which no later mount can hide. */
struct overlay {
	int fds[OVERLAY_LAYERS_MAX];
	size_t count, shown, root;
	bool user_xattr;
};

/* -EINVAL: too many layers; else what open_tree(2) says. */
int overlay_clone(struct overlay *o, const struct overlay_layers *layers, struct err *err);

/*
 * Maps the owners of all layers as a container with these ids will see them; overlayfs itself can't
 * be mapped. -EINVAL: the layers' file system can't map owners.
 */
int overlay_map(struct overlay *o, const struct idmap *ids, struct err *err);

/*
 * Mounts them at the directory `name` below `dir`, which is a writable directory of our own: what is
 * written goes there, too. Takes the layers over.
 */
int overlay_mount(struct overlay *o, const char *dir, const char *name, struct err *err);

void overlay_done(struct overlay *o); /* safe twice, and on a struct of zeroes */

#define AUTO_OVERLAY __attribute__((cleanup(overlay_done)))

#endif
