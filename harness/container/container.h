// SPDX-License-Identifier: MIT
/*
 * A container: a process tree that starts with a chosen set of guards. What it should be is a const
 * spec; what runs is a small handle. Child set-up is a table of named steps (steps.c), each tied to
 * the guard that asks for it.
 */
#ifndef NSPROOF_CONTAINER_CONTAINER_H
#define NSPROOF_CONTAINER_CONTAINER_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "container/guard.h"
#include "container/link.h"
#include "container/timeline.h"
#include "kernel/idmap.h"

/* A file or directory of the creator's that shows up inside, under its own owner ids. */
struct bind_spec {
	const char *source; /* path in the creator's tree */
	const char *target; /* path in the container's */
};

/* What a container is called unless it is told otherwise. */
#define CONTAINER_HOSTNAME "container"

struct container_spec {
	guard_set guards;    /* effective: see guard_effective() */
	const char *rootfs;  /* directory; NULL without GUARD_ROOT */
	bool rootfs_shifted; /* owners were shifted while unpacking: no id-mapped mount */
	const struct idmap *uids, *gids; /* for GUARD_USER: inside id -> the creator's id */
	bool old_mounts; /* /proc, /sys and /dev of the creator's where no fresh one is asked for */
	const char *hostname;         /* for PROVIDE_HOSTNAME */
	const struct link_spec *link; /* for PROVIDE_VETH; the outer end stays with the creator */
	const struct bind_spec *binds;
	size_t bind_count;
	int64_t time_offset_s;           /* for GUARD_TIME: monotonic and boottime, seconds */
	const struct sock_fprog *filter; /* for GUARD_SECCOMP; NULL: the core's own, see filter.c */
	int cgroup_fd;                   /* for GUARD_LEAF: O_PATH of the leaf; -1: none */
	int stdio[3];                    /* become 0, 1 and 2; -1: the creator's */
	bool init;                 /* PID 1 reaps and forwards signals, the command is its child */
	const char *workdir;       /* inside, with GUARD_CWD; NULL: "/" */
	struct timeline *timeline; /* takes the phases of the start, up to exec; NULL: none */
	/* What runs: a program ... */
	int exec_fd;             /* a program by descriptor; -1: argv[0], looked up inside */
	const char *const *argv; /* NULL-terminated */
	const char *const *envp; /* with GUARD_ENV, instead of the creator's; NULL-terminated */
	/* ... or a function, whose result (0 to 255) is the exit status; descriptors stay open. */
	int (*run)(void *arg);
	void *arg;
};

/* A spec with nothing switched on and every descriptor -1. */
#define CONTAINER_SPEC_INIT                                                                        \
	{                                                                                          \
		.cgroup_fd = -1, .stdio = { -1, -1, -1 }, .exec_fd = -1                            \
	}

struct container {
	pid_t pid; /* in the creator's pid namespace; 0: none */
	int pidfd;
};

#define CONTAINER_INIT                                                                             \
	{                                                                                          \
		.pidfd = -1                                                                        \
	}

/*
 * Starts a container and returns when its program has been executed (or its function is about to
 * run). On failure the text names the set-up step, and nothing is left behind. The container is
 * killed when the calling thread dies. `timeout_ms` bounds the set-up.
 */
int container_start(struct container *c, const struct container_spec *spec, int timeout_ms,
		    struct err *err);

/* Waits until it has ended; *ret_status as for waitpid(2). -ETIMEDOUT: it is still running
 * (timeout_ms < 0: waits for ever). Once it has ended the handle is empty. */
int container_wait(struct container *c, int timeout_ms, int *ret_status, struct err *err);

/* Kills, reaps and closes; safe twice. */
void container_done(struct container *c);

#define AUTO_CONTAINER __attribute__((cleanup(container_done)))

#endif
