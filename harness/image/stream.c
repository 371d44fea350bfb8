// SPDX-License-Identifier: MIT
/*
 * A layer's blob as a stream of tar bytes: see stream.h. One function, fill(), makes the pieces: a
 * thread of a ring calls it for a large blob, the caller's for a small one.
 */
#include "image/stream.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "image/codec.h"
#include "image/ring.h"
#include "image/stream_hash.h"

#define BUFFER_SIZE  ((size_t)256 << 10)
/* of an inline stream: room for a few steps of any codec, yet little for the page faults */
#define BUFFER_SMALL ((size_t)32 << 10)

/* Below this size of the blob threads cost more than they give. */
#define THREADS_SIZE ((uint64_t)1 << 20)

/* Before this much tar a ratio says nothing: a file of zeroes is no bomb. */
#define RATIO_FROM ((uint64_t)256 << 20)

/* How many skippable frames may come before the first that tells what the blob is. */
#define SKIPPABLE_MAX 64

struct stream {
	struct stream_source source;
	struct stream_limits limits;
	uint64_t made;             /* bytes of tar */
	_Atomic uint64_t at;       /* how much of the blob has been read */
	const struct codec *codec; /* NULL: the blob is the tar */
	void *codec_state;
	uint8_t *raw; /* what has been read of a compressed blob, raw_size at most ... */
	size_t raw_size;
	const uint8_t *in; /* ... and the part of it that is not decompressed yet */
	size_t in_len;
	struct hash blob_hash, tar_hash; /* the former alone when the blob is the tar */
	struct ring *ring;               /* of a large blob */
	uint8_t *tar;                    /* of a small one: the piece that is given out */
	size_t tar_size;
	struct err failure; /* of a small one, to be given out again */
};

static ssize_t read_at(int fd, void *buf, size_t len, uint64_t at, struct err *err)
{
	ssize_t got;

	do
		got = pread(fd, buf, len, (off_t)at);
	while (got < 0 && errno == EINTR);
	return got < 0 ? err_sys(err, "reading") : got;
}

int stream_codec(int fd, uint64_t offset, uint64_t size, enum image_codec *ret, struct err *err)
{
	enum image_codec codec = CODEC_NONE;
	uint64_t skip, at = 0;

	for (int i = 0; i < SKIPPABLE_MAX && at < size; i++) {
		uint64_t left = size - at;
		uint8_t magic[CODEC_MAGIC_SIZE];
		ssize_t got = read_at(fd, magic, left < sizeof(magic) ? left : sizeof(magic),
				      offset + at, err);

		if (got < 0)
			return (int)got;
		codec = codec_detect(magic, (size_t)got);
		skip = codec_skippable(magic, (size_t)got);
		if (!skip || skip > left)
			break;
		at += skip;
	}
	/* nothing but skippable frames, or damage behind them: zstd tells */
	*ret = at && codec == CODEC_NONE ? CODEC_ZSTD : codec;
	return 0;
}

/* A blob whose size alone says that it can't be within the limits. */
static int check_size(const struct stream_source *source, const struct stream_limits *limits,
		      struct err *err)
{
	uint64_t most = limits->size;

	/* what can't be compressed becomes larger, but not by as much as this */
	if (source->codec != CODEC_NONE)
		most += most / 8 + THREADS_SIZE;
	if (!limits->size || most < limits->size || source->size <= most)
		return 0;
	return err_set(err, EFBIG,
		       "its blob of %llu bytes holds more than the limit of %llu; "
		       "--max-size raises it",
		       (unsigned long long)source->size, (unsigned long long)limits->size);
}

static int check_limits(const struct stream *s, struct err *err)
{
	const struct stream_limits *l = &s->limits;

	if (l->size && s->made > l->size)
		return err_set(err, EFBIG,
			       "it unpacks to more than the limit of %llu bytes; "
			       "--max-size raises it",
			       (unsigned long long)l->size);
	if (l->ratio && s->made > RATIO_FROM && (s->made - 1) / l->ratio >= s->source.size)
		return err_set(err, EFBIG,
			       "its blob of %llu bytes unpacks to more than %llu times that, the "
			       "limit; --max-ratio raises it",
			       (unsigned long long)s->source.size, (unsigned long long)l->ratio);
	return 0;
}

/* The next bytes of the blob as they are; 0 at its end. */
static ssize_t read_blob(struct stream *s, void *buf, size_t room, struct err *err)
{
	uint64_t at = atomic_load_explicit(&s->at, memory_order_relaxed);
	uint64_t left = s->source.size - at;
	ssize_t got;

	if (!left)
		return 0;
	got = read_at(s->source.fd, buf, left < room ? left : room, s->source.offset + at, err);
	if (got == 0)
		return err_set(err, EBADMSG, "the archive is cut off");
	if (got > 0)
		atomic_store_explicit(&s->at, at + (uint64_t)got, memory_order_relaxed);
	return got;
}

/* Refills `raw` and hashes it; in_len stays 0 at the end of the blob. */
static int refill(struct stream *s, struct err *err)
{
	ssize_t got = read_blob(s, s->raw, s->raw_size, err);

	if (got <= 0)
		return (int)got;
	s->in = s->raw;
	s->in_len = (size_t)got;
	hash_add(&s->blob_hash, s->raw, s->in_len);
	return 0;
}

