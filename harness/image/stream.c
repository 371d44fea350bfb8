// SPDX-License-Identifier: MIT
/* A layer's blob as a stream of tar bytes: see stream.h. */
#include "image/stream.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "base/cleanup.h"
#include "base/text.h"

#define BUFFER_SIZE ((size_t)256 << 10)

const char *const image_codec_names[CODEC_COUNT] = { "none", "gzip", "zstd", "xz", "bzip2", "lz4" };

struct stream {
	struct stream_source source;
	uint64_t at;            /* how much of the blob has been read */
	size_t raw_at, raw_len; /* the part of `raw` that is not decompressed yet */
	bool member_open;       /* inside of a gzip member or a zstd frame */
	EVP_MD_CTX *blob_hash, *tar_hash;
	z_stream *gzip;
	ZSTD_DStream *zstd;
	uint8_t *raw, *tar;
};

int stream_codec(int fd, uint64_t offset, uint64_t size, enum image_codec *ret, struct err *err)
{
	uint8_t magic[4] = { 0 };
	ssize_t got;

	do
		got = pread(fd, magic, size < sizeof(magic) ? size : sizeof(magic), (off_t)offset);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return err_sys(err, "reading");
	if (!memcmp(magic, "\x1f\x8b", 2))
		*ret = CODEC_GZIP;
	else if (!memcmp(magic, "\x28\xb5\x2f\xfd", 4))
		*ret = CODEC_ZSTD;
	else
		*ret = CODEC_NONE;
	return 0;
}

static EVP_MD_CTX *hash_new(void)
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

static int hash_end(EVP_MD_CTX *hash, char ret[DIGEST_SIZE], struct err *err)
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

	if (hash && EVP_DigestUpdate(hash, buf, len) == 1)
		r = hash_end(hash, ret, err);
	else
		r = err_set(err, ENOMEM, "out of memory");
	EVP_MD_CTX_free(hash);
	return r;
}

static bool codec_open(struct stream *s)
{
	switch (s->source.codec) {
	case CODEC_GZIP:
		s->gzip = calloc(1, sizeof(*s->gzip));
		/* +16: the gzip format and no other */
		return s->gzip && inflateInit2(s->gzip, MAX_WBITS + 16) == Z_OK;
	case CODEC_ZSTD:
		s->zstd = ZSTD_createDStream();
		return s->zstd && !ZSTD_isError(ZSTD_initDStream(s->zstd));
	default:
		return true;
	}
}

int stream_open(const struct stream_source *source, const struct stream_limits *limits,
		struct stream **ret, struct err *err)
{
	AUTO_STREAM struct stream *s = calloc(1, sizeof(*s));

	if (!s)
		return err_set(err, ENOMEM, "out of memory");
	(void)limits;
	s->source = *source;
	s->blob_hash = hash_new();
	s->raw = malloc(BUFFER_SIZE);
	if (source->codec != CODEC_NONE) {
		/* a plain tar is its own blob: one buffer and one hash */
		s->tar_hash = hash_new();
		s->tar = malloc(BUFFER_SIZE);
	}
	if (!s->blob_hash || !s->raw || (source->codec && (!s->tar_hash || !s->tar)) ||
	    !codec_open(s))
		return err_set(err, ENOMEM, "out of memory");
	*ret = STEAL_PTR(s);
	return 0;
}

void stream_close(struct stream **stream)
{
	struct stream *s = *stream;

	if (!s)
		return;
	if (s->gzip)
		inflateEnd(s->gzip);
	free(s->gzip);
	ZSTD_freeDStream(s->zstd);
	EVP_MD_CTX_free(s->blob_hash);
	EVP_MD_CTX_free(s->tar_hash);
	free(s->raw);
	free(s->tar);
	free(s);
	*stream = NULL;
}

