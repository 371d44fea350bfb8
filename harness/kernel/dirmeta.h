// SPDX-License-Identifier: MIT
/* One directory made to look like another. */
#ifndef NSPROOF_KERNEL_DIRMETA_H
#define NSPROOF_KERNEL_DIRMETA_H

#include "base/err.h"

/*
 * Gives the directory `to` the owner, mode, times and extended attributes (access control lists
 * too) of `from`, which may be an O_PATH descriptor. Attributes that belong to overlayfs or to a
 * security module say something about the place and are left out, as are those that the file system
 * refuses. -EPERM and others, with a text that names no directory.
 */
int dir_copy_meta(int from, int to, struct err *err);

#endif
