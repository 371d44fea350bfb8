// SPDX-License-Identifier: MIT
/* Suite user: ids, and what they allow. */
#include <errno.h>

#include "check/canary.h"
#include "check/suites.h"

static const struct check checks[] = {
	{
		.id = "user/read-root-only-file",
		.question =
			"Can the container's root read a file that only the host's root may read?",
		.canary = &canary_secret_file,
		.walls = { WALL(IDS) },
		.blocked_as = { EACCES },
		.reference = "user_namespaces(7)",
	},
	{
		.id = "user/clone-newuser-fs",
		.question =
			"Does the kernel refuse a user namespace that shares the root directory?",
		.kind = KIND_KERNEL_RULE,
		.blocked_as = { EINVAL },
		.needs = NEED(USERNS),
		.effect = "clone3(2) returns a child",
		.reference = "clone(2), CVE-2013-1858",
	},
};

CHECK_SUITE(user, checks);
