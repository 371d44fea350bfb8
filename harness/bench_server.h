// SPDX-License-Identifier: MIT
/* How a build of nsproof is made to serve samples: the command line of 'bench --serve'. */
#ifndef NSPROOF_BENCH_SERVER_H
#define NSPROOF_BENCH_SERVER_H

#include "bench/against.h"
#include "rootfs.h"

/* Pure. All strings are the caller's and must live as long as the result; `path` NULL: no image. */
struct against_side bench_server(const char *name, const char *program,
				 const struct rootfs_choice *image);

#endif
