// SPDX-License-Identifier: MIT
/* Just enough rtnetlink to ask for links and routes. rtnetlink(7) */
#ifndef NSPROBE_NL_H
#define NSPROBE_NL_H

#include <linux/rtnetlink.h>

#include "probe.h"

/* A request with room for one attribute; .msg and .body are set by nl_request_link/route(). */
struct nl_request {
	struct nlmsghdr msg;
	union {
		struct ifinfomsg link;
		struct rtmsg route;
	} body;
	char attrs[64];
};

/* Called for each message of the answer; a dump that was disturbed is asked for again. */
typedef void nl_visit(const struct nlmsghdr *msg, void *data);

/* A socket with strict checking of requests and a limit of 2 s for an answer. Dies on failure. */
int nl_open(void);

/* Prepare RTM_GETLINK or RTM_GETROUTE (IPv4); `dump`: all of them. */
void nl_request_link(struct nl_request *req, bool dump);
void nl_request_route(struct nl_request *req);
/* Appends one attribute. */
void nl_add(struct nl_request *req, int type, const void *value, size_t len);

/* Sends the request and visits the answer. 0, or the negative errno that the kernel answered. */
int nl_ask(int sock, struct nl_request *req, nl_visit *visit, void *data);

/* An attribute of a link or a route with at least `len` bytes; NULL when there is none. */
const void *nl_link_attr(const struct nlmsghdr *msg, int type, size_t len);
const void *nl_route_attr(const struct nlmsghdr *msg, int type, size_t len);

#endif
