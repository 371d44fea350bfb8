// SPDX-License-Identifier: MIT
/* Inside bench/: a whole container as one sample, for the themes that start some. */
#ifndef NSPROOF_BENCH_CONTAINER_H
#define NSPROOF_BENCH_CONTAINER_H

#include "base/err.h"
#include "bench/sample.h"
#include "bench/scenario.h"
#include "container/container.h"

enum { BENCH_START_MS = 10000, BENCH_END_MS = 10000 };

/* mnt, pid, net, ipc, uts and cgroup namespaces, an own root, a fresh /proc */
extern const guard_set bench_six;

/*
 * Describes a container with these guards that executes the idle program, which ends at once; without
 * GUARD_IDS where the machine has no range for it. What it points to is the scenario's and static.
 */
void bench_fill_spec(const struct bench_env *env, guard_set guards, struct container_spec *ret);

/*
 * Starts it, waits until it has ended well and is reaped: ret->value, and the phases where the spec
 * has a timeline. -ECHILD: its program failed.
 */
int bench_take_container(const struct bench_env *env, const struct container_spec *spec,
			 struct bench_sample *ret, struct err *err);

/* The same by the shortest way: bench/floor.h. */
int bench_take_floor(const struct bench_env *env, const struct container_spec *spec,
		     struct bench_sample *ret, struct err *err);

#endif
