// SPDX-License-Identifier: MIT
/* Suite cgroup: what the cgroup file system tells, and whom it obeys. */
#include <errno.h>

#include "check/canary.h"
#include "check/suites.h"

static const struct check checks[] = {
	{
		.id = "cgroup/path-leak",
		.question =
			"Does /proc/self/cgroup show the container's cgroup as the host names it?",
		.canary = &canary_cgroup,
		.base = GUARD(LEAF),
		.walls = { WALL(CGROUP) },
		.blocked_as = { ABSENT },
		.needs = NEED(LEAF),
		.reference = "cgroup_namespaces(7)",
	},
	{
		/* a fresh /sys only covers the old one, which an old root keeps in the list */
		.id = "cgroup/mountinfo-path",
		.question = "Does a mounted cgroup file system show where it lies on the host?",
		.canary = &canary_cgroup,
		.base = GUARD(LEAF) | GUARD(CGROUP) | GUARD(PIVOT),
		.walls = { WALL(DETACH) | WALL(SYS) },
		.blocked_as = { ABSENT },
		.needs = NEED(LEAF),
		.effect = "the root of a cgroup2 mount lies above the container's own",
		.reference = "cgroup_namespaces(7), proc(5)",
	},
	{
		/* without one of its own a fresh /sys/fs/cgroup begins at the creator's */
		.id = "cgroup/list-siblings",
		.question = "Can the container list the host's other cgroups?",
		.canary = &canary_sibling,
		.base = GUARD(LEAF),
		.walls = { WALL(SYS) },
		.blocked_as = { ABSENT },
		.needs = NEED(LEAF),
		.shares = true,
		.reference = "cgroup_namespaces(7), cgroups(7)",
	},
	{
		.id = "cgroup/new-mount",
		.question = "Does a cgroup file system that the container mounts show the host's?",
		.canary = &canary_sibling,
		.base = GUARD(LEAF),
		.walls = { WALL(CGROUP), WALL(USER), WALL(CAPS) },
		.blocked_as = { ABSENT, EPERM },
		.needs = NEED(LEAF),
		.reference = "cgroup_namespaces(7), fsopen(2)",
	},
	{
		.id = "cgroup/sibling-processes",
		.question = "Can the container read which processes another cgroup holds?",
		.canary = &canary_sibling_process,
		.base = GUARD(LEAF),
		.walls = { WALL(SYS), WALL(PID) },
		.blocked_as = { ENOENT, ABSENT },
		.needs = NEED(LEAF),
		.shares = true,
		.effect = "cgroup.procs holds the canary's number",
		.reference = "cgroups(7), pid_namespaces(7)",
	},
	{
		.id = "cgroup/sibling-populated",
		.question = "Is the container told when processes enter another cgroup?",
		.canary = &canary_sibling_event,
		.base = GUARD(LEAF),
		.walls = { WALL(SYS) },
		.blocked_as = { ENOENT },
		.needs = NEED(LEAF),
		.shares = true,
		.effect = "inotify tells that cgroup.events has changed",
		.reference = "cgroups(7), inotify(7)",
	},
	{
		/* opened, not written to */
		.id = "cgroup/sibling-kill",
		.question = "May the container kill another cgroup?",
		.canary = &canary_sibling,
		.base = GUARD(LEAF),
		.walls = { WALL(SYS), WALL(IDS) },
		.blocked_as = { ENOENT, EACCES },
		.needs = NEED(LEAF),
		.effect = "cgroup.kill opens for writing",
		.reference = "cgroups(7)",
	},
	{
		.id = "cgroup/sibling-freeze",
		.question = "May the container freeze another cgroup?",
		.canary = &canary_sibling,
		.base = GUARD(LEAF),
		.walls = { WALL(SYS), WALL(IDS) },
		.blocked_as = { ENOENT, EACCES },
		.needs = NEED(LEAF),
		.effect = "cgroup.freeze opens for writing",
		.reference = "cgroups(7)",
	},
	{
		/* opened, not written to: what nsdelegate refuses, it refuses later */
		.id = "cgroup/own-limit",
		.question = "May the container change a limit that the host has put on it?",
		.base = GUARD(LEAF) | GUARD(CGROUP2),
		.walls = { WALL(RO_SYS), WALL(IDS) },
		.blocked_as = { EROFS, EACCES },
		.needs = NEED(LEAF),
		.effect = "cgroup.max.descendants opens for writing",
		.reference = "cgroups(7)",
	},
	{
		.id = "cgroup/make-child",
		.question = "May the container make cgroups below its own?",
		.base = GUARD(LEAF) | GUARD(CGROUP2),
		.walls = { WALL(RO_SYS), WALL(IDS) },
		.blocked_as = { EROFS, EACCES },
		.needs = NEED(LEAF),
		.effect = "mkdir(2) makes one",
		.reference = "cgroups(7)",
	},
	{
		/* a cgroup namespace does not hide a sibling's name: the path begins with /../ */
		.id = "cgroup/host-process-path",
		.question = "Can the container read in which cgroup a host process is?",
		.canary = &canary_sibling_process,
		.walls = { WALL(PROC) },
		.blocked_as = { ENOENT, ABSENT },
		.needs = NEED(LEAF),
		.shares = true,
		.reference = "cgroup_namespaces(7), proc(5)",
	},
	{
		.id = "cgroup/directory-fd-leak",
		.question = "Does a cgroup directory that was left open show the host's cgroups?",
		.canary = &canary_cgroup_dir,
		.walls = { WALL(FDS) },
		.blocked_as = { EBADF },
		.needs = NEED(LEAF),
		.reference = "cgroups(7), close_range(2)",
	},
	{
		.id = "cgroup/setns-leaked-fd",
		.question =
			"Can the container enter the host's cgroup namespace, which was left open?",
		.canary = &canary_cgroup_fd,
		.base = GUARD(LEAF) | GUARD(CGROUP),
		.walls = { WALL(FDS), WALL(USER), WALL(CAPS) },
		.blocked_as = { EBADF, EPERM },
		.needs = NEED(LEAF) | NEED(SETNS),
		.reference = "setns(2), cgroup_namespaces(7)",
	},
};

CHECK_SUITE(cgroup, checks);
