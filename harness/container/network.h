// SPDX-License-Identifier: MIT
/*
 * The arena's network: a bridge for the containers, and behind a router (the arena) a third network
 * namespace, the world, with a server that tells who it sees. So "what gets out, and as whom" has
 * an answer without any packet on the machine's own links.
 *
 *     container 192.0.2.2 -- nsbr0 192.0.2.1 [arena] out0 198.51.100.1 -- out1 198.51.100.2 [world]
 *
 * The addresses are those that RFC 5737 keeps for documentation; nobody owns them. IPv6 is a unique
 * local prefix (RFC 4193), and left out where the kernel has none.
 */
#ifndef NSPROOF_CONTAINER_NETWORK_H
#define NSPROOF_CONTAINER_NETWORK_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "container/link.h"

#define NETWORK_BRIDGE      "nsbr0"
#define NETWORK_GATEWAY     "192.0.2.1" /* the arena, as its containers see it */
#define NETWORK_GATEWAY6    "fd00:6e73:1::1"
#define NETWORK_CONTAINER   "192.0.2.2"
#define NETWORK_CONTAINER6  "fd00:6e73:1::2"
#define NETWORK_CONTAINERS  "192.0.2.0/24"
#define NETWORK_CONTAINERS6 "fd00:6e73:1::/64"
#define NETWORK_OUTER       "198.51.100.1" /* the arena, as the world sees it */
#define NETWORK_OUTER6      "fd00:6e73:2::1"
#define NETWORK_WORLD       "198.51.100.2"
#define NETWORK_WORLD6      "fd00:6e73:2::2"
#define NETWORK_WORLD_PORT  7 /* TCP and UDP */

struct arena_network {
	pid_t world;    /* a child of the caller of network_up(); 0: none */
	bool ipv6;      /* the kernel speaks it */
	bool nat;       /* network_nat() is on */
	char token[33]; /* what the world's server says, before the peer's address */
};

/*
 * Builds it all in the caller's network namespace, which must be new and its own (checked: no link
 * but the loopback may be up), with /proc mounted. Returns when the world's servers listen. To each
 * TCP connection and each UDP datagram they answer "TOKEN PEERADDRESS\n". The world dies with the
 * calling thread. -EEXIST: another link is up; -ETIMEDOUT: the world took more than 5 s.
 */
int network_up(struct arena_network *net, struct err *err);

/* Masquerades what the containers send to the world over IPv4, or stops; nothing if it is so. */
int network_nat(struct arena_network *net, bool on, struct err *err);

/* Ends the world and removes the links. An arena that ends needs no such call. Safe twice. */
void network_down(struct arena_network *net);

/* The link of one container at a time; constant strings. */
void network_link_spec(const struct arena_network *net, struct link_spec *ret);

#endif
