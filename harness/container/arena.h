// SPDX-License-Identifier: MIT
/*
 * The arena: a disposable host. Every namespace but user (the spawner of an ordinary user has one
 * already), its own root on a tmpfs that is mounted shared, a complete, writable, unmasked /proc
 * and /sys. What gets out of a container gets out into the arena. It ends, with all that is in it,
 * when its PID 1 does.
 */
#ifndef NSPROOF_CONTAINER_ARENA_H
#define NSPROOF_CONTAINER_ARENA_H

#include "container/container.h"
#include "container/spawner.h"

#define ARENA_IMAGE    "/image"  /* the unpacked image, inside */
#define ARENA_SHARED   "/shared" /* a mount of its own, shared, inside */
#define ARENA_HOSTNAME "arena"

/*
 * What an arena can't do without, or what gets out of a container would be on the real host. Without
 * any of the rest of it there is that much less to try in it.
 */
#define ARENA_REQUIRES                                                                             \
	(GUARD(NET) | GUARD(IPC) | GUARD(UTS) | GUARD(DETACH) | GUARD(CWD) | GUARD(PROC) |         \
	 GUARD(DEV))

struct arena_spec {
	const struct spawner *spawner;
	const char *image;       /* directory of the unpacked image */
	const char *name;        /* of its directory below the spawner's, unique in the process */
	guard_set available;     /* what it can be made of, ARENA_REQUIRES among it */
	int cgroup_fd;           /* leaf for the arena, or -1 */
	int (*serve)(void *arg); /* what its PID 1 does */
	void *arg;
};

/* The calling process must have a mount namespace of its own. As container_start(). */
int arena_start(struct container *c, const struct arena_spec *spec, int timeout_ms,
		struct err *err);

#endif
