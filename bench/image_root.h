// SPDX-License-Identifier: MIT
/*
 * Inside bench/: a root file system out of the running machine's own, so that unpacking meets a real
 * mix of files without a download. What not everybody may read is left out, so an ordinary user
 * gets the same as root, and nothing secret is copied.
 */
#ifndef NSPROOF_BENCH_IMAGE_ROOT_H
#define NSPROOF_BENCH_IMAGE_ROOT_H

#include "base/err.h"
#include "bench/image_tree.h"

struct archive;

/*
 * Appends up to 32 MiB, divided by `by`, of files, links and directories in the order of their
 * names, all of them root's. -EOPNOTSUPP: there is not an eighth of that; -ENOMEM.
 */
int image_root_add(struct archive *a, unsigned int by, struct tree_facts *facts, struct err *err);

#endif
