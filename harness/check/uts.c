// SPDX-License-Identifier: MIT
/* Suite uts: the host's names. */
#include <errno.h>

#include "check/canary.h"
#include "check/suites.h"

static const struct check checks[] = {
	{
		.id = "uts/sethostname-leaks",
		.question = "Does a hostname set in the container become the host's?",
		.canary = &canary_hostname,
		.walls = { WALL(UTS), WALL(USER), WALL(CAPS) },
		.blocked_as = { UNCHANGED, EPERM },
		.needs = NEED(SETHOSTNAME),
		.reference = "uts_namespaces(7), sethostname(2)",
	},
	{
		.id = "uts/setdomainname-leaks",
		.question = "Does a NIS domain name set in the container become the host's?",
		.canary = &canary_domainname,
		.walls = { WALL(UTS), WALL(USER), WALL(CAPS) },
		.blocked_as = { UNCHANGED, EPERM },
		.needs = NEED(SETHOSTNAME),
		.reference = "uts_namespaces(7), setdomainname(2)",
	},
	{
		/* no capability is asked for: whoever is root on the host may write */
		.id = "uts/sysctl-hostname-leaks",
		.question = "Does a hostname written to /proc/sys become the host's?",
		.canary = &canary_hostname,
		.walls = { WALL(UTS), WALL(RO_PROC), WALL(IDS) },
		.blocked_as = { UNCHANGED, EROFS, EACCES },
		.needs = NEED(SYSCTL),
		.reference = "uts_namespaces(7), proc(5)",
	},
	{
		.id = "uts/sysctl-domainname-leaks",
		.question = "Does a NIS domain name written to /proc/sys become the host's?",
		.canary = &canary_domainname,
		.walls = { WALL(UTS), WALL(RO_PROC), WALL(IDS) },
		.blocked_as = { UNCHANGED, EROFS, EACCES },
		.needs = NEED(SYSCTL),
		.reference = "uts_namespaces(7), proc(5)",
	},
	{
		.id = "uts/host-rename-enters",
		.question = "Does the container see it when the host is renamed?",
		.canary = &canary_rename,
		.walls = { WALL(UTS) },
		.blocked_as = { UNCHANGED },
		.shares = true,
		.needs = NEED(SETHOSTNAME),
		.reference = "uts_namespaces(7)",
	},
	{
		/* /proc/sys follows the reader, not the mount: a fresh /proc is no wall */
		.id = "uts/sysctl-rename-enters",
		.question = "Does /proc/sys in the container show it when the host is renamed?",
		.canary = &canary_rename,
		.walls = { WALL(UTS) },
		.blocked_as = { UNCHANGED },
		.shares = true,
		.needs = NEED(SETHOSTNAME),
		.reference = "uts_namespaces(7), proc(5)",
	},
	{
		.id = "uts/host-domain-enters",
		.question = "Does the container see it when the host's NIS domain changes?",
		.canary = &canary_domain_rename,
		.walls = { WALL(UTS) },
		.blocked_as = { UNCHANGED },
		.shares = true,
		.needs = NEED(SETHOSTNAME),
		.reference = "uts_namespaces(7), getdomainname(2)",
	},
	{
		/* a new uts namespace begins as a copy: it is the name of its own that decides */
		.id = "uts/hostname-inherited",
		.question = "Does the container start with the host's name?",
		.canary = &canary_names,
		.walls = { PROVIDE(HOSTNAME) },
		.blocked_as = { ABSENT },
		.reference = "uts_namespaces(7), uname(2)",
	},
	{
		.id = "uts/domainname-inherited",
		.question = "Does the container start with the host's NIS domain name?",
		.kind = KIND_OPEN,
		.canary = &canary_names,
		.needs = NEED(SETHOSTNAME),
		.reference = "uts_namespaces(7), getdomainname(2)",
	},
	{
		.id = "uts/setns-leaked-fd",
		.question =
			"Can the container enter the host's uts namespace, which was left open?",
		.canary = &canary_uts_fd,
		.base = GUARD(UTS),
		.walls = { WALL(FDS), WALL(USER), WALL(CAPS) },
		.blocked_as = { EBADF, EPERM },
		.needs = NEED(SETNS) | NEED(SETHOSTNAME),
		.reference = "setns(2), uts_namespaces(7)",
	},
};

CHECK_SUITE(uts, checks);
