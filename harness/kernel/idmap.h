// SPDX-License-Identifier: MIT
/* Id maps of user namespaces as data: user_namespaces(7), "User and group ID mappings". */
#ifndef NSPROOF_KERNEL_IDMAP_H
#define NSPROOF_KERNEL_IDMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { IDMAP_EXTENTS_MAX = 8 };

/* One line of /proc/PID/uid_map: `count` ids from `inside` on are `outside` on the other side. */
struct idmap_extent {
	uint32_t inside, outside, count;
};

struct idmap {
	struct idmap_extent extents[IDMAP_EXTENTS_MAX];
	size_t count;
};

/* Parses the text of a uid_map or gid_map. -EINVAL for anything else, -E2BIG for more extents. */
int idmap_parse(const char *text, struct idmap *ret);

/* Writes the map as the kernel takes it; -ENOSPC if it does not fit. Returns its length. */
int idmap_format(const struct idmap *map, char *out, size_t room);

/* How many ids there are from inside id 0 on, without a gap. */
uint32_t idmap_count(const struct idmap *map);

/*
 * Picks a range for a container below the map that the caller lives under: as many of `want` ids
 * as there are, mapped from 0 on, and never to the caller's own id 0 (what counts is the id behind
 * the process). Prefers ids far from those that people use. -ENOSPC: there is no id but 0.
 */
int idmap_choose(const struct idmap *own, uint32_t want, struct idmap *ret);

#endif
