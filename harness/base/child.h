// SPDX-License-Identifier: MIT
/* Waiting for children: signals of ours do not cut it short, and there is a deadline. */
#ifndef NSPROOF_BASE_CHILD_H
#define NSPROOF_BASE_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

/* Whether a child of ours ends within `timeout_ms`; it is left to be reaped. pidfd_open(2). */
bool child_ends(pid_t pid, int timeout_ms);

/* Waits for it and reaps it; its status as for waitpid(2), -1 when there is no such child. */
int child_reap(pid_t pid);

#endif
