// SPDX-License-Identifier: MIT
/*
 * How a blob is compressed: recognised by its first bytes, undone step by step. Every format may
 * come as several members (frames, streams) one after the other, empty ones among them; their
 * contents belong together.
 */
#ifndef NSPROOF_IMAGE_CODEC_H
#define NSPROOF_IMAGE_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "image/image.h"

/* What a step takes from and gives to; it moves all four fields. */
struct codec_io {
	const uint8_t *in;
	size_t in_len;
	uint8_t *out;
	size_t out_len;
	bool last; /* nothing comes after `in` */
};

struct codec {
	/* A state of its own for each blob, NULL when memory runs out; close(NULL) is fine. */
	void *(*open)(void);
	void (*close)(void *state);
	/*
	 * Decompresses until the input is used up, the output is full or a member has ended.
	 * Returns 1 between two members, where the blob may end, else 0. -EBADMSG: damaged data;
	 * -EFBIG: it wants too much memory; -ENOMEM. A step that moves nothing although there is
	 * room has reached the end of what can be read: wait for more input, or it is cut off.
	 */
	int (*step)(void *state, struct codec_io *io, struct err *err);
};

extern const struct codec codec_gzip, codec_zstd, codec_xz, codec_bzip2, codec_lz4;

#ifdef NSPROOF_ISAL
/*
 * gzip by ISA-L's inflate, which takes half the time of zlib's but has to be loaded: NULL when it
 * can't be (not installed, or the program is static and the C library another one).
 */
const struct codec *codec_gzip_fast(void);
#endif

/*
 * The cheapest codec for a blob of `size` bytes; NULL for CODEC_NONE. The result is static.
 */
const struct codec *codec_choose(enum image_codec codec, uint64_t size);

/* The longest that codec_detect() looks at. */
#define CODEC_MAGIC_SIZE 10

/* The codec that the first bytes of a blob show; CODEC_NONE for whatever is not known. */
enum image_codec codec_detect(const uint8_t *bytes, size_t len);

/*
 * How much to skip to get behind a skippable frame, which zstd and lz4 have in common, so that it
 * does not tell them apart; 0: there is none. `bytes` has CODEC_MAGIC_SIZE bytes, or all there are.
 */
uint64_t codec_skippable(const uint8_t *bytes, size_t len);

#endif
