// SPDX-License-Identifier: MIT
/* Compression and digests in memory: see compress.h. */
#include "pack/compress.h"

#include <bzlib.h>
#include <errno.h>
#include <lz4frame.h>
#include <lzma.h>
/* by its own functions and not by EVP, which is large and slow to set up: see image/stream_hash.h */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "base/cleanup.h"

static int no_memory(struct err *err)
{
	return err_set(err, ENOMEM, "out of memory");
}

static int append(struct text *out, const void *bytes, size_t len, struct err *err)
{
	text_addn(out, bytes, len);
	return out->failed ? no_memory(err) : 0;
}

int pack_gzip(const struct text *in, struct text *out, struct err *err)
{
	AUTO_FREE unsigned char *buf = NULL;
	z_stream z = { 0 };
	uLong room, done;
	int r;

	/* 15 + 16: a gzip header, which then holds no time and no name */
	if (deflateInit2(&z, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return no_memory(err);
	room = deflateBound(&z, in->len);
	buf = malloc(room);
	z.next_in = (unsigned char *)in->str;
	z.avail_in = (unsigned int)in->len;
	z.next_out = buf;
	z.avail_out = (unsigned int)room;
	r = buf ? deflate(&z, Z_FINISH) : Z_MEM_ERROR;
	done = z.total_out;
	deflateEnd(&z);
	if (!buf)
		return no_memory(err);
	if (r != Z_STREAM_END)
		return err_set(err, EIO, "gzip failed");
	return append(out, buf, done, err);
}

int pack_zstd(const struct text *in, struct text *out, struct err *err)
{
	size_t room = ZSTD_compressBound(in->len), len;
	AUTO_FREE char *buf = malloc(room);

	if (!buf)
		return no_memory(err);
	len = ZSTD_compress(buf, room, in->str, in->len, 3);
	if (ZSTD_isError(len))
		return err_set(err, EIO, "zstd: %s", ZSTD_getErrorName(len));
	return append(out, buf, len, err);
}

int pack_xz(const struct text *in, struct text *out, struct err *err)
{
	size_t room = lzma_stream_buffer_bound(in->len), len = 0;
	AUTO_FREE uint8_t *buf = malloc(room);

	if (!buf)
		return no_memory(err);
	if (lzma_easy_buffer_encode(1, LZMA_CHECK_CRC64, NULL, (const uint8_t *)in->str, in->len,
				    buf, &len, room) != LZMA_OK)
		return err_set(err, EIO, "xz failed");
	return append(out, buf, len, err);
}

int pack_bzip2(const struct text *in, struct text *out, struct err *err)
{
	/* the bound is from the library's manual */
	unsigned int len = (unsigned int)(in->len + in->len / 100 + 600);
	AUTO_FREE char *buf = malloc(len);

	if (!buf)
		return no_memory(err);
	if (BZ2_bzBuffToBuffCompress(buf, &len, in->len ? in->str : buf, (unsigned int)in->len, 9,
				     0, 0) != BZ_OK)
		return err_set(err, EIO, "bzip2 failed");
	return append(out, buf, len, err);
}

int pack_lz4(const struct text *in, struct text *out, struct err *err)
{
	/* as lz4(1) writes it: with a checksum of the content */
	LZ4F_preferences_t how = { .frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled };
	size_t room = LZ4F_compressFrameBound(in->len, &how), len;
	AUTO_FREE char *buf = malloc(room);

	if (!buf)
		return no_memory(err);
	len = LZ4F_compressFrame(buf, room, in->str, in->len, &how);
	if (LZ4F_isError(len))
		return err_set(err, EIO, "lz4: %s", LZ4F_getErrorName(len));
	return append(out, buf, len, err);
}

void pack_digest(const struct text *bytes, char ret[PACK_DIGEST_SIZE])
{
	unsigned char raw[SHA256_DIGEST_LENGTH];
	SHA256_CTX state;

	SHA256_Init(&state);
	SHA256_Update(&state, bytes->str, bytes->len);
	SHA256_Final(raw, &state);
	memcpy(ret, "sha256:", 7);
	text_hex(raw, sizeof(raw), ret + 7);
}
