// SPDX-License-Identifier: MIT
/*
 * Where the time of a container goes. Creator and child take turns to write to one page that they
 * share: each mark gives the time since the last one, whoever made it, to a phase. So the phases add
 * up to all the time between the start and the last mark.
 */
#ifndef NSPROOF_CONTAINER_TIMELINE_H
#define NSPROOF_CONTAINER_TIMELINE_H

#include <stdint.h>

#include "base/err.h"

enum phase {
	PHASE_CLONE,      /* the creator's preparations, clone(2), the child's first instruction */
	PHASE_MAPS,       /* id maps; the child waits for what the creator does for it */
	PHASE_MOUNTS,     /* private mounts, root, /tmp, /sys, cgroup2, binds */
	PHASE_PIVOT,      /* pivot_root, detach, working directory */
	PHASE_PROC,       /* /proc and its masks */
	PHASE_DEV,        /* /dev and /dev/mqueue */
	PHASE_NETWORK,    /* loopback, link, resolver */
	PHASE_PRIVILEGES, /* session, keyring, capabilities, seccomp, descriptors */
	PHASE_EXEC,       /* until the program runs */
	PHASE_EXIT,       /* what the program does, and its end */
	PHASE_TEARDOWN,   /* until the process is gone */
	PHASE_COUNT,
};

extern const char *const phase_names[PHASE_COUNT + 1]; /* NULL at the end */

struct timeline {
	int64_t (*now)(void); /* nanoseconds, of the creator's time namespace */
	int64_t last;
	int64_t ns[PHASE_COUNT];
};

/* On a page that survives clone(2) as a shared one: mmap(2). Release it. NULL: see err. */
struct timeline *timeline_new(int64_t (*now)(void), struct err *err);
void timeline_free(struct timeline *t);

void timeline_start(struct timeline *t); /* forgets what was there */

/*
 * `ahead`: by how many nanoseconds the caller's clock is ahead of the creator's, which a time
 * namespace may have done: time_namespaces(7). `t` may be NULL.
 */
void timeline_mark(struct timeline *t, enum phase phase, int64_t ahead);

#endif
