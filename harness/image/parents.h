// SPDX-License-Identifier: MIT
/*
 * The directories that entries are made in, as O_PATH descriptors. The kernel resolves them as if
 * the tree were the root (openat2(2), RESOLVE_IN_ROOT), so that symbolic links in the tree work and
 * never lead out. The last few are kept, because archives list a directory's entries together.
 */
#ifndef NSPROOF_IMAGE_PARENTS_H
#define NSPROOF_IMAGE_PARENTS_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

#define PARENTS_KEPT 8

struct parent {
	int fd;
	ino_t ino;
	unsigned int used; /* when it was last asked for */
	char path[PATH_MAX];
};

struct parents {
	int root; /* the caller's */
	unsigned int clock;
	struct parent kept[PARENTS_KEPT];
	/* called for each directory that nothing in the archive has announced, and that was made */
	int (*made)(void *data, const char *path, ino_t ino, struct err *err);
	void *data;
};

void parents_init(struct parents *p, int root);

/* Forgets all directories; necessary after one has been removed or replaced. */
void parents_flush(struct parents *p);

/*
 * Opens a directory by its clean path ("" is the root). With `create` missing ones are made, with
 * mode 0700. *ret stays valid until the next call but one, or parents_flush().
 * -EBADMSG: it is not a directory, or symbolic links lead in a circle or nowhere;
 * -ENOENT: it does not exist (without `create`).
 */
int parents_open(struct parents *p, const char *dir, bool create, const struct parent **ret,
		 struct err *err);

/* openat2(2) inside the tree, for directories, repeated when the kernel asks for it. */
int parents_openat2(int root, const char *path, uint64_t flags);

#endif
