// SPDX-License-Identifier: MIT
/* Suite escape: ways out of containers that were taken before. */
#include <errno.h>

#include "check/canary.h"
#include "check/suites.h"

static const struct check checks[] = {
	{
		.id = "escape/join-mounts",
		.question = "Can the container join the mount namespace of a host process?",
		.canary = &canary_process_root,
		.walls = { WALL(PROC), WALL(USER), WALL(CAPS) },
		.blocked_as = { ENOENT, EACCES, EPERM },
		.needs = NEED(SETNS),
		.reference = "setns(2), ptrace(2)",
	},
	{
		.id = "escape/core-pattern",
		.question = "Can the container say what the host runs when a program crashes?",
		.walls = { WALL(IDS), WALL(RO_PROC) },
		.blocked_as = { EACCES, EROFS },
		.needs = NEED(INIT_CAPS),
		.effect = "core_pattern opens for writing",
		.reference = "core(5)",
	},
	{
		.id = "escape/tmp-file",
		.question = "Can the container read a file in the host's /tmp?",
		.canary = &canary_tmp_file,
		.walls = { WALL(ROOT), WALL(TMP) },
		.blocked_as = { ENOENT },
		.reference = "mount_namespaces(7)",
	},
	{
		.id = "escape/creator-environment",
		.question = "Can the container read a variable of its creator's?",
		.canary = &canary_environment,
		.walls = { WALL(ENV) },
		.blocked_as = { ABSENT },
		.reference = "environ(7)",
	},
	{
		.id = "escape/engine-socket",
		.question = "Can the container connect to a socket in the host's tree?",
		.canary = &canary_unix_path,
		.walls = { WALL(ROOT) },
		.blocked_as = { ENOENT },
		.shares = true,
		.reference = "unix(7)",
	},
};

CHECK_SUITE(escape, checks);
