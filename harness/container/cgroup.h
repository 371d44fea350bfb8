// SPDX-License-Identifier: MIT
/*
 * Cgroup v2 leaves. They are the one thing that outlives a process, so all leaves of a run are made
 * below one directory, which a janitor removes when the run is gone, however it went. cgroups(7)
 */
#ifndef NSPROOF_CONTAINER_CGROUP_H
#define NSPROOF_CONTAINER_CGROUP_H

#include "base/err.h"

struct cgroup_tree {
	int parent_fd, dir_fd; /* our own cgroup's directory, and ours in it */
	char name[40];
};

#define CGROUP_TREE_INIT                                                                           \
	{                                                                                          \
		.parent_fd = -1, .dir_fd = -1                                                      \
	}

/*
 * Makes the directory below the caller's own cgroup and starts the janitor, a small process in a
 * session of its own that waits for the caller's end. Fails where there is no cgroup v2 or no right
 * to write to it.
 */
int cgroup_tree_open(struct cgroup_tree *tree, struct err *err);

/* Kills what is in it and removes it, as the janitor would; safe twice. */
void cgroup_tree_close(struct cgroup_tree *tree);

/* Makes a leaf below a cgroup directory; returns an O_PATH descriptor for container_spec. */
int cgroup_leaf(int dir_fd, const char *name, struct err *err);

/* Removes a leaf whose processes have ended; waits up to a second for the kernel to notice. */
void cgroup_leaf_remove(int dir_fd, const char *name);

#endif
