// SPDX-License-Identifier: MIT
/* Just enough netlink to ask for links, routes and other lists. netlink(7), rtnetlink(7) */
#ifndef NSPROBE_NL_H
#define NSPROBE_NL_H

#include <linux/rtnetlink.h>

#include "probe.h"

/*
 * A request with room for a body of any kind and some attributes; nl_request() and its kin set .msg
 * and clear the rest.
 */
struct nl_request {
	struct nlmsghdr msg;
	union {
		struct ifinfomsg link;
		struct rtmsg route;
		struct rtgenmsg gen;
		char bytes[192];
	} body;
};

/* Called for each message of the answer; a dump that was disturbed is asked for again. */
typedef void nl_visit(const struct nlmsghdr *msg, void *data);

/* A socket with strict checking of requests and a limit of 2 s for an answer. Dies on failure. */
int nl_open(void);
/* The same for another protocol than NETLINK_ROUTE. */
int nl_open_proto(int protocol);

/* Prepares a request of this type with a body of `size` zero bytes, to fill in at .body. */
void nl_request(struct nl_request *req, int type, int flags, size_t size);

/* Prepare RTM_GETLINK or RTM_GETROUTE (IPv4); `dump`: all of them. */
void nl_request_link(struct nl_request *req, bool dump);
void nl_request_route(struct nl_request *req);
/* Appends one attribute. */
void nl_add(struct nl_request *req, int type, const void *value, size_t len);
/* Appends an attribute that holds one other, a string. */
void nl_add_nested(struct nl_request *req, int type, int inner_type, const char *str);

/* Sends the request and visits the answer. 0, or the negative errno that the kernel answered. */
int nl_ask(int sock, struct nl_request *req, nl_visit *visit, void *data);

/* An attribute of a link or a route with at least `len` bytes; NULL when there is none. */
const void *nl_link_attr(const struct nlmsghdr *msg, int type, size_t len);
const void *nl_route_attr(const struct nlmsghdr *msg, int type, size_t len);
/* The same of any message whose own head has `head` bytes. */
const void *nl_attr(const struct nlmsghdr *msg, size_t head, int type, size_t len);

#endif
