// SPDX-License-Identifier: MIT
/* Suite time: clocks. */
#include <errno.h>

#include "check/canary.h"
#include "check/suites.h"

static const struct check checks[] = {
	{
		.id = "time/offset-differs",
		.question = "Does the container read the host's monotonic clock?",
		.canary = &canary_clock,
		.walls = { WALL(TIME) },
		.blocked_as = { ABSENT },
		.effect = "the two clocks are less than ten minutes apart",
		.reference = "time_namespaces(7)",
	},
};

CHECK_SUITE(time, checks);
