// SPDX-License-Identifier: MIT
/* The arena's network: see network.h. */
#include "container/network.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "container/world.h"
#include "kernel/netlink.h"
#include "kernel/nft.h"

#define OUTER_LINK "out0"
#define WORLD_MAC  "02:6e:73:00:00:02"

/*
 * A mistake of the caller's must not build this on the machine's own network. A new namespace can
 * hold more than "lo" (tunnel modules put a link into each), but nothing else is up.
 */
static int check_new(struct err *err)
{
	AUTO_CLOSE int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct if_nameindex *links = if_nameindex();
	int r = 0;

	if (!links || fd < 0)
		r = err_sys(err, "list the links of the network namespace");
	for (struct if_nameindex *l = links; r == 0 && l->if_index; l++) {
		struct ifreq req = { 0 };

		strncpy(req.ifr_name, l->if_name, IFNAMSIZ - 1);
		if (ioctl(fd, SIOCGIFFLAGS, &req) < 0)
			r = err_sys(err, "read the flags of link %s", l->if_name);
		else if ((req.ifr_flags & IFF_UP) && !(req.ifr_flags & IFF_LOOPBACK))
			r = err_set(err, EEXIST, "the network namespace is in use: link %s is up",
				    l->if_name);
	}
	if (links)
		if_freenameindex(links);
	return r;
}

static bool speaks_ipv6(void)
{
	AUTO_CLOSE int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	return fd >= 0;
}

static int switch_on(const char *path, struct err *err)
{
	int r = file_write(AT_FDCWD, path, "1");

	return r < 0 ? err_set(err, -r, "write 1 to %s: %s", path, strerror(-r)) : 0;
}

static int forward(bool ipv6, struct err *err)
{
	int r = switch_on("/proc/sys/net/ipv4/ip_forward", err);

	if (r == 0 && ipv6)
		r = switch_on("/proc/sys/net/ipv6/conf/all/forwarding", err);
	return r;
}

/* A link's addresses; the second one only where the kernel speaks IPv6. */
static int add_addresses(struct netlink *nl, const char *link, const char *address,
			 const char *address6, bool ipv6, struct err *err)
{
	int r = addr_add(nl, link, address, err);

	return r == 0 && ipv6 ? addr_add(nl, link, address6, err) : r;
}

static int add_bridge(struct netlink *nl, bool ipv6, struct err *err)
{
	int r = bridge_add(nl, NETWORK_BRIDGE, err);

	if (r == 0)
		r = link_set_up(nl, NETWORK_BRIDGE, err);
	if (r == 0)
		r = add_addresses(nl, NETWORK_BRIDGE, NETWORK_GATEWAY "/24", NETWORK_GATEWAY6 "/64",
				  ipv6, err);
	return r;
}

static int add_world(struct netlink *nl, struct world *w, struct err *err)
{
	struct veth veth = { OUTER_LINK, WORLD_LINK, -1, WORLD_MAC };
	int r = world_open_netns(w, err);

	veth.inner_netns = w->netns;
	if (r == 0)
		r = veth_add(nl, &veth, err);
	if (r == 0)
		r = link_set_up(nl, OUTER_LINK, err);
	if (r == 0)
		r = link_settle(nl, OUTER_LINK, err);
	if (r == 0)
		r = add_addresses(nl, OUTER_LINK, NETWORK_OUTER "/24", NETWORK_OUTER6 "/64",
				  w->ipv6, err);
	/*
	 * A router asks for a neighbour from its link-local address, which it has only a second or
	 * two after the link came up; so it is told.
	 */
	if (r == 0 && w->ipv6)
		r = neighbour_set(nl, OUTER_LINK, NETWORK_WORLD6, WORLD_MAC, err);
	return r == 0 ? world_serve(w, err) : r;
}

static void remove_links(void)
{
	AUTO_NETLINK struct netlink nl = { 0 };
	struct err ignored = { 0 };

	if (netlink_open(&nl, &ignored) < 0)
		return;
	link_del(&nl, OUTER_LINK, &ignored);
	link_del(&nl, NETWORK_BRIDGE, &ignored);
}

static int build(struct world *w, struct err *err)
{
	AUTO_NETLINK struct netlink nl = { 0 };
	int r = world_start(w, err);

	/* the bridge while the world makes its namespace: the slow part, on another core */
	if (r == 0)
		r = netlink_open(&nl, err);
	if (r == 0)
		r = add_bridge(&nl, w->ipv6, err);
	if (r == 0)
		r = forward(w->ipv6, err);
	if (r == 0)
		r = add_world(&nl, w, err);
	if (r == 0)
		r = loopback_up(err);
	return r;
}

int network_up(struct arena_network *net, struct err *err)
{
	AUTO_WORLD struct world w = WORLD_INIT;
	int r = check_new(err);

	if (r < 0)
		return err_wrap(err, "network");
	w.ipv6 = speaks_ipv6();
	random_hex(16, w.token);
	r = build(&w, err);
	if (r < 0) {
		remove_links();
		return err_wrap(err, "network");
	}
	net->world = w.pid;
	net->ipv6 = w.ipv6;
	net->nat = false;
	memcpy(net->token, w.token, sizeof(net->token));
	w.pid = 0; /* handed on */
	return 0;
}

int network_nat(struct arena_network *net, bool on, struct err *err)
{
	static const char start[] = "add table ip nsproof\n"
				    "add chain ip nsproof postrouting"
				    " { type nat hook postrouting priority 100; }\n"
				    "add rule ip nsproof postrouting ip saddr " NETWORK_CONTAINERS
				    " oifname " OUTER_LINK " masquerade\n";
	static const char stop[] = "delete table ip nsproof\n";

	if (net->nat == on)
		return 0;
	if (nft_run(on ? start : stop, err) < 0)
		return err_wrap(err, "switch address translation %s", on ? "on" : "off");
	net->nat = on;
	return 0;
}

void network_down(struct arena_network *net)
{
	struct world w = WORLD_INIT;

	if (net->world <= 0)
		return;
	w.pid = net->world;
	world_done(&w);
	remove_links();
	net->world = 0;
}

void network_link_spec(const struct arena_network *net, struct link_spec *ret)
{
	*ret = (struct link_spec){
		.bridge = NETWORK_BRIDGE,
		.inner = "eth0",
		.address = NETWORK_CONTAINER "/24",
		.gateway = NETWORK_GATEWAY,
		.address6 = net->ipv6 ? NETWORK_CONTAINER6 "/64" : NULL,
		.gateway6 = net->ipv6 ? NETWORK_GATEWAY6 : NULL,
		/* the world serves no names: a look-up is refused at once, not waited for */
		.nameserver = NETWORK_WORLD,
	};
}
