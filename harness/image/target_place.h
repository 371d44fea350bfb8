// SPDX-License-Identifier: MIT
/* A target that is filled in place, because it is a mount point: target.h. */
#ifndef NSPROOF_IMAGE_TARGET_PLACE_H
#define NSPROOF_IMAGE_TARGET_PLACE_H

#include "base/err.h"
#include "image/target.h"

/* Takes t->fd, the mount point: sets t->lock and t->before, and clears what a dead process left. */
int target_place_open(struct target *t, struct err *err);

/* Takes the marker away. */
int target_place_commit(struct target *t, struct err *err);

/* Removes everything that was made, the marker last. */
void target_place_undo(struct target *t);

/* Locks a file or directory: 0; -EWOULDBLOCK: somebody else has; others: no locks here. */
int target_lock(int fd);

/* Whether the entry `name` of `dirfd` is what `fd` has open. */
bool target_same(int dirfd, const char *name, int fd);

/* -ENOTEMPTY with a text unless the directory holds nothing but "lost+found"s of a mount point. */
int target_check_empty(int dirfd, bool mount_point, const char *shown, struct err *err);

#endif
