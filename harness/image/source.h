// SPDX-License-Identifier: MIT
/* What image.c tells the rest of the layer about an open image. */
#ifndef NSPROOF_IMAGE_SOURCE_H
#define NSPROOF_IMAGE_SOURCE_H

#include <stddef.h>

#include "base/text.h"
#include "image/image.h"
#include "image/stream.h"

/* Where the blob of a layer lies; 0 is the lowest. Lives as long as the image. */
const struct stream_source *image_source(const struct image *image, size_t index);

/* The config as it is in the image; NULL for a plain archive. Lives as long as the image. */
const struct text *image_config(const struct image *image);

/* How errors call the image. */
const char *image_name(const struct image *image);

#endif
