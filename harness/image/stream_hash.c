// SPDX-License-Identifier: MIT
/* SHA-256 by libcrypto: see stream_hash.h. */
#include "image/stream_hash.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <string.h>

#include "base/text.h"
#include "image/stream.h"

EVP_MD_CTX *hash_new(void)
{
	EVP_MD_CTX *hash;

	/* the host's openssl.cnf must not decide anything here, and reading it costs start-up time
	 */
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	hash = EVP_MD_CTX_new();
	if (hash && EVP_DigestInit_ex(hash, EVP_sha256(), NULL) == 1)
		return hash;
	EVP_MD_CTX_free(hash);
	return NULL;
}

int hash_add(EVP_MD_CTX *hash, const void *buf, size_t len, struct err *err)
{
	if (EVP_DigestUpdate(hash, buf, len) != 1)
		return err_set(err, EIO, "sha256 does not work");
	return 0;
}

int hash_end(EVP_MD_CTX *hash, char ret[DIGEST_SIZE], struct err *err)
{
	uint8_t raw[EVP_MAX_MD_SIZE];
	unsigned int len;

	if (EVP_DigestFinal_ex(hash, raw, &len) != 1 || len != 32)
		return err_set(err, EIO, "sha256 does not work");
	memcpy(ret, "sha256:", 7);
	text_hex(raw, len, ret + 7);
	return 0;
}

int stream_digest(const void *buf, size_t len, char ret[DIGEST_SIZE], struct err *err)
{
	EVP_MD_CTX *hash = hash_new();
	int r;

	if (!hash)
		return err_set(err, ENOMEM, "out of memory");
	r = hash_add(hash, buf, len, err);
	if (r == 0)
		r = hash_end(hash, ret, err);
	EVP_MD_CTX_free(hash);
	return r;
}
