// SPDX-License-Identifier: MIT
/* Inside bench/: a crowd of containers that stay alive, for what changes with their number. */
#ifndef NSPROOF_BENCH_LIVE_H
#define NSPROOF_BENCH_LIVE_H

#include <stddef.h>

#include "base/err.h"
#include "bench/scenario.h"
#include "container/container.h"

struct live {
	struct container *containers;
	size_t count;
};

/*
 * Starts `count` containers with the guards of container/six, whose program sleeps. -EOPNOTSUPP: so
 * many descriptors are not allowed. On failure none is left.
 */
int live_start(const struct bench_env *env, size_t count, struct live *ret, struct err *err);

/* -ECHILD: not all of them are alive. */
int live_check(const struct live *l, struct err *err);

/* Kills and reaps them all; the kernel frees their namespaces later: see teardown.h. Safe twice. */
void live_end(struct live *l);

#endif
