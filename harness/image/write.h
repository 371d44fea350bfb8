// SPDX-License-Identifier: MIT
/*
 * Carries out what plan.h has decided, below one directory. Nothing is followed out of it and no
 * file is ever written through: what is in the way is removed, new files are created exclusively.
 */
#ifndef NSPROOF_IMAGE_WRITE_H
#define NSPROOF_IMAGE_WRITE_H

#include "base/err.h"
#include "image/image.h"
#include "image/plan.h"

struct writer;

/* `root` stays the caller's and must stay open. */
int writer_open(int root, const struct image_unpack_opts *opts, struct writer **ret,
		struct err *err);
void writer_close(struct writer **w);

/* Whiteouts spare what has been written since the last call. */
void writer_next_layer(struct writer *w);

/*
 * Carries out one entry, unless the plan is to ignore or reject it. For a regular file *ret_fd is
 * the new empty file, which the caller fills, passes to writer_file_done() and closes; otherwise it
 * is -1. -EBADMSG: the entry does not fit the tree (a parent that is a file, a hard link to
 * nothing); else the errno of the call that failed.
 */
int writer_entry(struct writer *w, const struct entry *entry, const struct plan *plan, int *ret_fd,
		 struct err *err);

/* Gives a filled file its owner, mode and times; `bytes` counts for the statistics. */
int writer_file_done(struct writer *w, int fd, const struct entry *entry, uint64_t bytes,
		     struct err *err);

/*
 * After the last layer: modes and times of directories, which writing into them would have changed
 * (or which would have forbidden it).
 */
int writer_finish(struct writer *w, struct image_unpack_stats *ret, struct err *err);

#define AUTO_WRITER __attribute__((cleanup(writer_close)))

#endif
