// SPDX-License-Identifier: MIT
/* Suite cgroup: what the cgroup file system tells. */
#include <errno.h>

#include "check/canary.h"
#include "check/suites.h"

static const struct check checks[] = {
	{
		.id = "cgroup/path-leak",
		.question =
			"Does /proc/self/cgroup show the container's cgroup as the host names it?",
		.canary = &canary_cgroup,
		.base = GUARD(LEAF),
		.walls = { WALL(CGROUP) },
		.blocked_as = { ABSENT },
		.needs = NEED(LEAF),
		.reference = "cgroup_namespaces(7)",
	},
};

CHECK_SUITE(cgroup, checks);
