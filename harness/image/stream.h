// SPDX-License-Identifier: MIT
/*
 * A layer's blob as a stream of tar bytes: read, decompressed, and hashed on both sides of the
 * decompression in the same pass.
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
	int fd; /* stays the caller's */
	uint64_t offset, size;
	enum image_codec codec;
};

struct stream;

/* The codec that the first bytes show; CODEC_NONE for whatever is not known. -EIO and the like. */
int stream_codec(int fd, uint64_t offset, uint64_t size, enum image_codec *ret, struct err *err);

/* The digest of a buffer in memory. -ENOMEM. */
int stream_digest(const void *buf, size_t len, char ret[DIGEST_SIZE], struct err *err);

int stream_open(const struct stream_source *source, struct stream **ret, struct err *err);
void stream_close(struct stream **s);

/*
 * The next piece of the tar; *ret points to it until the next call. Returns its length, 0 at the
 * end. -EBADMSG: the compressed data is damaged or cut off.
 */
ssize_t stream_next(struct stream *s, const void **ret, struct err *err);

/* Reads what is left of the blob without decompressing it, and gives the blob's digest. */
int stream_blob_digest(struct stream *s, char ret[DIGEST_SIZE], struct err *err);

/* The digest of the tar bytes that stream_next() has given out; once, after its end. */
int stream_tar_digest(struct stream *s, char ret[DIGEST_SIZE], struct err *err);

#define AUTO_STREAM __attribute__((cleanup(stream_close)))

#endif
