// SPDX-License-Identifier: MIT
/* SHA-256 by libcrypto: see stream_hash.h. */
#include "image/stream_hash.h"

#include <string.h>

#include "base/text.h"
#include "image/stream.h"

void hash_begin(struct hash *h)
{
	SHA256_Init(&h->state);
}

void hash_add(struct hash *h, const void *buf, size_t len)
{
	SHA256_Update(&h->state, buf, len);
}

void hash_end(struct hash *h, char ret[DIGEST_SIZE])
{
	uint8_t raw[SHA256_DIGEST_LENGTH];

	SHA256_Final(raw, &h->state);
	memcpy(ret, "sha256:", 7);
	text_hex(raw, sizeof(raw), ret + 7);
}

void stream_digest(const void *buf, size_t len, char ret[DIGEST_SIZE])
{
	struct hash hash;

	hash_begin(&hash);
	hash_add(&hash, buf, len);
	hash_end(&hash, ret);
}
