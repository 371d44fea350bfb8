// SPDX-License-Identifier: MIT
/* Suite cve: mistakes of earlier kernels and runtimes that can be tried without harm. */
#include <errno.h>

#include "check/canary.h"
#include "check/suites.h"

static const struct check checks[] = {
	{
		.id = "cve/2009-1338",
		.question = "Does kill(-1) reach beyond the pid namespace?",
		.kind = KIND_KERNEL_RULE,
		.blocked_as = { ESRCH },
		.needs = NEED(USERNS),
		.effect = "kill(2) with signal 0 finds a process",
		.reference = "CVE-2009-1338, kill(2)",
	},
	{
		.id = "cve/2011-1182",
		.question = "Can a process pretend that a signal was sent by kill(2)?",
		.kind = KIND_KERNEL_RULE,
		.blocked_as = { EPERM },
		.effect = "rt_sigqueueinfo(2) returns 0",
		.reference = "CVE-2011-1182, rt_sigqueueinfo(2)",
	},
	{
		.id = "cve/2013-1956",
		.question = "Can a user namespace be made from inside a chroot?",
		.kind = KIND_KERNEL_RULE,
		.blocked_as = { EPERM },
		.needs = NEED(USERNS),
		.effect = "unshare(2) returns 0",
		.reference = "CVE-2013-1956, user_namespaces(7)",
	},
	{
		.id = "cve/2013-1958",
		.question =
			"Can root of a user namespace send another process's number as its own?",
		.kind = KIND_KERNEL_RULE,
		.blocked_as = { EPERM },
		.needs = NEED(USERNS),
		.effect = "sendmsg(2) takes the credentials",
		.reference = "CVE-2013-1958, unix(7)",
	},
	{
		.id = "cve/2014-5206",
		.question =
			"Can a user namespace make a read-only bind mount of its parent writable?",
		.kind = KIND_KERNEL_RULE,
		.blocked_as = { EPERM },
		.needs = NEED(USERNS) | NEED(SYSFS),
		.effect = "mount(2) with MS_REMOUNT returns 0",
		.reference = "CVE-2014-5206, mount_namespaces(7)",
	},
	{
		.id = "cve/2014-5207",
		.question =
			"Can a user namespace take nosuid, nodev and noexec off its parent's mount?",
		.kind = KIND_KERNEL_RULE,
		.blocked_as = { EPERM },
		.needs = NEED(USERNS),
		.effect = "mount(2) with MS_REMOUNT returns 0",
		.reference = "CVE-2014-5207, mount_namespaces(7)",
	},
	{
		.id = "cve/2014-9717",
		.question =
			"Does a detached copy show what the parent namespace mounted something over?",
		.kind = KIND_KERNEL_RULE,
		.blocked_as = { UNCHANGED },
		.needs = NEED(USERNS),
		.effect = "/proc is gone from the detached copy",
		.reference = "CVE-2014-9717, mount_namespaces(7)",
	},
	{
		.id = "cve/2015-2925",
		.question =
			"Does \"..\" lead out of a bind mount when its directory is moved away?",
		.kind = KIND_KERNEL_RULE,
		/* EPERM: who may not map its ids has no files of its own */
		.blocked_as = { ENOENT, EPERM },
		.needs = NEED(USERNS),
		.effect = "a file above opens",
		.reference = "CVE-2015-2925",
	},
	{
		.id = "cve/2019-5736",
		.question = "Can the container write to the program that it was started with?",
		.kind = KIND_KERNEL_RULE,
		.blocked_as = { ETXTBSY, EACCES },
		.effect = "/proc/self/exe opens for writing",
		.reference = "CVE-2019-5736, memfd_create(2)",
	},
	{
		.id = "cve/2022-0847",
		.question = "Can a file that is only open for reading be changed through a pipe?",
		.kind = KIND_KERNEL_RULE,
		.blocked_as = { UNCHANGED },
		.effect = "the file holds another byte",
		.reference = "CVE-2022-0847",
	},
};

CHECK_SUITE(cve, checks);
