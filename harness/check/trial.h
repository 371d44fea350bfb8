// SPDX-License-Identifier: MIT
/* Inside needs: throw-away containers in which the machine is tried out. */
#ifndef NSPROOF_CHECK_TRIAL_H
#define NSPROOF_CHECK_TRIAL_H

#include "check/needs.h"

struct trial {
	const struct spawner *spawner;
	const char *rootfs;
	int cgroup_dir; /* where leaves can be made, or -1 */
};

/*
 * Starts a container with these guards that calls `run` (NULL: nothing), and waits for its end.
 * Its error is ours.
 */
int trial_run(const struct trial *t, guard_set guards, int (*run)(struct err *err),
	      struct err *err);

/*
 * Which guards a container can be started with, on the real host and in an arena, and what an arena
 * can be made of. Fills all of `ret` but the needs; of those NEED_ARENA.
 */
void trial_guards(const struct trial *t, struct abilities *ret);

#endif
