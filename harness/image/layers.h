// SPDX-License-Identifier: MIT
/*
 * A store of layers, each unpacked alone into a directory that is named by its content, so that
 * images share them and overlayfs can put them together:
 *
 *	nsproof-layers        which kind of attributes its layers have: "trusted" or "user"
 *	layers/<64 hex>/      one layer's tree, whole and verified
 *	images/<64 hex>/      an image, by the digest of its config: config.json as it is in the image
 *
 * The name of a layer is its diff_id. Only a layer that has files in directories which it does not
 * list takes what these directories are from the layers below it; its name then stands for all of
 * them: the digest of their diff_ids, lowest first, a line each.
 */
#ifndef NSPROOF_IMAGE_LAYERS_H
#define NSPROOF_IMAGE_LAYERS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "image/image.h"
#include "image/manifest.h"

/* The file that a store is known by. */
#define LAYERS_MARKER "nsproof-layers"

/*
 * Unpacks the layers that the store at `dir` does not have yet, two at a time, and adds the image.
 * The store is made when the directory is missing or empty. A layer that is there is not read again.
 * *ret counts what has been written. The limits hold for each layer and for the sum of them.
 * opts->progress may be called by another thread, but never by two at once.
 * -EINVAL: not a store, one of the other kind, or an image that has to be unpacked as a whole: a
 * plain archive, or files behind a lower layer's symbolic link; -EBADMSG (also for a hard link into
 * a lower layer) and others as image_unpack(). Layers that were finished before a failure stay.
 */
int layers_unpack(struct image *image, const char *dir, const struct image_unpack_opts *opts,
		  struct image_unpack_stats *ret, struct err *err);

/* An image in a store. */
struct layers {
	struct manifest_config config;
	char **paths; /* of the layers' trees, uppermost first, each once; count of them */
	size_t count;
	size_t shown; /* so many of them: an opaque root directory hides what is below it */
	size_t root;  /* which of all says what the root directory is */
	bool user;    /* their attributes are those of the mount option userxattr */
};

/*
 * Finds the image: the only one, or the one whose digest begins with `ref` (6 hexadecimal digits at
 * least). layers_close() releases it. -EINVAL: none or several, and the text lists them; -EBADMSG:
 * the store is damaged.
 */
int layers_open(const char *dir, const char *ref, struct layers *ret, struct err *err);
void layers_close(struct layers *l); /* safe twice, and on a struct of zeroes */

#endif
