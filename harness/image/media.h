// SPDX-License-Identifier: MIT
/*
 * The media types of image descriptions and layers. Pure.
 *
 * Sources: OCI image specification 1.1 (media-types.md, layer.md), Docker image manifest version 2
 * schema 2.
 */
#ifndef NSPROOF_IMAGE_MEDIA_H
#define NSPROOF_IMAGE_MEDIA_H

#include <jansson.h>

#include "base/err.h"

enum media {
	MEDIA_UNSTATED, /* "" */
	MEDIA_INDEX,
	MEDIA_MANIFEST,
	MEDIA_CONFIG,
	MEDIA_LAYER,
	MEDIA_FOREIGN,   /* a layer that is to be fetched from elsewhere */
	MEDIA_ENCRYPTED, /* a layer that needs a key */
	MEDIA_SCHEMA1,   /* Docker's first kind of manifest */
	MEDIA_OTHER
};

enum media media_of(const char *type);

/* Layers must be tar archives that are there and can be read; -EINVAL names the type. */
int media_check_layer(const char *type, struct err *err);

/* The config of a manifest must be a container's; -EINVAL names the type. */
int media_check_config(const char *type, struct err *err);

/*
 * A document must be what it was taken for (MEDIA_INDEX or MEDIA_MANIFEST), and not the other as
 * well: two readers must not see two images in it (CVE-2021-41190). -EINVAL.
 */
int media_check_document(json_t *root, enum media want, struct err *err);

#endif
