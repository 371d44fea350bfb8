// SPDX-License-Identifier: MIT
/* One layer: its tar stream, entry by entry, into the tree. */
#ifndef NSPROOF_IMAGE_LAYER_H
#define NSPROOF_IMAGE_LAYER_H

#include "base/err.h"
#include "image/image.h"
#include "image/stream.h"
#include "image/write.h"

struct layer_job {
	const struct image_layer *layer;
	struct stream *stream; /* the layer's, untouched so far */
	struct writer *writer;
	const struct image_unpack_opts *opts;
	uint64_t before, total; /* bytes of blobs: of the layers done, and of all */
	uint64_t *tar_bytes;    /* of all layers so far: counts on, against opts->limits.size */
};

/*
 * Applies the layer and compares the digests that it states ("" for none). A damaged layer is
 * reported by its wrong digest where it has one, for that is what is wrong with it.
 * Returns 1 when the writer asks to begin anew (writer_entry()). -EBADMSG: a wrong digest, a damaged
 * stream, an entry that is refused; -EFBIG: a limit; -EINTR: *stop was set.
 */
int layer_apply(const struct layer_job *job, struct err *err);

#endif
