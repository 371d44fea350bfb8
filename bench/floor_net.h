// SPDX-License-Identifier: MIT
/*
 * The floor of links: the same requests to rtnetlink(7) as kernel/netlink.h makes, as bytes, and
 * nothing else: no library, no names looked up, no explanation of a refusal.
 */
#ifndef NSPROOF_BENCH_FLOOR_NET_H
#define NSPROOF_BENCH_FLOOR_NET_H

#include "base/err.h"

/* A netlink socket of the caller's network namespace. Returns its descriptor. */
int floor_net_open(struct err *err);

/*
 * A veth pair, "new" here and up, "in" up in the other namespace; a port of `bridge` unless that is
 * NULL. Returns when the carrier is there.
 */
int floor_net_make(int sock, int inner_netns, const char *bridge, int *ret_index, struct err *err);

int floor_net_remove(int sock, int index, struct err *err);

#endif
