// SPDX-License-Identifier: MIT
/* Suite proc: what of the host shows through /proc. */
#include <errno.h>

#include "check/canary.h"
#include "check/suites.h"

static const struct check checks[] = {
	{
		.id = "proc/host-environ",
		.question = "Can the container read the environment of a host process?",
		.canary = &canary_process,
		.walls = { WALL(PROC), WALL(USER), WALL(CAPS) },
		.blocked_as = { ENOENT, EACCES },
		.reference = "proc(5), ptrace(2)",
	},
	{
		.id = "proc/host-root-link",
		.question = "Can the container walk into the host's files through /proc/PID/root?",
		.canary = &canary_process_root,
		.walls = { WALL(PROC), WALL(USER), WALL(CAPS) },
		.blocked_as = { ENOENT, EACCES },
		.reference = "proc(5), ptrace(2)",
	},
	{
		.id = "proc/mountinfo-no-host",
		.question = "Does the container's mountinfo show mounts of the host?",
		.canary = &canary_mount_source,
		.base = GUARD(PIVOT),
		.walls = { WALL(DETACH) },
		.blocked_as = { ABSENT },
		.reference = "proc(5), pivot_root(2)",
	},
};

CHECK_SUITE(proc, checks);
