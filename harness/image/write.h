// SPDX-License-Identifier: MIT
/*
 * Carries out what merge.h has decided, below one directory. Every file is created exclusively in a
 * directory that was opened without following anything, so nothing is ever written through. Small
 * files are left to writer threads (pool.h).
 */
#ifndef NSPROOF_IMAGE_WRITE_H
#define NSPROOF_IMAGE_WRITE_H

#include "base/err.h"
#include "image/image.h"
#include "image/merge.h"
#include "image/plan.h"

struct writer;

/* Where the content of a regular file goes. */
struct writer_file {
	int fd;       /* an empty file, or -1 */
	char *buffer; /* room for all of it, to be filled before the next call, or NULL */
};

/* `root` is empty, stays the caller's and must stay open. */
int writer_open(int root, enum merge_order order, const struct image_unpack_opts *opts,
		struct writer **ret, struct err *err);
void writer_close(struct writer **w);

/* Layers count from 1; the order is that of writer_open(). */
void writer_begin_layer(struct writer *w, uint16_t layer);

/*
 * Carries out one entry, unless the plan is to ignore it. A regular file that has content is made
 * ready in *ret (else .fd is -1 and .buffer NULL); the caller fills it and passes it to
 * writer_file_done(). Returns 1 for MERGE_AGAIN. -EBADMSG: the entry does not fit the tree; -EFBIG:
 * the limit of files; else the errno of a call that failed, perhaps for an earlier entry.
 */
int writer_entry(struct writer *w, const struct entry *entry, const struct plan *plan,
		 struct writer_file *ret, struct err *err);

/* Gives a filled file its owner, mode and times; `bytes` counts for the statistics. Closes .fd. */
int writer_file_done(struct writer *w, struct writer_file *file, const struct entry *entry,
		     uint64_t bytes, struct err *err);

/* Waits for what is in the making, and makes the layer's hard links. */
int writer_end_layer(struct writer *w, struct err *err);

/*
 * After the last layer: owners, modes and times of directories, which writing into them would have
 * changed (or which would have forbidden it).
 */
int writer_finish(struct writer *w, struct image_unpack_stats *ret, struct err *err);

#define AUTO_WRITER __attribute__((cleanup(writer_close)))

#endif
