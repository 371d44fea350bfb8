// SPDX-License-Identifier: MIT
/* Suite net, the long arms: links and settings of the host's network namespace, from another. */
#include <errno.h>

#include "check/canary.h"
#include "check/suites.h"

static const struct check checks[] = {
	{
		.id = "net/addresses",
		.question = "Can the container list the host's addresses?",
		.canary = &canary_address,
		.walls = { WALL(NET) },
		.blocked_as = { ABSENT },
		.needs = NEED(BRIDGE),
		.shares = true,
		.reference = "rtnetlink(7)",
	},
	{
		.id = "net/veth-nsid-getaddr",
		.question =
			"Can the container list the host's addresses by the id of its veth's peer namespace?",
		.canary = &canary_address,
		.base = PROVIDE(VETH),
		.walls = { WALL(USER), WALL(CAPS) },
		.blocked_as = { EACCES },
		.needs = NEED(BRIDGE),
		.reference = "rtnetlink(7), IFA_TARGET_NETNSID",
	},
	{
		.id = "net/sysfs-link",
		.question = "Does /sys/class/net show the host's links?",
		.canary = &canary_link,
		.walls = { WALL(SYS) },
		.blocked_as = { ENOENT },
		.needs = NEED(BRIDGE),
		.shares = true,
		.reference = "sysfs(5), network_namespaces(7)",
	},
	{
		.id = "net/link-events",
		.question = "Is the container told when a link of the host changes?",
		.canary = &canary_link_event,
		.walls = { WALL(NET) },
		.blocked_as = { SILENT },
		.needs = NEED(BRIDGE),
		.shares = true,
		.reference = "rtnetlink(7), RTNLGRP_LINK",
	},
	{
		.id = "net/change-link",
		.question = "Can the container change a link of the host?",
		.canary = &canary_link_to_change,
		.walls = { WALL(NET), WALL(USER), WALL(CAPS) },
		.blocked_as = { ENODEV, EPERM },
		.needs = NEED(BRIDGE) | NEED(SYSFS),
		.reference = "rtnetlink(7), RTM_SETLINK",
	},
	{
		.id = "net/newlink-nsid",
		.question =
			"Can the container make a link on the host by the id of its veth's peer namespace?",
		.canary = &canary_new_link,
		.base = PROVIDE(VETH),
		.walls = { WALL(USER), WALL(CAPS) },
		.blocked_as = { EPERM },
		.needs = NEED(BRIDGE),
		.reference = "rtnetlink(7), IFLA_TARGET_NETNSID",
	},
	{
		.id = "net/newlink-pid",
		.question =
			"Can the container make a link on the host by the pid of a host process?",
		.canary = &canary_new_link_pid,
		.base = GUARD(NET),
		.walls = { WALL(PID), WALL(USER), WALL(CAPS) },
		.blocked_as = { ESRCH, EPERM },
		.needs = NEED(BRIDGE),
		.reference = "rtnetlink(7), IFLA_NET_NS_PID",
	},
	{
		.id = "net/push-link-fd",
		.question =
			"Can the container move its link to the host by an inherited namespace descriptor?",
		.canary = &canary_new_link_fd,
		.base = PROVIDE(VETH),
		.walls = { WALL(FDS), WALL(USER), WALL(CAPS) },
		.blocked_as = { EBADF, EPERM },
		.needs = NEED(BRIDGE),
		.reference = "rtnetlink(7), IFLA_NET_NS_FD",
	},
	{
		.id = "net/leaked-netlink",
		.question = "Does an inherited netlink socket tell of the host's links?",
		.canary = &canary_leaked_netlink,
		.base = GUARD(NET),
		.walls = { WALL(FDS) },
		.blocked_as = { EBADF },
		.needs = NEED(BRIDGE),
		.reference = "netlink(7), close_range(2)",
	},
	{
		.id = "net/nsid-of-pid",
		.question = "Can the container tell which network namespace a host process is in?",
		.canary = &canary_process,
		.base = PROVIDE(VETH),
		.walls = { WALL(PID) },
		.blocked_as = { ESRCH },
		.needs = NEED(BRIDGE),
		.effect = "the number of the veth's peer namespace comes back",
		.reference = "rtnetlink(7), RTM_GETNSID",
	},
	{
		.id = "net/sysctl-read",
		.question = "Does the container see a setting of the host's network?",
		.canary = &canary_setting,
		.walls = { WALL(NET) },
		.blocked_as = { UNCHANGED },
		.shares = true,
		.reference = "network_namespaces(7), icmp(7)",
	},
	{
		.id = "net/sysctl-write",
		.question = "Can the container change a setting of the host's network?",
		.canary = &canary_setting_to_change,
		.walls = { WALL(NET), WALL(RO_PROC), WALL(IDS) },
		.blocked_as = { UNCHANGED, EROFS, EACCES },
		/* an ordinary user's id never owns the file: there "user" and "caps" block as well */
		.needs = NEED(INIT_CAPS),
		.reference = "network_namespaces(7), icmp(7)",
	},
};

CHECK_SUITE_PART(net, net_links, checks);
