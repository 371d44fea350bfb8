// SPDX-License-Identifier: MIT
/*
 * A container's link to its creator: a veth pair whose outer end joins a bridge. The creator
 * attaches it, the container configures its own end.
 */
#ifndef NSPROOF_CONTAINER_LINK_H
#define NSPROOF_CONTAINER_LINK_H

#include "base/err.h"

struct link_spec {
	const char *bridge;             /* of the creator; it must exist */
	const char *inner;              /* how the container's end is called: "eth0" */
	const char *address, *address6; /* "192.0.2.2/24", "fd00::2/64"; NULL: none */
	const char *gateway, *gateway6; /* where the default route leads; NULL: none */
	const char *nameserver;         /* for the container's resolv.conf; NULL: none */
};

/*
 * The creator's side: makes the pair, the inner end inside the network namespace behind
 * `netns_fd`, the outer one under a random name in the caller's. The pair vanishes with either
 * namespace.
 */
int link_attach(const struct link_spec *spec, int netns_fd, struct err *err);

/* The container's side, in its network namespace: gives the inner end addresses and default
 * routes, once link_attach() has returned. Needs neither /proc nor /sys. */
int link_configure(const struct link_spec *spec, struct err *err);

#endif
