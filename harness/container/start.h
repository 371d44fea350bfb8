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
	int sock, child_sock; /* the creator's and the child's end */
	int tree_fd;          /* the root file system's clone, -1 without GUARD_ROOT */
	int old_cwd;          /* without GUARD_CWD, else -1 */
	char *stack;          /* for a child that shares our memory */
	bool shares;          /* it does: no signal is taken until it has ended or executed */
	sigset_t mask;        /* the creator's signal mask then, for the child */
	struct container *c;
};

/* Makes the container's process, with its ids mapped, and fills st->c. It sets itself up. */
int spawn(struct start *st, struct err *err);

/* Whether it waits for STAGE_GO in between, as the creator has something to do for it. */
bool spawn_waits(const struct container_spec *spec);

/* Opens a namespace of a process. */
int start_open_ns(pid_t pid, enum ns ns, struct err *err);

#endif
