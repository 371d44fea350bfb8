// SPDX-License-Identifier: MIT
/* Inside bench/: what the floors have in common. Failures are told by false and errno. */
#ifndef NSPROOF_BENCH_FLOOR_PARTS_H
#define NSPROOF_BENCH_FLOOR_PARTS_H

#include <stdbool.h>
#include <sys/mount.h>
#include <sys/types.h>

#include "container/container.h"

enum {
	FLOOR_NOTHING = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC,
};

/* Mounts a new file system, with one option (key NULL: none), on a directory of the working one. */
bool floor_mount(const char *type, const char *key, const char *value, unsigned int attrs,
		 const char *path);

bool floor_write_maps(pid_t pid, const struct container_spec *spec);

bool floor_enter_ids(void);

/* pivot_root to the working directory, the old root detached. */
bool floor_pivot(void);

/* Makes a container with every guard but the leaf; returns its pid, as clone(2). */
pid_t floor_start_sealed(const struct container_spec *spec, int tree);

#endif
