// SPDX-License-Identifier: MIT
/* Addresses, routes and neighbours by rtnetlink: see netlink.h. */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <netlink/errno.h>
#include <netlink/route/addr.h>
#include <netlink/route/neighbour.h>
#include <netlink/route/nexthop.h>
#include <netlink/route/route.h>
#include <sys/socket.h>
#include <time.h>

#include "kernel/netlink.h"
#include "kernel/netlink_internal.h"

PUT_AT_END(nl_addr, nl_addr_put)
PUT_AT_END(rtnl_addr, rtnl_addr_put)
PUT_AT_END(rtnl_neigh, rtnl_neigh_put)
PUT_AT_END(rtnl_route, rtnl_route_put)

/*
 * The kernel gives an IPv6 address its local route from a work queue; what arrives before is
 * dropped. Nothing announces it, so the route is looked up until it is there.
 */
static int await_local(struct netlink *nl, struct nl_addr *addr, const char *address,
		       struct err *err)
{
	static const struct timespec pause = { .tv_nsec = 50000 };
	AUTO(nl_addr) *host = nl_addr_clone(addr);

	if (!host)
		return netlink_no_memory("add address", address, err);
	nl_addr_set_prefixlen(host, 128);
	for (int waited_us = 0; waited_us < 2000000; waited_us += 50) {
		AUTO(rtnl_route) *route = NULL;

		/* no answer is one too: nothing leads there yet */
		if (rtnl_route_lookup(nl->sock, host, &route) == 0 &&
		    rtnl_route_get_type(route) == RTN_LOCAL)
			return 0;
		nanosleep(&pause, NULL);
	}
	return err_set(err, ETIMEDOUT, "add address %s: it does not become usable", address);
}

/* A link's address, for a request; the caller releases it. */
static int make_addr(struct netlink *nl, const char *name, struct nl_addr *addr,
		     struct rtnl_addr **ret, struct err *err)
{
	struct rtnl_addr *ifaddr;
	int index, r = netlink_find_link(nl, name, &index, err);

	if (r < 0)
		return r;
	ifaddr = rtnl_addr_alloc();
	if (!ifaddr)
		return netlink_no_memory("address of link", name, err);
	rtnl_addr_set_ifindex(ifaddr, index);
	rtnl_addr_set_local(ifaddr, addr);
	*ret = ifaddr;
	return 0;
}

int addr_del(struct netlink *nl, const char *name, const char *address, struct err *err)
{
	AUTO(rtnl_addr) *ifaddr = NULL;
	AUTO(nl_addr) *addr = NULL;
	int r = netlink_parse_addr(address, AF_UNSPEC, &addr, err);

	if (r == 0)
		r = make_addr(nl, name, addr, &ifaddr, err);
	if (r < 0)
		return r;
	r = netlink_finish(nl, rtnl_addr_delete(nl->sock, ifaddr, 0), "delete address", address,
			   err);
	return r < 0 ? err_wrap(err, "link %s", name) : 0;
}

int addr_add(struct netlink *nl, const char *name, const char *address, struct err *err)
{
	AUTO(rtnl_addr) *ifaddr = NULL;
	AUTO(nl_addr) *addr = NULL;
	int r = netlink_parse_addr(address, AF_UNSPEC, &addr, err);

	if (r == 0)
		r = make_addr(nl, name, addr, &ifaddr, err);
	if (r < 0)
		return r;
	if (nl_addr_get_family(addr) == AF_INET6)
		rtnl_addr_set_flags(ifaddr, IFA_F_NODAD);
	r = rtnl_addr_add(nl->sock, ifaddr, NLM_F_CREATE | NLM_F_EXCL);
	r = netlink_finish(nl, r, "add address", address, err);
	if (r == 0 && nl_addr_get_family(addr) == AF_INET6)
		r = await_local(nl, addr, address, err);
	return r < 0 ? err_wrap(err, "link %s", name) : 0;
}

