// SPDX-License-Identifier: MIT
/* The ordinary user's way to rights: root of a user namespace, with as many ids as are granted. */
#ifndef NSPROOF_CONTAINER_ROOTLESS_H
#define NSPROOF_CONTAINER_ROOTLESS_H

#include "base/err.h"

/* Subordinate ids that are taken at most: as many as containers get, and images use. */
enum { ROOTLESS_IDS = 65536 };

/*
 * Makes the calling process, which must have one thread, root of a new user namespace: its own id
 * becomes 0. From 1 on come subordinate ids, the same number for users and for groups, where
 * /etc/subuid and /etc/subgid list a range and newuidmap(1) and newgidmap(1) map it; otherwise there is
 * the own id alone, and *why tells what is missing and what to do (why->num is 0 otherwise).
 * -EPERM or -ENOSPC when user namespaces are switched off; the text says by what.
 */
int rootless_enter(struct err *why, struct err *err);

#endif
