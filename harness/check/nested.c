// SPDX-License-Identifier: MIT
/* Suite nested: containers in the container, one below the other and side by side. */
#include <errno.h>

#include "check/canary.h"
#include "check/suites.h"

static const struct check checks[] = {
	{
		.id = "nested/container-possible",
		.question = "Can a container start another one in itself?",
		.kind = KIND_OPEN,
		.needs = NEED(USERNS) | NEED(SETHOSTNAME),
		.effect = "a first process with seven namespaces of its own",
		.reference = "user_namespaces(7)",
	},
	{
		.id = "nested/outer-sees-inner",
		.question = "Can a container address the processes of one that it made?",
		.kind = KIND_OPEN,
		.needs = NEED(USERNS),
		.effect = "kill(2) with signal 0 returns 0",
		.reference = "pid_namespaces(7)",
	},
	{
		.id = "nested/inner-sees-outer",
		.question = "Can an inner container address a process of the outer one?",
		.kind = KIND_KERNEL_RULE,
		.blocked_as = { ESRCH },
		.needs = NEED(USERNS),
		.effect = "kill(2) with signal 0 returns 0",
		.reference = "pid_namespaces(7)",
	},
	{
		.id = "nested/kill-middle-kills-inner",
		.question = "Can an inner container outlive the outer one?",
		.kind = KIND_KERNEL_RULE,
		.blocked_as = { ABSENT },
		.needs = NEED(USERNS),
		.effect = "the inner container's init holds its pipe",
		.reference = "pid_namespaces(7)",
	},
	{
		.id = "nested/pidns-depth",
		.question = "Can pid namespaces be nested without a limit?",
		.kind = KIND_KERNEL_RULE,
		.blocked_as = { ENOSPC },
		.needs = NEED(USERNS),
		.effect = "clone3(2) makes every level",
		.reference = "pid_namespaces(7)",
	},
	{
		.id = "nested/userns-depth",
		.question = "Can user namespaces be nested without a limit?",
		.kind = KIND_KERNEL_RULE,
		/* EPERM: who may not map its ids can't go beyond one level */
		.blocked_as = { ENOSPC, EPERM },
		.needs = NEED(USERNS),
		.effect = "clone3(2) makes every level",
		.reference = "user_namespaces(7)",
	},
	{
		.id = "nested/map-unmapped-id",
		.question = "Can an inner container map an id that the outer one does not have?",
		.kind = KIND_KERNEL_RULE,
		.blocked_as = { EPERM },
		.needs = NEED(USERNS),
		.effect = "uid_map takes the line",
		.reference = "user_namespaces(7)",
	},
	{
		.id = "nested/umount-reveals",
		.question =
			"Can an inner container unmount what the outer one mounted over its files?",
		.kind = KIND_KERNEL_RULE,
		.blocked_as = { EINVAL },
		.needs = NEED(USERNS),
		.effect = "umount2(2) of /proc returns 0",
		.reference = "mount_namespaces(7), locked mounts",
	},
	{
		.id = "nested/fresh-proc",
		.question =
			"Can an inner container mount a /proc without the masks of the outer one?",
		.base = GUARD(DETACH),
		.walls = { WALL(MASK), WALL(RO_PROC) },
		.blocked_as = { EPERM },
		.needs = NEED(USERNS) | NEED(SOLE_PROC),
		.effect = "mount(2) of a proc file system succeeds",
		.reference = "mount_namespaces(7), user_namespaces(7)",
	},
	{
		.id = "nested/fresh-sys",
		.question =
			"Can an inner container mount a writable /sys without the masks of the outer one?",
		.base = GUARD(DETACH),
		.walls = { WALL(MASK), WALL(RO_SYS) },
		.blocked_as = { EPERM },
		.needs = NEED(USERNS) | NEED(SOLE_PROC) | NEED(SYSFS),
		.effect = "mount(2) of a sysfs succeeds",
		.reference = "mount_namespaces(7), user_namespaces(7)",
	},
	{
		.id = "nested/sibling-kill",
		.question = "Can a container address a process of another one beside it?",
		.kind = KIND_KERNEL_RULE,
		.blocked_as = { ESRCH },
		.needs = NEED(USERNS),
		.effect = "kill(2) with signal 0 returns 0",
		.reference = "pid_namespaces(7)",
	},
	{
		.id = "nested/sibling-shm",
		.question = "Can a container find shared memory of another one beside it?",
		.kind = KIND_KERNEL_RULE,
		.blocked_as = { ENOENT },
		.needs = NEED(USERNS),
		.effect = "shmget(2) finds the key",
		.reference = "ipc_namespaces(7)",
	},
	{
		.id = "nested/sibling-socket",
		.question =
			"Can a container connect to an abstract socket of another one beside it?",
		.kind = KIND_KERNEL_RULE,
		.blocked_as = { ECONNREFUSED },
		.needs = NEED(USERNS),
		.effect = "connect(2) returns 0",
		.reference = "unix(7), network_namespaces(7)",
	},
	{
		.id = "nested/sibling-setns",
		.question = "Can a container join the network of another one by its descriptor?",
		.kind = KIND_KERNEL_RULE,
		.blocked_as = { EPERM },
		.needs = NEED(USERNS) | NEED(SETNS),
		.effect = "setns(2) returns 0",
		.reference = "setns(2)",
	},
};

CHECK_SUITE(nested, checks);
