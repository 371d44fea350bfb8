// SPDX-License-Identifier: MIT
/* Inside bench/: what other runtimes start containers from. */
#ifndef NSPROOF_BENCH_BUNDLE_H
#define NSPROOF_BENCH_BUNDLE_H

#include "base/err.h"

/*
 * Makes the directory `dir` a bundle of the OCI's runtime specification: the program with one
 * argument, in the root directory at `root`, six namespaces and a fresh /proc.
 */
int bundle_write(const char *dir, const char *root, const char *program, const char *arg,
		 struct err *err);

#endif
