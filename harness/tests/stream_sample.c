// SPDX-License-Identifier: MIT
/* Blobs and streams for tests: see stream_sample.h. */
#include "stream_sample.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tarball.h"

static void compress_none(const struct text *in, struct text *out)
{
	if (in->len)
		text_addn(out, in->str, in->len);
}

compress_fn *const compressors[CODEC_COUNT] = { compress_none, compress_gzip,  compress_zstd,
						compress_xz,   compress_bzip2, compress_lz4 };

const struct stream_limits no_limits;

void add_bytes(struct text *t, size_t len, uint32_t seed)
{
	char *buf = malloc(len + 4);

	ck_assert_ptr_nonnull(buf);
	for (size_t i = 0; i < len; i += 4) {
		seed = seed * 1664525 + 1013904223;
		memcpy(buf + i, &(uint32_t){ (seed >> 16) % 7 ? seed : seed >> 24 }, 4);
	}
	text_addn(t, buf, len);
	free(buf);
}

void make_blob(int codec, size_t len, struct text *tar, struct text *blob)
{
	add_bytes(tar, len, 1);
	compressors[codec](tar, blob);
}

int file_of(const struct text *blob, struct stream_source *source)
{
	int fd = memfd_create("blob", MFD_CLOEXEC);
	struct err err;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pwrite(fd, blob->str, blob->len, 512), (ssize_t)blob->len);
	ck_assert_int_eq(pwrite(fd, "behind", 6, 512 + (off_t)blob->len), 6);
	*source = (struct stream_source){ fd, 512, blob->len, CODEC_NONE };
	ck_assert_int_eq(stream_codec(fd, 512, blob->len, &source->codec, &err), 0);
	return fd;
}

int read_all(struct stream *s, struct text *ret, struct err *err)
{
	const void *piece;
	ssize_t got;

	while ((got = stream_next(s, &piece, err)) > 0)
		text_addn(ret, piece, (size_t)got);
	/* the end stays the end, a failure a failure */
	ck_assert_int_eq(stream_next(s, &piece, err), got);
	ck_assert(!ret->failed);
	return (int)got;
}

void run(const struct stream_source *source, const struct stream_limits *limits, struct result *ret)
{
	AUTO_STREAM struct stream *s = NULL;

	*ret = (struct result){ 0 };
	ret->error = stream_open(source, limits, &s, &ret->err);
	if (ret->error < 0)
		return;
	ret->error = read_all(s, &ret->tar, &ret->err);
	if (ret->error < 0) {
		ck_assert_int_eq(ret->error, -ret->err.num);
		ck_assert_uint_gt(strlen(ret->err.text), 0);
		return;
	}
	ck_assert_uint_eq(stream_position(s), source->size);
	stream_tar_digest(s, ret->tar_digest);
	if (source->codec == CODEC_NONE)
		memcpy(ret->blob_digest, ret->tar_digest, DIGEST_SIZE);
	else
		ck_assert_int_eq(stream_blob_digest(s, ret->blob_digest, &ret->err), 0);
}
