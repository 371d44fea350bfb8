// SPDX-License-Identifier: MIT
/* Suite pid: processes of the host by number, and through /proc. */
#include <errno.h>

#include "check/canary.h"
#include "check/suites.h"

static const struct check checks[] = {
	{
		.id = "pid/kill-0",
		.question = "Can the container address a host process with kill(2)?",
		.canary = &canary_process,
		.walls = { WALL(PID), WALL(IDS) },
		.blocked_as = { ESRCH, EPERM },
		.effect = "kill(2) with signal 0 returns 0",
		.reference = "pid_namespaces(7), kill(2)",
	},
	{
		.id = "pid/pidfd-open",
		.question = "Can the container get a pidfd of a host process?",
		.canary = &canary_process,
		.walls = { WALL(PID) },
		.blocked_as = { ESRCH },
		.effect = "pidfd_open(2) returns a descriptor",
		.reference = "pidfd_open(2)",
	},
	{
		.id = "pid/getppid-zero",
		.question =
			"Does the container's first process see itself as PID 1 without a parent?",
		.kind = KIND_LETS_WORK,
		.walls = { WALL(PID) },
		.blocked_as = { ABSENT },
		.effect = "getpid(2) returns 1 and getppid(2) 0",
		.reference = "pid_namespaces(7)",
	},
	{
		.id = "pid/host-process-in-proc",
		.question = "Can the container find a host process in /proc?",
		.canary = &canary_process,
		.walls = { WALL(PROC) },
		.blocked_as = { ABSENT },
		.reference = "pid_namespaces(7), proc(5)",
	},
	{
		.id = "pid/host-cmdline",
		.question = "Can the container read the command line of a host process?",
		.canary = &canary_process,
		.walls = { WALL(PROC) },
		.blocked_as = { ENOENT, ABSENT },
		.reference = "proc(5)",
	},
};

CHECK_SUITE(pid, checks);
