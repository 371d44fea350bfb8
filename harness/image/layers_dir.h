// SPDX-License-Identifier: MIT
/* How a store of layers is laid out, for those who fill and read it: see layers.h. */
#ifndef NSPROOF_IMAGE_LAYERS_DIR_H
#define NSPROOF_IMAGE_LAYERS_DIR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "image/descriptor.h"
#include "image/image.h"

#define LAYERS_TREES  "layers"
#define LAYERS_IMAGES "images"
#define LAYERS_CONFIG "config.json"

#define LAYER_NAME_SIZE (DIGEST_SIZE - sizeof("sha256:") + 1)

/* Which kind of store it is. -ENOENT: none; -EINVAL: one of no kind that is known. */
int layers_kind(int store, const char *dir, bool *ret_user, struct err *err);

/* The hexadecimal digits of "sha256:...". */
const char *layer_hex(const char *digest);

/* Lowest first. */
typedef const char (*layer_ids)[DIGEST_SIZE];

/* The name of the last of `count` layers when it takes something from those below. Pure. */
void layer_name_of_stack(layer_ids ids, size_t count, char ret[LAYER_NAME_SIZE]);

/* The name under which `trees` has the last of `count` layers: false when it has none. */
bool layer_find(int trees, layer_ids ids, size_t count, char ret[LAYER_NAME_SIZE]);

/* The trees of a stack, lowest first. */
struct layer_stack {
	int trees; /* the directory that they are in */
	const char (*names)[LAYER_NAME_SIZE];
	size_t count;
	bool user; /* the kind of their attributes */
};

/*
 * Makes the directory `fd` what `path` is in the stack, if it is there at all. -EINVAL: a symbolic
 * link or a file is in its place.
 */
int layers_inherit(const struct layer_stack *below, const char *path, int fd, struct err *err);

/*
 * Unpacks the layers that are missing in `trees` (-EINTR: *opts->stop was set). *ret is untouched on
 * failure; as layers_unpack() otherwise.
 */
int layers_fill(struct image *image, int trees, const struct image_unpack_opts *opts,
		struct image_unpack_stats *ret, struct err *err);

#endif
