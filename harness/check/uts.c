// SPDX-License-Identifier: MIT
/* Suite uts: the host's name. */
#include <errno.h>

#include "check/canary.h"
#include "check/suites.h"

static const struct check checks[] = {
	{
		.id = "uts/sethostname-leaks",
		.question = "Does a hostname set in the container become the host's?",
		.canary = &canary_hostname,
		.walls = { WALL(UTS), WALL(USER), WALL(CAPS) },
		.blocked_as = { UNCHANGED, EPERM },
		.reference = "uts_namespaces(7), sethostname(2)",
	},
	{
		.id = "uts/host-rename-enters",
		.question = "Does the container see it when the host is renamed?",
		.canary = &canary_rename,
		.walls = { WALL(UTS) },
		.blocked_as = { UNCHANGED },
		.reference = "uts_namespaces(7)",
	},
};

CHECK_SUITE(uts, checks);
