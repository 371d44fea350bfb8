// SPDX-License-Identifier: MIT
/* One layer: its tar stream, entry by entry, into the tree. */
#ifndef NSPROOF_IMAGE_LAYER_H
#define NSPROOF_IMAGE_LAYER_H

#include <signal.h>

#include "base/err.h"
#include "image/image.h"
#include "image/stream.h"
#include "image/write.h"

/*
 * Applies the layer and compares the digests that it states ("" for none). A damaged layer is
 * reported by its wrong digest where it has one, for that is what is wrong with it.
 * -EBADMSG: a wrong digest, a damaged stream, an entry that is refused; -EINTR: *stop was set.
 */
int layer_apply(const struct stream_source *source, const struct image_layer *layer,
		struct writer *w, const volatile sig_atomic_t *stop, struct err *err);

#endif
