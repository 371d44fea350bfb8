// SPDX-License-Identifier: MIT
/* Suite key: the kernel's key retention service. */
#include <errno.h>

#include "check/canary.h"
#include "check/suites.h"

static const struct check checks[] = {
	{
		.id = "key/session-inherited",
		.question =
			"Can the container read a key in the session keyring that it was started with?",
		.canary = &canary_key,
		.walls = { WALL(KEYRING), WALL(SECCOMP) },
		.blocked_as = { ENOKEY, EPERM },
		.reference = "keyrings(7), session-keyring(7)",
	},
};

CHECK_SUITE(key, checks);
