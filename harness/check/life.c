// SPDX-License-Identifier: MIT
/* Suite life: what ends with a container, who can end it, and who inherits from it. */
#include <errno.h>

#include "check/canary.h"
#include "check/suites.h"

static const struct check checks[] = {
	{
		.id = "life/init-death-kills-all",
		.question = "Can a process outlive the init of its pid namespace?",
		.kind = KIND_KERNEL_RULE,
		.blocked_as = { ABSENT },
		.needs = NEED(USERNS),
		.effect = "the child holds its pipe after its parent's end",
		.reference = "pid_namespaces(7)",
	},
	{
		.id = "life/fork-after-init-death",
		.question = "Can a pid namespace get new processes after its init has ended?",
		.kind = KIND_KERNEL_RULE,
		.blocked_as = { ENOMEM },
		.needs = NEED(USERNS),
		.effect = "fork(2) makes a process",
		.reference = "pid_namespaces(7)",
	},
	{
		.id = "life/orphan-reparent",
		.question = "Does the container's first process inherit its orphans?",
		.kind = KIND_LETS_WORK,
		.walls = { WALL(PID) },
		.blocked_as = { ABSENT },
		.effect = "getppid(2) of an orphan gives the first process",
		.reference = "pid_namespaces(7)",
	},
	{
		.id = "life/orphans-stay-inside",
		.question = "Can an orphan of a pid namespace go to a subreaper outside?",
		.kind = KIND_KERNEL_RULE,
		.blocked_as = { UNCHANGED },
		.needs = NEED(USERNS),
		.effect = "getppid(2) of the orphan does not give its namespace's init",
		.reference = "pid_namespaces(7), PR_SET_CHILD_SUBREAPER(2const)",
	},
	{
		.id = "life/init-ignores-inside-kill",
		.question = "Can a process kill the init of its own pid namespace?",
		.kind = KIND_KERNEL_RULE,
		.blocked_as = { UNCHANGED },
		.needs = NEED(USERNS),
		.effect = "the receiver ends by SIGKILL",
		.reference = "pid_namespaces(7)",
	},
	{
		.id = "life/init-handler-only",
		.question = "Does init get a signal from inside that it has no handler for?",
		.kind = KIND_KERNEL_RULE,
		.blocked_as = { UNCHANGED },
		.needs = NEED(USERNS),
		.effect = "the handler runs, or init ends",
		.reference = "pid_namespaces(7), kill(2)",
	},
	{
		.id = "life/init-outside-term",
		.question = "Does SIGTERM from the parent namespace end an init without a handler?",
		.kind = KIND_KERNEL_RULE,
		.blocked_as = { UNCHANGED },
		.needs = NEED(USERNS),
		.effect = "init ends by the signal",
		.reference = "pid_namespaces(7)",
	},
	{
		.id = "life/parent-death-signal",
		.question = "Can a child outlive its parent when it wants to die with it?",
		.kind = KIND_KERNEL_RULE,
		.blocked_as = { ABSENT },
		.effect = "the child holds its pipe after its parent's end",
		.reference = "PR_SET_PDEATHSIG(2const)",
	},
	{
		.id = "life/pidfd-of-the-dead",
		.question = "Can the pidfd of a process that has ended reach another one?",
		.kind = KIND_KERNEL_RULE,
		.blocked_as = { ESRCH },
		.effect = "pidfd_send_signal(2) with signal 0 returns 0",
		.reference = "pidfd_send_signal(2)",
	},
	{
		.id = "life/mounts-freed",
		.question = "Does what a container mounted outlive its mount namespace?",
		.kind = KIND_KERNEL_RULE,
		.blocked_as = { ABSENT },
		.needs = NEED(USERNS),
		.effect = "it is there, and inotify(7) tells of no unmount",
		.reference = "mount_namespaces(7), inotify(7)",
	},
};

CHECK_SUITE(life, checks);
