// SPDX-License-Identifier: MIT
/* From what a person names (an archive, a directory) to a root directory to start containers from.
 */
#ifndef NSPROOF_ROOTFS_H
#define NSPROOF_ROOTFS_H

#include <stdbool.h>

#include "base/err.h"
#include "cmd_image.h"
#include "container/spawner.h"
#include "image/image.h"
#include "image/layers.h"

struct rootfs {
	struct spawner spawner;
	const char *path;           /* of the root directory */
	bool shifted;               /* its owners can't or need not be mapped: see container_spec */
	const char *const *command; /* of the image, or a shell */
	const char *const *env;     /* of the image, or a minimal one */
	const char *workdir;        /* of the image, or NULL */
	char name[256];             /* how reports call it: the first tag, or the file's name */
	struct image *image;        /* NULL: a directory */
	struct layers layers;       /* of a store */
	struct image_unpack_stats unpacked;
	char *command_words[64];
};

#define ROOTFS_INIT                                                                                \
	{                                                                                          \
		.image = NULL                                                                      \
	}

/* What a person names: an image ("-" is standard input) or a root directory. */
struct rootfs_choice {
	const char *path;
	struct image_choice image;
	bool no_ids; /* no container will have GUARD_USER: spawner.ids and .same may be left out */
	bool unmapped; /* no container will have GUARD_IDS: the owners stay as they are */
};

/*
 * A root directory is used in place: as root by the calling process as it is, otherwise by way of
 * spawner_enter(). An image is unpacked below the spawner's tmpfs; while it is, SIGINT, SIGTERM and
 * SIGHUP end that with -EINTR. The layers of a store (image/layers.h) are put together by overlayfs.
 * -EINVAL and others with a text for bad input.
 */
int rootfs_open(struct rootfs *r, const struct rootfs_choice *choice, struct err *err);

/* The same, always through spawner_enter(): for commands that make arenas. */
int rootfs_open_in_spawner(struct rootfs *r, const struct rootfs_choice *choice, struct err *err);

void rootfs_done(struct rootfs *r);

/* Whether the directory `dir` has such an entry. */
bool rootfs_has_entry(const char *dir, const char *name);

/* Whether it is a directory that rootfs_open() takes for a root tree, for what is in it. */
bool rootfs_is_tree(const char *path);

/* Uses the root tree in place, with a shell as its command; `spawner`: by way of spawner_enter(). */
int rootfs_use_tree(struct rootfs *r, const struct rootfs_choice *choice, bool spawner,
		    struct err *err);

/* What runs where an image says nothing else. */
extern const char *const rootfs_shell[], *const rootfs_env[];

#endif
