// SPDX-License-Identifier: MIT
/* Suite net: the host's network, and the container's own way out. */
#include <errno.h>

#include "check/canary.h"
#include "check/suites.h"

static const struct check checks[] = {
	{
		.id = "net/if-visible",
		.question = "Can the container see a network link of the host?",
		.canary = &canary_link,
		.walls = { WALL(NET) },
		.blocked_as = { ENODEV },
		.needs = NEED(BRIDGE),
		.shares = true,
		.reference = "network_namespaces(7), rtnetlink(7)",
	},
	{
		.id = "net/loopback-tcp",
		.question = "Can the container reach a TCP service on the host's loopback?",
		.canary = &canary_loopback_tcp,
		.walls = { WALL(NET) },
		.blocked_as = { ECONNREFUSED, ENETUNREACH },
		.shares = true,
		.needs = NEED(NET_ADMIN),
		.reference = "network_namespaces(7)",
	},
	{
		.id = "net/loopback-udp",
		.question = "Can the container reach a UDP service on the host's loopback?",
		.canary = &canary_loopback_udp,
		.walls = { WALL(NET) },
		.blocked_as = { ECONNREFUSED, ENETUNREACH },
		.shares = true,
		.needs = NEED(NET_ADMIN),
		.reference = "network_namespaces(7)",
	},
	{
		.id = "net/abstract-unix",
		.question = "Can the container connect to an abstract unix socket of the host?",
		.canary = &canary_abstract_unix,
		.walls = { WALL(NET) },
		.blocked_as = { ECONNREFUSED },
		.shares = true,
		.reference = "unix(7), CVE-2020-15257",
	},
	{
		.id = "net/routes",
		.question = "Can the container see the host's routes?",
		.canary = &canary_route,
		.walls = { WALL(NET) },
		.blocked_as = { ABSENT },
		.shares = true,
		.needs = NEED(NET_ADMIN),
		.reference = "network_namespaces(7), rtnetlink(7)",
	},
	{
		.id = "net/veth-nsid-getlink",
		.question =
			"Can the container list the host's links by the id of its veth's peer namespace?",
		.canary = &canary_link,
		.base = PROVIDE(VETH),
		.walls = { WALL(USER), WALL(CAPS) },
		.blocked_as = { EACCES },
		.needs = NEED(BRIDGE),
		.reference = "rtnetlink(7), IFLA_TARGET_NETNSID",
	},
	{
		.id = "net/veth-gateway",
		.question = "Can the container reach its gateway through its veth?",
		.kind = KIND_LETS_WORK,
		.canary = &canary_gateway,
		.base = GUARD(NET),
		.walls = { PROVIDE(VETH) },
		.blocked_as = { ENETUNREACH },
		.needs = NEED(BRIDGE),
		.reference = "veth(4)",
	},
	{
		.id = "net/nat-out",
		.question = "Does the world see the host's address when the container goes out?",
		.kind = KIND_LETS_WORK,
		.canary = &canary_world,
		.base = PROVIDE(VETH),
		.walls = { PROVIDE(NAT) },
		.blocked_as = { UNCHANGED },
		.needs = NEED(BRIDGE) | NEED(MASQUERADE),
		.reference = "nft(8), masquerade",
	},
	{
		.id = "net/lo-up",
		.question = "Is the container's own loopback usable?",
		.kind = KIND_LETS_WORK,
		.base = GUARD(NET),
		.walls = { PROVIDE(LO) },
		.blocked_as = { ENETUNREACH, EADDRNOTAVAIL },
		.effect = "a byte goes from 127.0.0.1 to 127.0.0.1",
		.needs = NEED(NET_ADMIN),
		.reference = "network_namespaces(7)",
	},
};

CHECK_SUITE(net, checks);
