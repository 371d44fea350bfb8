// SPDX-License-Identifier: MIT
/* SHA-256, as "sha256:..." names blobs and layers. */
#ifndef NSPROOF_IMAGE_STREAM_HASH_H
#define NSPROOF_IMAGE_STREAM_HASH_H

#include <openssl/evp.h>
#include <stddef.h>

#include "base/err.h"
#include "image/manifest.h"

/* The caller's; EVP_MD_CTX_free() releases it. NULL: out of memory. */
EVP_MD_CTX *hash_new(void);

/* -EIO: the library fails. */
int hash_add(EVP_MD_CTX *hash, const void *buf, size_t len, struct err *err);

/* Once, after all has been added. -EIO. */
int hash_end(EVP_MD_CTX *hash, char ret[DIGEST_SIZE], struct err *err);

#endif
