// SPDX-License-Identifier: MIT
/* What netlink.c and netroute.c share; for nobody else. */
#ifndef NSPROOF_KERNEL_NETLINK_INTERNAL_H
#define NSPROOF_KERNEL_NETLINK_INTERNAL_H

#include <netlink/addr.h>

#include "kernel/netlink.h"

/* AUTO(type): a counted object of libnl's, put back at the end of the scope. */
#define PUT_AT_END(type, put)                                                                      \
	static void type##_putp(struct type **object)                                              \
	{                                                                                          \
		if (*object)                                                                       \
			put(*object);                                                              \
	}
#define AUTO(type) __attribute__((cleanup(type##_putp))) struct type

/* Turns the answer to a request into a result. `doing` and `name` tell what was asked for. */
int netlink_finish(struct netlink *nl, int answer, const char *doing, const char *name,
		   struct err *err);

int netlink_no_memory(const char *doing, const char *name, struct err *err);

/* The index of a link, asked in the socket's own namespace. */
int netlink_find_link(struct netlink *nl, const char *name, int *ret_index, struct err *err);

/* AF_UNSPEC: IPv4 or IPv6; AF_LLC: a hardware address. The caller puts *ret back. */
int netlink_parse_addr(const char *str, int family, struct nl_addr **ret, struct err *err);

#endif
