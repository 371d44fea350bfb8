// SPDX-License-Identifier: MIT
/* Suite mount: the root directory, the old root, and mount propagation. */
#include <errno.h>

#include "check/canary.h"
#include "check/suites.h"

static const struct check checks[] = {
	{
		.id = "mount/canary-by-path",
		.question = "Can the container open a host file by its path?",
		.canary = &canary_root_file,
		.walls = { WALL(ROOT) },
		.blocked_as = { ENOENT },
		.reference = "mount_namespaces(7)",
	},
	{
		.id = "mount/chroot-dotdot-escape",
		.question = "Does a second chroot let the container climb out of its root?",
		.canary = &canary_root_file,
		.base = GUARD(ROOT),
		.walls = { WALL(DETACH), WALL(CAPS) },
		.blocked_as = { ENOENT, EPERM },
		.reference = "chroot(2)",
	},
	{
		.id = "mount/old-root-still-mounted",
		.question = "Is the old root still mounted somewhere in the container?",
		.canary = &canary_root_file,
		.base = GUARD(PIVOT),
		.walls = { WALL(DETACH) },
		.blocked_as = { ABSENT },
		.reference = "pivot_root(2)",
	},
	{
		.id = "mount/pivot-dot-dot",
		.question =
			"Does the old root lie under the new one after pivot_root(\".\", \".\")?",
		.canary = &canary_root_file,
		.base = GUARD(PIVOT),
		.walls = { WALL(DETACH) },
		.blocked_as = { ENOENT },
		.reference = "pivot_root(2), NOTES",
	},
	{
		.id = "mount/cwd-outside",
		.question = "Does the container start in a directory of the host?",
		.canary = &canary_cwd,
		.base = GUARD(ROOT),
		.walls = { WALL(CWD) },
		.blocked_as = { ENOENT },
		.reference = "CVE-2024-21626, getcwd(2)",
	},
	{
		.id = "mount/mount-leaks-to-host",
		.question = "Does a mount made in the container show up on the host?",
		.canary = &canary_mount_out,
		.base = GUARD(MNT),
		.walls = { WALL(PRIVATE), WALL(USER), WALL(CAPS) },
		.blocked_as = { UNCHANGED, ENOENT, EPERM },
		.reference = "mount_namespaces(7)",
	},
	{
		.id = "mount/host-mount-enters",
		.question = "Does a mount made on the host show up in a running container?",
		.canary = &canary_mount_in,
		.base = GUARD(MNT),
		.walls = { WALL(PRIVATE) },
		.blocked_as = { ENOENT },
		.reference = "mount_namespaces(7)",
	},
};

CHECK_SUITE(mount, checks);
