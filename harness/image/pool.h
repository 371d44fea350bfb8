// SPDX-License-Identifier: MIT
/*
 * Files in the making. A job is one file with all that belongs to it; jobs are collected in batches,
 * which writer threads carry out while the archive is read on. They are independent: whatever one
 * needs is there before it is handed in. Without threads a batch is carried out when it is full.
 */
#ifndef NSPROOF_IMAGE_POOL_H
#define NSPROOF_IMAGE_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "image/dirs.h"
#include "image/meta.h"
#include "image/plan.h"

/* Larger files than this are written by the reader itself, without a copy. */
#define POOL_FILE_MAX ((size_t)64 << 10)

/* One file; the texts belong to the job's batch, or to whoever runs it alone. */
struct job {
	struct job *next;
	struct dir *dir;
	const char *name;
	const char *symlink; /* S_IFLNK */
	mode_t type;
	dev_t device;
	struct meta meta;
	char *content; /* S_IFREG */
	size_t size;
	struct entry_xattr *xattrs;
	size_t xattr_count;
};

struct pool;

/* `rules` must live as long; `threads` 0: everything is done by the caller. NULL: no memory. */
struct pool *pool_new(const struct meta_rules *rules, int threads);
void pool_free(struct pool **p); /* what has not begun is dropped */

/*
 * A job in the current batch with copies of `job`'s texts and room for `size` bytes of content,
 * which the caller fills before its next call. The directory is pinned until it is done. -E2BIG: too
 * large for a batch, run it alone; else the failure of an earlier job.
 */
int pool_add(struct pool *p, const struct job *job, size_t size, struct job **ret, struct err *err);

/* Carries a job out at once. */
int pool_run(struct pool *p, const struct job *job, struct err *err);

/* Says why a file could not be created, from errno. */
int pool_making_failed(struct err *err);

/* Waits until everything handed in is done; the failure of any of it. */
int pool_drain(struct pool *p, struct err *err);

/* Extended attributes that could not be set, so far; exact after pool_drain(). */
uint64_t pool_xattrs_skipped(const struct pool *p);

#define AUTO_POOL __attribute__((cleanup(pool_free)))

#endif
