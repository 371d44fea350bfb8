// SPDX-License-Identifier: MIT
/* Suite ipc: System V objects and POSIX message queues. */
#include <errno.h>

#include "check/canary.h"
#include "check/suites.h"

static const struct check checks[] = {
	{
		.id = "ipc/shm-by-key",
		.question = "Can the container attach shared memory of the host by its key?",
		.canary = &canary_shm,
		.walls = { WALL(IPC) },
		.blocked_as = { ENOENT },
		.reference = "ipc_namespaces(7), shmget(2)",
	},
	{
		.id = "ipc/mq-open",
		.question = "Can the container open a message queue of the host by its name?",
		.canary = &canary_mqueue,
		.walls = { WALL(IPC) },
		.blocked_as = { ENOENT },
		.reference = "ipc_namespaces(7), mq_overview(7)",
	},
};

CHECK_SUITE(ipc, checks);
