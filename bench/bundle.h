// SPDX-License-Identifier: MIT
/* Inside bench/: what other runtimes and unpackers want to have: bundles, images. */
#ifndef NSPROOF_BENCH_BUNDLE_H
#define NSPROOF_BENCH_BUNDLE_H

#include "base/err.h"

/*
 * Makes the directory `dir` a bundle of the OCI's runtime specification: the program with one
 * argument, in the root directory at `root`, six namespaces and a fresh /proc.
 */
int bundle_write(const char *dir, const char *root, const char *program, const char *arg,
		 struct err *err);

/* A plain tar archive of a small tree of directories and files; all belong to root. */
int bundle_write_tar(const char *path, const char *tree, struct err *err);

#endif
