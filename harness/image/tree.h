// SPDX-License-Identifier: MIT
/*
 * Removing what lies below a directory, whatever an archive has put there: nothing is followed, and
 * depth costs no more than a fixed number of descriptors.
 */
#ifndef NSPROOF_IMAGE_TREE_H
#define NSPROOF_IMAGE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

/*
 * A set of directory entries, each known by its directory's inode number and its name, so that two
 * paths to one entry (through a symbolic link) are one. Start with { 0 }.
 */
struct name_set {
	uint64_t *slots; /* hashes; 0 is empty */
	size_t used, room;
	uint64_t seed;
};

int name_set_add(struct name_set *set, ino_t dir, const char *name, struct err *err);
bool name_set_has(const struct name_set *set, ino_t dir, const char *name);
void name_set_clear(struct name_set *set);
void name_set_done(struct name_set *set);

/*
 * Removes the entry `name` of the directory `dirfd` (inode number `dir`) with all below it. Entries
 * in `keep` stay, with the directories that lead to them; NULL: none. A missing entry is no error.
 */
int tree_remove(int dirfd, ino_t dir, const char *name, const struct name_set *keep,
		struct err *err);

/* The same for everything in the directory, which stays. Works on an O_PATH descriptor. */
int tree_remove_below(int dirfd, const struct name_set *keep, struct err *err);

#endif
