// SPDX-License-Identifier: MIT
/* Inside the container core: user namespaces and their id maps. Not for other layers. */
#ifndef NSPROOF_CONTAINER_USERNS_H
#define NSPROOF_CONTAINER_USERNS_H

#include <sys/types.h>

#include "base/err.h"
#include "kernel/idmap.h"

/* Writes the maps of a process in a new user namespace of ours. user_namespaces(7) */
int userns_map(pid_t pid, const struct idmap *uids, const struct idmap *gids, struct err *err);

/* A user namespace with these ids for users and groups, to map the owners of mounts with: its
 * descriptor, which keeps it. */
int userns_new(const struct idmap *ids, struct err *err);

#endif
