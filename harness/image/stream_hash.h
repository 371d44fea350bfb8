// SPDX-License-Identifier: MIT
/*
 * SHA-256, as "sha256:..." names blobs and layers. By libcrypto's own functions for it and not by
 * EVP: that one sets up a registry of algorithms first, a millisecond that a small image notices.
 */
#ifndef NSPROOF_IMAGE_STREAM_HASH_H
#define NSPROOF_IMAGE_STREAM_HASH_H

#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
#include <stddef.h>

#include "image/manifest.h"

struct hash {
	SHA256_CTX state;
};

void hash_begin(struct hash *h);
void hash_add(struct hash *h, const void *buf, size_t len);
void hash_end(struct hash *h, char ret[DIGEST_SIZE]); /* once, after all has been added */

#endif
