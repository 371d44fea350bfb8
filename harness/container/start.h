// SPDX-License-Identifier: MIT
/* Inside the container core: a container while it starts. Not for other layers. */
#ifndef NSPROOF_CONTAINER_START_H
#define NSPROOF_CONTAINER_START_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "container/container.h"
#include "kernel/ns.h"

enum { STACK_SIZE = 256 * 1024 }; /* bytes; for a child that shares our memory */

/* Everything in it is released in the end. */
struct start {
	const struct container_spec *spec;
	int timeout_ms;
	int sock, child_sock;            /* the creator's and the child's end */
	int tree_fd;                     /* the root file system's clone, -1 without GUARD_ROOT */
	int old_cwd;                     /* without GUARD_CWD, else -1 */
	void *stack;                     /* of a child that shares our memory, NULL without */
	sigset_t mask;                   /* the creator's signal mask, for the child */
	const struct sock_fprog *filter; /* for GUARD_SECCOMP */
	struct container *c;
};

/*
 * Makes the container's process, with its ids mapped, and fills st->c. It sets itself up, and waits
 * for STAGE_GO in between; *ret_posted tells whether that has been posted already.
 */
int spawn(struct start *st, bool *ret_posted, struct err *err);

/* Posts STAGE_GO with the root's descriptor. */
int start_post_go(const struct start *st, struct err *err);

/* Opens a namespace of a process. */
int start_open_ns(pid_t pid, enum ns ns, struct err *err);

#endif
