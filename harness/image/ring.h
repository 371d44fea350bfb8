// SPDX-License-Identifier: MIT
/*
 * A ring of buffers between three threads: one fills them, one looks at them (it hashes), and the
 * caller's takes them. The latter two see the same bytes at the same time; a buffer is filled again
 * when both are done with it.
 */
#ifndef NSPROOF_IMAGE_RING_H
#define NSPROOF_IMAGE_RING_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

/* What the two threads of a ring do; both get `data`. */
struct ring_work {
	/* Fills a buffer: bytes, 0 at the end, or a negative errno; not called again after those. */
	ssize_t (*fill)(void *data, uint8_t *buf, size_t room, struct err *err);
	/* Looks at each filled buffer, in order. */
	void (*look)(void *data, const uint8_t *buf, size_t len);
	void *data;
	size_t room; /* of a buffer; there are RING_SLOTS of them, made as they are needed */
};

#define RING_SLOTS 8

struct ring;

/*
 * Starts the threads, with all signals blocked. *ret is the caller's. -ENOMEM; -EAGAIN: no thread
 * can be had.
 */
int ring_start(const struct ring_work *work, struct ring **ret, struct err *err);

/*
 * The next filled buffer; *ret points to it until the next call. Its length, 0 at the end, or what
 * fill() failed with, again and again.
 */
ssize_t ring_next(struct ring *r, const void **ret, struct err *err);

/*
 * Ends the threads after the buffer that they are at, and waits for them; look() has then seen all
 * that fill() has given out. Safe twice.
 */
void ring_stop(struct ring *r);

/* Stops the ring and releases it; NULL is fine. */
void ring_free(struct ring *r);

#endif