/* Decompresses until `buf` is full or the blob has ended. */
static ssize_t decompress(struct stream *s, uint8_t *buf, size_t room, struct err *err)
{
	struct codec_io io = { .out = buf, .out_len = room };

	while (io.out_len) {
		size_t in_before, out_before = io.out_len;
		int r = s->in_len ? 0 : refill(s, err);

		if (r < 0)
			return r;
		io.in = s->in;
		io.in_len = in_before = s->in_len;
		io.last = s->at == s->source.size;
		r = s->codec->step(s->codec_state, &io, err);
		if (r < 0)
			return r;
		s->in = io.in;
		s->in_len = io.in_len;
		if (io.in_len != in_before || io.out_len != out_before)
			continue;
		/* a member may end without moving anything, when its last bytes were taken before */
		if (!r)
			return err_set(err, EBADMSG, "the compressed data is cut off");
		if (!io.in_len)
			break;
	}
	return (ssize_t)(room - io.out_len);
}

/* The next piece of the tar: its length, 0 at the end. */
static ssize_t fill(void *data, uint8_t *buf, size_t room, struct err *err)
{
	struct stream *s = data;
	ssize_t got = s->codec ? decompress(s, buf, room, err) : read_blob(s, buf, room, err);
	int r;

	if (got <= 0)
		return got;
	s->made += (uint64_t)got;
	r = check_limits(s, err);
	return r < 0 ? r : got;
}

static void hash_tar(void *data, const uint8_t *buf, size_t len)
{
	struct stream *s = data;

	hash_add(s->codec ? &s->tar_hash : &s->blob_hash, buf, len);
}

static size_t clamp(uint64_t size)
{
	if (size < BUFFER_SMALL)
		return BUFFER_SMALL;
	return size < BUFFER_SIZE ? (size_t)size : BUFFER_SIZE;
}

static int make_parts(struct stream *s, struct err *err)
{
	s->codec = codec_choose(s->source.codec, s->source.size);
	hash_begin(&s->blob_hash);
	s->raw_size = clamp(s->source.size);
	if (s->codec) {
		hash_begin(&s->tar_hash);
		s->raw = malloc(s->raw_size);
		s->codec_state = s->codec->open();
	}
	if (!s->codec || (s->raw && s->codec_state))
		return 0;
	return err_set(err, ENOMEM, "out of memory");
}

/* With threads if it pays and there are any to be had, else with a buffer. */
static int make_way_out(struct stream *s, struct err *err)
{
	const struct ring_work work = { fill, hash_tar, s, BUFFER_SIZE };

	if (s->source.size >= THREADS_SIZE && ring_start(&work, &s->ring, err) == 0)
		return 0;
	s->tar_size = clamp(s->codec ? s->source.size * 8 : s->source.size);
	s->tar = malloc(s->tar_size);
	return s->tar ? 0 : err_set(err, ENOMEM, "out of memory");
}

int stream_open(const struct stream_source *source, const struct stream_limits *limits,
		struct stream **ret, struct err *err)
{
	AUTO_STREAM struct stream *s = NULL;
	int r = check_size(source, limits, err);

	if (r < 0)
		return r;
	s = calloc(1, sizeof(*s));
	if (!s)
		return err_set(err, ENOMEM, "out of memory");
	s->source = *source;
	s->limits = *limits;
	r = make_parts(s, err);
	if (r < 0 || (r = make_way_out(s, err)) < 0)
		return r;
	*ret = STEAL_PTR(s);
	return 0;
}

void stream_close(struct stream **stream)
{
	struct stream *s = *stream;

	if (!s)
		return;
	ring_free(s->ring);
	if (s->codec)
		s->codec->close(s->codec_state);
	free(s->raw);
	free(s->tar);
	free(s);
	*stream = NULL;
}

ssize_t stream_next(struct stream *s, const void **ret, struct err *err)
{
	ssize_t got;

	if (s->ring)
		return ring_next(s->ring, ret, err);
	if (s->failure.num) {
		*err = s->failure;
		return -err->num;
	}
	got = fill(s, s->tar, s->tar_size, err);
	if (got > 0)
		hash_tar(s, s->tar, (size_t)got);
	if (got < 0)
		s->failure = *err;
	else
		*ret = s->tar;
	return got;
}

uint64_t stream_position(const struct stream *s)
{
	return atomic_load_explicit(&s->at, memory_order_relaxed);
}

int stream_blob_digest(struct stream *s, char ret[DIGEST_SIZE], struct err *err)
{
	int r;

	/* the threads have hashed all that they have read: the rest is done here */
	if (s->ring)
		ring_stop(s->ring);
	if (!s->raw)
		s->raw = malloc(s->raw_size);
	if (!s->raw)
		return err_set(err, ENOMEM, "out of memory");
	do {
		s->in_len = 0;
		r = refill(s, err);
	} while (r == 0 && s->in_len);
	if (r == 0)
		hash_end(&s->blob_hash, ret);
	return r;
}

void stream_tar_digest(struct stream *s, char ret[DIGEST_SIZE])
{
	if (s->ring)
		ring_stop(s->ring);
	hash_end(s->codec ? &s->tar_hash : &s->blob_hash, ret);
}
