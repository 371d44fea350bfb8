// SPDX-License-Identifier: MIT
/* Suite net, the lists: what can be read about the host's sockets, links and tables. */
#include <errno.h>

#include "check/canary.h"
#include "check/suites.h"

static const struct check checks[] = {
	{
		.id = "net/proc-tcp",
		.question = "Does /proc/net/tcp list the host's TCP sockets?",
		.canary = &canary_listener,
		.walls = { WALL(NET) },
		.blocked_as = { ABSENT },
		.shares = true,
		.reference = "proc(5), network_namespaces(7)",
	},
	{
		.id = "net/sock-diag-tcp",
		.question = "Can the container list the host's TCP sockets by netlink?",
		.canary = &canary_listener,
		.walls = { WALL(NET) },
		.blocked_as = { ABSENT },
		.shares = true,
		.needs = NEED(SOCK_DIAG),
		.reference = "sock_diag(7)",
	},
	{
		.id = "net/proc-unix",
		.question = "Does /proc/net/unix list the host's Unix sockets?",
		.canary = &canary_named_unix,
		.walls = { WALL(NET) },
		.blocked_as = { ABSENT },
		.shares = true,
		.reference = "proc(5), unix(7)",
	},
	{
		.id = "net/sock-diag-unix",
		.question = "Can the container list the host's Unix sockets by netlink?",
		.canary = &canary_named_unix,
		.walls = { WALL(NET) },
		.blocked_as = { ABSENT },
		.shares = true,
		.needs = NEED(SOCK_DIAG),
		.reference = "sock_diag(7)",
	},
	{
		.id = "net/proc-pid-net",
		.question = "Does a host process's /proc/PID/net show the host's network?",
		.canary = &canary_process_unix,
		.base = GUARD(NET),
		.walls = { WALL(PROC) },
		.blocked_as = { ENOENT },
		.shares = true,
		.reference = "proc(5), network_namespaces(7)",
	},
	{
		.id = "net/proc-netlink",
		.question = "Does /proc/net/netlink list the host's netlink sockets?",
		.canary = &canary_netlink,
		.walls = { WALL(NET) },
		.blocked_as = { ABSENT },
		.shares = true,
		.reference = "netlink(7)",
	},
	{
		.id = "net/proc-route",
		.question = "Does /proc/net/route list the host's routes?",
		.canary = &canary_route,
		.walls = { WALL(NET) },
		.blocked_as = { ABSENT },
		.shares = true,
		.needs = NEED(NET_ADMIN),
		.reference = "proc(5), network_namespaces(7)",
	},
	{
		.id = "net/proc-arp",
		.question = "Does /proc/net/arp list the host's neighbours?",
		.canary = &canary_neighbour,
		.walls = { WALL(NET) },
		.blocked_as = { ABSENT },
		.needs = NEED(BRIDGE),
		.shares = true,
		.reference = "arp(7)",
	},
	{
		.id = "net/neighbours",
		.question = "Can the container list the host's neighbours by netlink?",
		.canary = &canary_neighbour,
		.walls = { WALL(NET) },
		.blocked_as = { ABSENT },
		.needs = NEED(BRIDGE),
		.shares = true,
		.reference = "rtnetlink(7)",
	},
	{
		.id = "net/nft-tables",
		.question = "Can the container list the tables of the host's packet filter?",
		.canary = &canary_table,
		.walls = { WALL(NET), WALL(USER), WALL(CAPS) },
		.blocked_as = { ABSENT, EPERM },
		.needs = NEED(MASQUERADE),
		.reference = "nft(8), network_namespaces(7)",
	},
};

CHECK_SUITE_PART(net, net_lists, checks);
