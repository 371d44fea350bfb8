// SPDX-License-Identifier: MIT
/*
 * From the files of an image to the manifest and config of the one that is wanted, every digest on
 * the way compared.
 */
#ifndef NSPROOF_IMAGE_RESOLVE_H
#define NSPROOF_IMAGE_RESOLVE_H

#include "base/err.h"
#include "image/manifest.h"
#include "image/reference.h"
#include "image/store.h"

struct resolved {
	const char *format; /* as image_info calls it */
	struct manifest manifest;
	struct manifest_config config;
	char config_digest[DIGEST_SIZE];
	struct text config_text; /* as it is in the image */
	const char *const *tags;
	size_t tag_count;
	struct manifest_pick pick; /* the entry of index.json, which holds the tags */
};

/*
 * resolved_done() releases the result, also after a failure. -EINVAL, -EBADMSG, -EFBIG: as
 * image_open() says.
 */
int resolve_image(const struct store *store, const struct image_wish *wish, struct resolved *ret,
		  struct err *err);
void resolved_done(struct resolved *r);

/* The file that a manifest names, its size compared; store_file_done() releases it. -EBADMSG. */
int resolve_file(const struct store *store, const struct manifest_ref *ref, struct store_file *ret,
		 struct err *err);

#endif
