// SPDX-License-Identifier: MIT
/* Suite fd: descriptors that the creator left open. */
#include <errno.h>

#include "check/canary.h"
#include "check/suites.h"

static const struct check checks[] = {
	{
		.id = "fd/dir-fd-openat",
		.question = "Does a directory that the creator left open give the host's files?",
		.canary = &canary_dir_fd,
		.walls = { WALL(FDS) },
		.blocked_as = { ABSENT },
		.reference = "CVE-2024-21626, close_range(2)",
	},
};

CHECK_SUITE(fd, checks);
