// SPDX-License-Identifier: MIT
/* Blobs to read, and how a stream of one goes: for the tests of image/stream. */
#ifndef NSPROOF_TESTS_STREAM_SAMPLE_H
#define NSPROOF_TESTS_STREAM_SAMPLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "image/stream.h"

#define MIB ((size_t)1 << 20)

/* Of bytes that make a blob of more than 1 MiB, which is read by threads. */
#define LARGE (MIB + MIB / 3)

typedef void compress_fn(const struct text *in, struct text *out);

/* By codec; CODEC_NONE copies. */
extern compress_fn *const compressors[CODEC_COUNT];

extern const struct stream_limits no_limits;

/* How a stream went; text_done(&tar) releases it. */
struct result {
	int error; /* 0: read to the end, and the digests are there */
	struct text tar;
	char blob_digest[DIGEST_SIZE], tar_digest[DIGEST_SIZE];
	struct err err;
};

/* Bytes with some order in them, so that every codec has something to do; `seed` makes them new. */
void add_bytes(struct text *t, size_t len, uint32_t seed);

/* Both are appended to. */
void make_blob(int codec, size_t len, struct text *tar, struct text *blob);

/* The blob in a file, not at its beginning; the descriptor is the caller's. */
int file_of(const struct text *blob, struct stream_source *source);

/* Reads to the end, or to the failure, which is returned; what was read is appended. */
int read_all(struct stream *s, struct text *ret, struct err *err);

/* Opens, reads, takes the digests, closes. */
void run(const struct stream_source *source, const struct stream_limits *limits,
	 struct result *ret);

#endif