/* Sends a route of `type` to `dst`; takes over the reference to `hop`, which may be NULL. */
static int add_route(struct netlink *nl, struct nl_addr *dst, struct rtnl_nexthop *hop,
		     uint8_t type, uint32_t metric)
{
	AUTO(rtnl_route) *route = rtnl_route_alloc();

	if (!route) {
		if (hop)
			rtnl_route_nh_free(hop);
		return -NLE_NOMEM;
	}
	rtnl_route_set_family(route, (uint8_t)nl_addr_get_family(dst));
	rtnl_route_set_dst(route, dst);
	rtnl_route_set_type(route, type);
	rtnl_route_set_priority(route, metric);
	if (hop)
		rtnl_route_add_nexthop(route, hop);
	return rtnl_route_add(nl->sock, route, NLM_F_CREATE | NLM_F_EXCL);
}

int route_add(struct netlink *nl, const char *prefix, const char *via, struct err *err)
{
	AUTO(nl_addr) *gateway = NULL;
	AUTO(nl_addr) *dst = NULL;
	struct rtnl_nexthop *hop;
	int r;

	r = netlink_parse_addr(via, AF_UNSPEC, &gateway, err);
	if (r == 0)
		r = netlink_parse_addr(prefix, nl_addr_get_family(gateway), &dst, err);
	if (r < 0)
		return r;
	hop = rtnl_route_nh_alloc();
	if (!hop)
		return netlink_no_memory("add route", prefix, err);
	rtnl_route_nh_set_gateway(hop, gateway);
	r = netlink_finish(nl, add_route(nl, dst, hop, RTN_UNICAST, 0), "add route", prefix, err);
	return r < 0 ? err_wrap(err, "via %s", via) : 0;
}

int route_add_default(struct netlink *nl, const char *via, struct err *err)
{
	return route_add(nl, "default", via, err);
}

int route_add_blackhole(struct netlink *nl, const char *prefix, uint32_t metric, struct err *err)
{
	AUTO(nl_addr) *dst = NULL;
	int r = netlink_parse_addr(prefix, AF_UNSPEC, &dst, err);

	if (r < 0)
		return r;
	r = add_route(nl, dst, NULL, RTN_BLACKHOLE, metric);
	return netlink_finish(nl, r, "add blackhole route", prefix, err);
}

int route_del_blackhole(struct netlink *nl, const char *prefix, uint32_t metric, struct err *err)
{
	AUTO(rtnl_route) *route = rtnl_route_alloc();
	AUTO(nl_addr) *dst = NULL;
	int r = netlink_parse_addr(prefix, AF_UNSPEC, &dst, err);

	if (r < 0)
		return r;
	if (!route)
		return netlink_no_memory("delete blackhole route", prefix, err);
	rtnl_route_set_family(route, (uint8_t)nl_addr_get_family(dst));
	rtnl_route_set_dst(route, dst);
	rtnl_route_set_type(route, RTN_BLACKHOLE);
	rtnl_route_set_priority(route, metric);
	r = rtnl_route_delete(nl->sock, route, 0);
	return netlink_finish(nl, r, "delete blackhole route", prefix, err);
}

int neighbour_set(struct netlink *nl, const char *name, const char *address, const char *mac,
		  struct err *err)
{
	AUTO(rtnl_neigh) *neigh = NULL;
	AUTO(nl_addr) *dst = NULL;
	AUTO(nl_addr) *lladdr = NULL;
	int index, r;

	r = netlink_parse_addr(address, AF_UNSPEC, &dst, err);
	if (r == 0)
		r = netlink_parse_addr(mac, AF_LLC, &lladdr, err);
	if (r == 0)
		r = netlink_find_link(nl, name, &index, err);
	if (r < 0)
		return r;
	neigh = rtnl_neigh_alloc();
	if (!neigh)
		return netlink_no_memory("add neighbour", address, err);
	rtnl_neigh_set_ifindex(neigh, index);
	rtnl_neigh_set_dst(neigh, dst);
	rtnl_neigh_set_lladdr(neigh, lladdr);
	/* a lesser one goes when the link loses its carrier, and by and by */
	rtnl_neigh_set_state(neigh, NUD_PERMANENT);
	r = rtnl_neigh_add(nl->sock, neigh, NLM_F_CREATE | NLM_F_REPLACE);
	return netlink_finish(nl, r, "add neighbour", address, err);
}
