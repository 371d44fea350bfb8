// SPDX-License-Identifier: MIT
/* Subordinate ids as data: the lines of /etc/subuid and /etc/subgid. subuid(5), subgid(5) */
#ifndef NSPROOF_KERNEL_SUBID_H
#define NSPROOF_KERNEL_SUBID_H

#include <stdint.h>
#include <sys/types.h>

struct subid_range {
	uint32_t first, count;
};

/* Whose range is looked for. In both files the owner is a user: its name or its number. */
struct subid_owner {
	const char *name; /* NULL: it has none */
	uid_t uid;
	uint32_t own_id; /* user or group id that the owner has anyway: no range may hold it */
};

/*
 * Picks a range out of the text of one of the files: the first with `want` ids or more, cut to that,
 * else the largest. Lines that are no OWNER:FIRST:COUNT are passed over, and so are ranges that hold
 * id 0 (no container gets the host's root), the owner's own id, or no id of the kernel. -ENOENT:
 * there is none.
 */
int subid_choose(const char *text, const struct subid_owner *owner, uint32_t want,
		 struct subid_range *ret);

#endif
