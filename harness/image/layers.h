// SPDX-License-Identifier: MIT
/*
 * A store of layers, each unpacked alone into a directory that is named by its content, so that
 * images share them and overlayfs can put them together:
 *
 *	nsproof-layers        which kind of attributes its layers have: "trusted" or "user"
 *	layers/<diff_id>/     one layer's tree, whole and verified
 *	images/<digest>/      an image: config.json, in the form of the OCI image specification
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
 * Unpacks the layers that the store at `dir` does not have yet, and adds the image. The store is
 * made when the directory is missing or empty. A layer that is there is not read again. *ret counts
 * what has been written.
 * -EINVAL: not a store, one of the other kind, or an image that has to be unpacked as a whole: a
 * plain archive, a hard link into a lower layer, files in a directory that their layer does not
 * list; -EBADMSG and others as image_unpack(). Layers that were finished before a failure stay.
 */
int layers_unpack(struct image *image, const char *dir, const struct image_unpack_opts *opts,
		  struct image_unpack_stats *ret, struct err *err);

/* An image in a store. */
struct layers {
	struct manifest_config config;
	char **paths; /* of the layers' trees, uppermost first, count of them */
	size_t count;
	bool user; /* their attributes are those of the mount option userxattr */
};

/*
 * Finds the image: the only one, or the one whose digest begins with `ref` (6 hexadecimal digits at
 * least). layers_close() releases it. -EINVAL: none or several, and the text lists them.
 */
int layers_open(const char *dir, const char *ref, struct layers *ret, struct err *err);
void layers_close(struct layers *l); /* safe twice, and on a struct of zeroes */

#endif
