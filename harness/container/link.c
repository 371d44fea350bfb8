// SPDX-License-Identifier: MIT
/* A container's link to its creator: see link.h. */
#include "container/link.h"

#include <stddef.h>
#include <stdio.h>

#include "base/file.h"
#include "kernel/netlink.h"

/*
 * Containers that follow one another bear the same address with different hardware. The creator
 * would talk to the last one until its memory fades, and for some milliseconds the last one can
 * even still answer; so it is told.
 */
static int introduce(struct netlink *nl, const struct link_spec *spec, const char *mac,
		     struct err *err)
{
	const char *addresses[] = { spec->address, spec->address6 };
	int r = 0;

	for (size_t i = 0; i < 2 && r == 0; i++)
		if (addresses[i])
			r = neighbour_set(nl, spec->bridge, addresses[i], mac, err);
	return r;
}

int link_attach(const struct link_spec *spec, int netns_fd, struct err *err)
{
	AUTO_NETLINK struct netlink nl = { 0 };
	char name_hex[11], mac_hex[11], outer[16], mac[18];
	int r;

	random_hex(5, name_hex);
	random_hex(5, mac_hex);
	snprintf(outer, sizeof(outer), "ve%s", name_hex);
	/* 02: locally administered, one receiver */
	snprintf(mac, sizeof(mac), "02:%.2s:%.2s:%.2s:%.2s:%.2s", mac_hex, mac_hex + 2, mac_hex + 4,
		 mac_hex + 6, mac_hex + 8);
	r = netlink_open(&nl, err);
	if (r == 0)
		r = veth_add(&nl, &(struct veth){ outer, spec->inner, netns_fd, mac }, err);
	if (r < 0)
		return r;
	r = link_set_master(&nl, outer, spec->bridge, err);
	if (r == 0)
		r = introduce(&nl, spec, mac, err);
	if (r == 0)
		r = link_settle(&nl, outer, err);
	if (r < 0) {
		struct err ignored;

		link_del(&nl, outer, &ignored);
	}
	return r;
}

int link_configure(const struct link_spec *spec, struct err *err)
{
	AUTO_NETLINK struct netlink nl = { 0 };
	int r = netlink_open(&nl, err);

	if (r == 0)
		r = link_settle(&nl, spec->inner, err);
	if (r == 0 && spec->address)
		r = addr_add(&nl, spec->inner, spec->address, err);
	if (r == 0 && spec->address6)
		r = addr_add(&nl, spec->inner, spec->address6, err);
	if (r == 0 && spec->gateway)
		r = route_add_default(&nl, spec->gateway, err);
	if (r == 0 && spec->gateway6)
		r = route_add_default(&nl, spec->gateway6, err);
	return r;
}
