// SPDX-License-Identifier: MIT
/* Suite open: what no guard hides, by design; a change is news. */
#include <errno.h>

#include "check/canary.h"
#include "check/suites.h"

static const struct check checks[] = {
	{
		.id = "open/boot-id",
		.question = "Is the host's boot id visible in the container?",
		.kind = KIND_OPEN,
		.canary = &canary_boot_id,
		.reference = "random(4), proc(5)",
	},
};

CHECK_SUITE(open, checks);
