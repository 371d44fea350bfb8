// SPDX-License-Identifier: MIT
/* The net suite's netlink half: links and routes of the host. rtnetlink(7), network_namespaces(7)
 */
#include <arpa/inet.h>
#include <net/if.h>
#include <stdio.h>

#include "nl.h"

/* A link's alias: the canary's token. */
struct seen {
	const char *name; /* the link that is looked for; NULL: any */
	bool found;
	char alias[256];
};

static void see_link(const struct nlmsghdr *msg, void *data)
{
	struct seen *seen = data;
	const char *name = nl_link_attr(msg, IFLA_IFNAME, 1);
	const char *alias = nl_link_attr(msg, IFLA_IFALIAS, 1);

	if (msg->nlmsg_type != RTM_NEWLINK || !name || (seen->name && strcmp(name, seen->name)))
		return;
	seen->found = true;
	snprintf(seen->alias, sizeof(seen->alias), "%s", alias ? alias : "");
}

static int get_link(int sock, const char *name, struct seen *seen)
{
	struct nl_request req;

	nl_request_link(&req, false);
	nl_add(&req, IFLA_IFNAME, name, strlen(name) + 1);
	return nl_ask(sock, &req, see_link, seen);
}

static const char *arg_link(void)
{
	const char *name = arg_str("link");

	if (strlen(name) >= IF_NAMESIZE)
		die("the argument link= is too long");
	return name;
}

PROBE(net_if_visible, "asks the kernel for the canary link by name")
{
	const char *name = arg_link();
	struct seen lo = { .name = "lo" }, seen = { .name = name };
	AUTO_CLOSE int sock = nl_open();
	int r = get_link(sock, "lo", &lo);

	if (r || !lo.found)
		return failed("the own link lo is not found: %s", strerror(-r));
	r = get_link(sock, name, &seen);
	if (r)
		return blocked_errno(-r, "asking for the link");
	if (!seen.found)
		return failed("the kernel answered without the link");
	return reached(seen.alias, "the link is listed");
}

struct route_seen {
	struct in_addr dest;
	bool found;
	uint32_t priority;
};

static void see_route(const struct nlmsghdr *msg, void *data)
{
	struct route_seen *seen = data;
	const struct rtmsg *route = NLMSG_DATA(msg);
	const void *dest = nl_route_attr(msg, RTA_DST, sizeof(seen->dest));
	const void *priority = nl_route_attr(msg, RTA_PRIORITY, sizeof(seen->priority));

	if (msg->nlmsg_type != RTM_NEWROUTE || route->rtm_dst_len != 32 || !dest || !priority ||
	    memcmp(dest, &seen->dest, sizeof(seen->dest)) != 0)
		return;
	seen->found = true;
	memcpy(&seen->priority, priority, sizeof(seen->priority));
}

PROBE(net_routes, "looks for the canary's route in the routing tables")
{
	const char *dest = arg_str("dest");
	struct route_seen seen = { .found = false };
	struct nl_request req;
	AUTO_CLOSE int sock = nl_open();
	char token[16];
	int r;

	if (inet_pton(AF_INET, dest, &seen.dest) != 1)
		return failed("the argument dest= is not an IPv4 address");
	nl_request_route(&req);
	r = nl_ask(sock, &req, see_route, &seen);
	if (r)
		return failed("listing the routes: %s", strerror(-r));
	if (!seen.found)
		return blocked("absent", "the route is not listed");
	snprintf(token, sizeof(token), "%08x", seen.priority);
	return reached(token, "the route is listed");
}

/* The number by which this namespace calls the one that holds a link's other end. */
static void see_peer_ns(const struct nlmsghdr *msg, void *data)
{
	const void *id = nl_link_attr(msg, IFLA_LINK_NETNSID, sizeof(int32_t));

	if (msg->nlmsg_type == RTM_NEWLINK && id)
		memcpy(data, id, sizeof(int32_t));
}

PROBE(net_veth_nsid_getlink, "lists the links at the other end of its own veth")
{
	struct seen seen = { .name = arg_link() };
	struct nl_request req;
	AUTO_CLOSE int sock = nl_open();
	int32_t nsid = -1;
	int r;

	nl_request_link(&req, true);
	r = nl_ask(sock, &req, see_peer_ns, &nsid);
	if (r)
		return failed("listing the own links: %s", strerror(-r));
	if (nsid < 0)
		return failed("no own link has its other end in another namespace");
	nl_request_link(&req, true);
	nl_add(&req, IFLA_TARGET_NETNSID, &nsid, sizeof(nsid));
	r = nl_ask(sock, &req, see_link, &seen);
	if (r)
		return blocked_errno(-r, "listing the links of the other namespace");
	if (!seen.found)
		return blocked("absent", "the link is not listed in the other namespace");
	return reached(seen.alias, "the link of the other namespace is listed");
}
