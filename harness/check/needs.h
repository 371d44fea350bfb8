// SPDX-License-Identifier: MIT
/*
 * What this machine can do, tried out once before any check runs: after that no errno turns into a
 * skip. A guard that can't be switched on and a need that isn't met each keep the kernel's reason.
 */
#ifndef NSPROOF_CHECK_NEEDS_H
#define NSPROOF_CHECK_NEEDS_H

#include "check/check.h"
#include "container/spawner.h"

struct abilities {
	guard_set guards;                  /* that a container can be started with */
	guard_set arena;                   /* that an arena can be made of */
	need_set needs;                    /* NEED() bits that are met */
	struct err guard_why[GUARD_COUNT]; /* for those that are missing */
	struct err need_why[NEED_COUNT];
	struct err host_why; /* why sealed arms can't run on the real host; num 0: they can */
};

extern const struct need_info {
	const char *name;
	const char *about; /* what it is, and what to do where it is missing */
} need_table[NEED_COUNT];

/*
 * Tries everything in throw-away containers. `rootfs` is an unpacked image, `cgroup_dir` where
 * leaves can be made (-1: nowhere). Only the needs in `wanted` are tried.
 */
void abilities_try(const struct spawner *spawner, const char *rootfs, int cgroup_dir,
		   need_set wanted, struct abilities *ret);

/* What a row lacks here: of its own needs, and the arena, in which arms of every row run. */
need_set need_missing(const struct check *check, const struct abilities *abilities);

/*
 * Whether the kernel has, and lets us use, what the needs from NEED_INIT_CAPS on name: makes the
 * call that the probes make, which does no harm. 0 or a negative errno.
 */
int need_try_kernel(enum need need, struct err *err);
/* The same for what it tells of processes: the needs from NEED_KCMP on. */
int need_try_process(enum need need, struct err *err);
int need_try_timerslack(struct err *err); /* in a container with a /proc of its own */
int need_try_statmount(struct err *err);  /* canary_mount_id.c */
int need_try_terminals(struct err *err);  /* canary_leak.c */

#endif
