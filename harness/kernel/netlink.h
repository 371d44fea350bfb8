// SPDX-License-Identifier: MIT
/*
 * Links, addresses and routes by rtnetlink(7), thin over libnl-route-3: each function is one
 * request, takes names instead of indices, and waits for the kernel's answer. Errors carry the
 * kernel's errno and its own explanation where it gives one. No link cache is ever loaded.
 */
#ifndef NSPROOF_KERNEL_NETLINK_H
#define NSPROOF_KERNEL_NETLINK_H

#include <stdint.h>

#include "base/err.h"

struct nl_sock;

/* A connection to the network namespace in which it was opened. It must not move in memory. */
struct netlink {
	struct nl_sock *sock;
	int num;       /* errno of the last refusal ... */
	char why[128]; /* ... and what the kernel says about it, "" for nothing */
};

/* Opens in the caller's network namespace. Close-on-exec; an answer has 10 s to come. */
int netlink_open(struct netlink *nl, struct err *err);
void netlink_close(struct netlink *nl); /* safe twice */

#define AUTO_NETLINK __attribute__((cleanup(netlink_close)))

/*
 * A pair of virtual Ethernet links: veth(4). The inner end is born inside the network namespace
 * behind `inner_netns`, and up; it is never seen here. The outer end is down: link_set_up() or
 * link_set_master() completes the pair, then link_settle(), on each side for its end. `inner_mac`
 * gives the inner end's hardware address; NULL: the kernel picks one.
 */
struct veth {
	const char *outer, *inner;
	int inner_netns;
	const char *inner_mac;
};

int veth_add(struct netlink *nl, const struct veth *veth, struct err *err);

/*
 * A bridge, down: link_set_up(). Its hardware address stays the same whichever links join and leave.
 */
int bridge_add(struct netlink *nl, const char *name, struct err *err);

/* Makes it a port of a bridge, and up. */
int link_set_master(struct netlink *nl, const char *name, const char *master, struct err *err);
int link_set_up(struct netlink *nl, const char *name, struct err *err);
int link_set_down(struct netlink *nl, const char *name, struct err *err);

/*
 * Waits until the kernel has acted on a link's carrier. It does so from a work queue, and until
 * then a bridge keeps the port closed and the link drops what it should send: somebody repeats
 * himself a second later. (Since Linux 6.8 to ask is enough to have it done at once.) -ETIMEDOUT:
 * no carrier within 2 s.
 */
int link_settle(struct netlink *nl, const char *name, struct err *err);

int link_set_alias(struct netlink *nl, const char *name, const char *alias, struct err *err);

/* Takes 15 to 60 ms in the kernel; to end a namespace instead costs the caller nothing. */
int link_del(struct netlink *nl, const char *name, struct err *err);

/*
 * "192.0.2.1/24" or "fd00::1/64". Returns when the address is usable; an IPv6 one, for which nobody
 * is asked whether he has it too, on a link that is up (else -ETIMEDOUT).
 */
int addr_add(struct netlink *nl, const char *name, const char *address, struct err *err);

int addr_del(struct netlink *nl, const char *name, const char *address, struct err *err);

/* `via` decides between IPv4 and IPv6. */
int route_add(struct netlink *nl, const char *prefix, const char *via, struct err *err);
int route_add_default(struct netlink *nl, const char *via, struct err *err);

/* A route that drops: its metric can carry a mark, since it leads nowhere. */
int route_add_blackhole(struct netlink *nl, const char *prefix, uint32_t metric, struct err *err);
int route_del_blackhole(struct netlink *nl, const char *prefix, uint32_t metric, struct err *err);

/* Tells the neighbour table behind `name` which hardware address an address has (a prefix length
 * is ignored). Replaces what was known; is forgotten again when it turns out to be wrong. */
int neighbour_set(struct netlink *nl, const char *name, const char *address, const char *mac,
		  struct err *err);

/* Sets the loopback link of the caller's network namespace up, without libnl: netdevice(7). */
int loopback_up(struct err *err);

#endif
