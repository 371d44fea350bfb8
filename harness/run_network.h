// SPDX-License-Identifier: MIT
/* The network of nsproof run --net veth. */
#ifndef NSPROOF_RUN_NETWORK_H
#define NSPROOF_RUN_NETWORK_H

#include "base/err.h"
#include "container/network.h"

/*
 * The calling process becomes the router: it enters a new network namespace, in which the network is
 * made (its old one is of no more use to it). *ret_link is for the container; its strings live as
 * long as the program.
 */
int run_network_open(struct arena_network *net, struct link_spec *ret_link, struct err *err);

/* Nothing when it is not open. */
void run_network_close(struct arena_network *net);

#endif
