// SPDX-License-Identifier: MIT
/*
 * How one part of an image names another: by digest and size, or by a path in the archive. Pure.
 * Source: OCI image specification, descriptor.md.
 */
#ifndef NSPROOF_IMAGE_DESCRIPTOR_H
#define NSPROOF_IMAGE_DESCRIPTOR_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

#define DIGEST_SIZE (sizeof("sha256:") + 64)
#define BLOBS       "blobs/sha256/"

/* One file of the image that a manifest names. */
struct manifest_ref {
	char digest[DIGEST_SIZE]; /* "sha256:..."; "" when the manifest does not say */
	const char *path;         /* in the archive; NULL: blobs/sha256/<digest> */
	bool sized;               /* whether the manifest states `size`, in bytes */
	uint64_t size;
};

/* "sha256:" and 64 lower-case hexadecimal digits. */
bool digest_valid(const char *digest);

/* The same for `what`, with an error: -EINVAL. */
int digest_check(const char *digest, const char *what, struct err *err);

/* Whether the first 64 characters are lower-case hexadecimal digits, and the 65th is not. */
bool is_hex64(const char *str);

/*
 * The digest that a file name itself states, as in "<hex>.json", "sha256:<hex>" and
 * "blobs/sha256/<hex>"; "" when there is none.
 */
void digest_from_name(const char *name, char ret[DIGEST_SIZE]);

/* An OCI descriptor; *ret_type is its media type or "". -EINVAL. */
int descriptor_parse(json_t *json, struct manifest_ref *ret, const char **ret_type,
		     struct err *err);

#endif
