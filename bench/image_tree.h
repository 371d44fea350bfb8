// SPDX-License-Identifier: MIT
/*
 * Inside bench/: what a tree holds, for two uses. A sum over all of it, which does not depend on the
 * order, tells whether an image was unpacked to what was put in. A list of it is what the floor of
 * unpacking writes.
 */
#ifndef NSPROOF_BENCH_IMAGE_TREE_H
#define NSPROOF_BENCH_IMAGE_TREE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

/* Directories, regular files and symbolic links below a root, which does not count itself. */
struct tree_facts {
	uint64_t entries, bytes; /* of file content */
	uint64_t sum;            /* of names, types and contents */
};

/* Counts one entry; `content` is that of a file or the target of a link. */
void tree_facts_add(struct tree_facts *f, const char *path, mode_t type, const void *content,
		    size_t len);

/* One entry of a list, which is in the order of a walk: a directory, then what is in it. */
struct tree_item {
	unsigned int depth; /* 0: in the root */
	mode_t mode;
	size_t size;
	char *name, *target; /* target: of a symbolic link, else NULL */
};

struct tree_list {
	struct tree_item *items;
	size_t count, room;
	char *piece; /* what tree_write() fills files with */
};

void tree_list_done(struct tree_list *l);

/*
 * Reads all below the directory into an empty list and into *ret. -ENOMEM; -EINVAL: other types than
 * those above, or too deep; the errno of a call that failed.
 */
int tree_read(int dirfd, struct tree_list *list, struct tree_facts *ret, struct err *err);

/*
 * The floor: writes the same entries, with other contents of the same sizes, into an empty directory.
 * One thread, three calls a file, two a directory, one a link.
 */
int tree_write(const struct tree_list *list, int dirfd, struct err *err);

#endif
