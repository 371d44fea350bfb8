// SPDX-License-Identifier: MIT
/*
 * A layer's blob as a stream of tar bytes: read, decompressed, and hashed on both sides of the
 * decompression in the same pass. A large blob is read, decompressed and hashed by threads of its
 * own, which work ahead as far as a few buffers go.
 */
#ifndef NSPROOF_IMAGE_STREAM_H
#define NSPROOF_IMAGE_STREAM_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "image/image.h"
#include "image/manifest.h"

/* Where the blob lies. */
struct stream_source {
	int fd; /* stays the caller's; read with pread(2) */
	uint64_t offset, size;
	enum image_codec codec;
};

struct stream_limits {
	uint64_t size;  /* of the tar bytes; 0: none */
	uint64_t ratio; /* of tar to blob bytes, from 256 MiB of tar on; 0: none */
};

struct stream;

/* The codec that the first bytes show; CODEC_NONE for whatever is not known. -EIO and the like. */
int stream_codec(int fd, uint64_t offset, uint64_t size, enum image_codec *ret, struct err *err);

/* The digest of a buffer in memory. */
void stream_digest(const void *buf, size_t len, char ret[DIGEST_SIZE]);

/*
 * Starts reading; threads may begin to work at once, so that the next layer's stream can be opened
 * while the one before is in use. A compressed blob may consist of several members (frames,
 * streams), which are read as one; zeroes behind the last of gzip are padding, as gzip(1) and tapes
 * have them, all else that follows is damage. -ENOMEM; -EFBIG: the blob alone is over the limit.
 */
int stream_open(const struct stream_source *source, const struct stream_limits *limits,
		struct stream **ret, struct err *err);
void stream_close(struct stream **s); /* also in the middle: threads end at their next buffer */

/*
 * The next piece of the tar; *ret points to it until the next call. Returns its length, 0 at the
 * end. -EBADMSG: the compressed data is damaged or cut off; -EFBIG: a limit, the text says which and
 * what raises it, or decompressing takes more than 128 MiB of memory; -EIO and the like: reading.
 */
ssize_t stream_next(struct stream *s, const void **ret, struct err *err);

/* Bytes of the blob that have been read so far. */
uint64_t stream_position(const struct stream *s);

/* Reads what is left of the blob without decompressing it, and gives the blob's digest; once. */
int stream_blob_digest(struct stream *s, char ret[DIGEST_SIZE], struct err *err);

/*
 * The digest of the tar bytes that stream_next() has given out; once, after its end. Of a plain
 * blob it is the blob's digest, and either function may be called, once in all.
 */
void stream_tar_digest(struct stream *s, char ret[DIGEST_SIZE]);

#define AUTO_STREAM __attribute__((cleanup(stream_close)))

#endif