/* Refills `raw` and hashes it; raw_len is 0 at the end of the blob. */
static int refill(struct stream *s, struct err *err)
{
	uint64_t left = s->source.size - s->at;
	size_t want = left < BUFFER_SIZE ? (size_t)left : BUFFER_SIZE;
	ssize_t got;

	s->raw_at = s->raw_len = 0;
	if (!want)
		return 0;
	do
		got = pread(s->source.fd, s->raw, want, (off_t)(s->source.offset + s->at));
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return err_sys(err, "reading");
	if (got == 0)
		return err_set(err, EBADMSG, "the archive is cut off");
	s->at += (uint64_t)got;
	s->raw_len = (size_t)got;
	if (EVP_DigestUpdate(s->blob_hash, s->raw, (size_t)got) != 1)
		return err_set(err, EIO, "sha256 does not work");
	return 0;
}

/* Decompresses from `raw` into `tar`; *ret_made may be 0 although there is more to come. */
static int gzip_step(struct stream *s, size_t *ret_made, struct err *err)
{
	z_stream *z = s->gzip;
	int r;

	/* a blob may be several gzip members one after the other: RFC 1952 */
	if (!s->member_open)
		inflateReset(z);
	z->next_in = s->raw + s->raw_at;
	z->avail_in = (unsigned int)(s->raw_len - s->raw_at);
	z->next_out = s->tar;
	z->avail_out = (unsigned int)BUFFER_SIZE;
	r = inflate(z, Z_NO_FLUSH);
	if (r != Z_OK && r != Z_STREAM_END && r != Z_BUF_ERROR)
		return err_set(err, EBADMSG, "damaged gzip data: %s", z->msg ? z->msg : "?");
	s->member_open = r != Z_STREAM_END;
	s->raw_at = s->raw_len - z->avail_in;
	*ret_made = BUFFER_SIZE - z->avail_out;
	return 0;
}

static int zstd_step(struct stream *s, size_t *ret_made, struct err *err)
{
	ZSTD_inBuffer in = { s->raw, s->raw_len, s->raw_at };
	ZSTD_outBuffer out = { s->tar, BUFFER_SIZE, 0 };
	size_t r = ZSTD_decompressStream(s->zstd, &out, &in);

	if (ZSTD_isError(r))
		return err_set(err, EBADMSG, "damaged zstd data: %s", ZSTD_getErrorName(r));
	s->member_open = r != 0;
	s->raw_at = in.pos;
	*ret_made = out.pos;
	return 0;
}

static ssize_t next_plain(struct stream *s, const void **ret, struct err *err)
{
	int r = refill(s, err);

	if (r < 0)
		return r;
	*ret = s->raw;
	return (ssize_t)s->raw_len;
}

ssize_t stream_next(struct stream *s, const void **ret, struct err *err)
{
	size_t made = 0;

	if (s->source.codec == CODEC_NONE)
		return next_plain(s, ret, err);
	while (!made) {
		bool ended;
		int r = s->raw_at < s->raw_len ? 0 : refill(s, err);

		if (r < 0)
			return r;
		/* the codec may still hold output although all of its input has been taken */
		ended = s->raw_at == s->raw_len;
		if (ended && !s->member_open)
			return 0;
		if (s->gzip)
			r = gzip_step(s, &made, err);
		else
			r = zstd_step(s, &made, err);
		if (r < 0)
			return r;
		if (ended && !made && s->member_open)
			return err_set(err, EBADMSG, "the compressed data is cut off");
	}
	if (EVP_DigestUpdate(s->tar_hash, s->tar, made) != 1)
		return err_set(err, EIO, "sha256 does not work");
	*ret = s->tar;
	return (ssize_t)made;
}

int stream_blob_digest(struct stream *s, char ret[DIGEST_SIZE], struct err *err)
{
	do {
		int r = refill(s, err);

		if (r < 0)
			return r;
	} while (s->raw_len);
	return hash_end(s->blob_hash, ret, err);
}

int stream_tar_digest(struct stream *s, char ret[DIGEST_SIZE], struct err *err)
{
	return hash_end(s->tar_hash ? s->tar_hash : s->blob_hash, ret, err);
}
