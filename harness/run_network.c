// SPDX-License-Identifier: MIT
/* The network of nsproof run --net veth: see run_network.h. */
#include "run_network.h"

#include <sched.h>

int run_network_open(struct arena_network *net, struct link_spec *ret_link, struct err *err)
{
	if (unshare(CLONE_NEWNET) < 0)
		return err_sys(err, "a network namespace for the router");
	if (network_up(net, err) < 0 || network_nat(net, true, err) < 0)
		return -err->num;
	network_link_spec(net, ret_link);
	return 0;
}

void run_network_close(struct arena_network *net)
{
	if (net->world > 0)
		network_down(net);
}
