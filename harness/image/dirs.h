// SPDX-License-Identifier: MIT
/*
 * The directories that entries are made in, as O_PATH descriptors of which the last ones asked for
 * are kept, since archives list a directory's entries together. Each is reached component by
 * component from its parent's, and nothing is followed: whatever lies on disk, no descriptor is
 * outside the root.
 */
#ifndef NSPROOF_IMAGE_DIRS_H
#define NSPROOF_IMAGE_DIRS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "image/merge.h"

#define DIRS_KEPT 128

struct dir {
	int fd;
	uint32_t node;
	unsigned int used; /* when it was last asked for */
	atomic_uint pins;  /* jobs that are going to use it; released by writer threads */
};

struct dirs {
	struct merge *merge;
	int root; /* the caller's */
	unsigned int clock;
	struct dir kept[DIRS_KEPT];
	struct dir top; /* the root itself, never released */
};

void dirs_init(struct dirs *d, struct merge *merge, int root);
void dirs_done(struct dirs *d);

/*
 * The descriptor of a directory. With `make`, it and its parents are made, with mode 0700, where
 * they are not on disk. It may be closed by the next call unless it is pinned.
 * -EBUSY: all that are kept are pinned; else the errno of the call that failed.
 */
int dirs_open(struct dirs *d, uint32_t node, bool make, struct dir **ret, struct err *err);

/* Makes those in which nothing has been written: all that a layer has there is hidden. */
int dirs_make_missing(struct dirs *d, struct err *err);

/* Forgets a directory, which has been removed or is about to be. */
void dirs_forget(struct dirs *d, uint32_t node);

#endif
