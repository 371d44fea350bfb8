// SPDX-License-Identifier: MIT
/* Inside bench/: OCI layouts to unpack, made once a run and kept for the scenarios that follow. */
#ifndef NSPROOF_BENCH_IMAGE_MAKE_H
#define NSPROOF_BENCH_IMAGE_MAKE_H

#include "base/err.h"
#include "bench/image_shapes.h"
#include "image/image.h"
#include "pack/compress.h"

struct made_image {
	char path[96];           /* of the layout */
	struct tree_facts facts; /* what unpacking it must give */
	char manifest[PACK_DIGEST_SIZE], config[PACK_DIGEST_SIZE];
};

/*
 * Makes the image below `dir`, unless an earlier scenario has; it vanishes with the directory. Errors
 * as shape_make(), and those of file systems.
 */
int image_make(const char *dir, enum image_shape shape, enum image_codec codec,
	       struct made_image *ret, struct err *err);

/* Where a blob lies below the layout. */
void image_blob_path(const char *digest, char *ret, size_t room);

#endif
