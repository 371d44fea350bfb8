// SPDX-License-Identifier: MIT
/*
 * Removing what lies below a directory, whatever an archive has put there: nothing is followed, and
 * depth costs no more than a fixed number of descriptors.
 */
#ifndef NSPROOF_IMAGE_TREE_H
#define NSPROOF_IMAGE_TREE_H

#include "base/err.h"

/* Removes the entry `name` of the directory `dirfd` with all below it; a missing one is no error. */
int tree_remove(int dirfd, const char *name, struct err *err);

/* The same for everything in the directory, which stays. Works on an O_PATH descriptor. */
int tree_remove_below(int dirfd, struct err *err);

#endif
