// SPDX-License-Identifier: MIT
/* Just enough rtnetlink to ask for links and routes: one request, one answer, no state. */
#include <sys/socket.h>
#include <sys/time.h>

#include "nl.h"

#define DUMP_TRIES 20

int nl_open_proto(int protocol)
{
	struct timeval limit = { .tv_sec = 2 };
	int on = 1;
	int sock = (int)MUST(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol));

	MUST(setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)));
	MUST(setsockopt(sock, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on)));
	return sock;
}

int nl_open(void)
{
	return nl_open_proto(NETLINK_ROUTE);
}

void nl_request(struct nl_request *req, int type, int flags, size_t size)
{
	*req = (struct nl_request){ 0 };
	req->msg.nlmsg_type = (__u16)type;
	req->msg.nlmsg_len = (__u32)NLMSG_LENGTH(size);
	req->msg.nlmsg_flags = (__u16)(NLM_F_REQUEST | flags);
}

void nl_request_link(struct nl_request *req, bool dump)
{
	nl_request(req, RTM_GETLINK, dump ? NLM_F_DUMP : 0, sizeof(req->body.link));
}

void nl_request_route(struct nl_request *req)
{
	nl_request(req, RTM_GETROUTE, NLM_F_DUMP, sizeof(req->body.route));
	req->body.route.rtm_family = AF_INET;
}

void nl_add(struct nl_request *req, int type, const void *value, size_t len)
{
	size_t at = NLMSG_ALIGN(req->msg.nlmsg_len);
	struct rtattr head = { .rta_type = (unsigned short)type,
			       .rta_len = (unsigned short)RTA_LENGTH(len) };

	if (at + RTA_SPACE(len) > sizeof(*req))
		die("a netlink attribute is too long");
	memcpy((char *)req + at, &head, sizeof(head));
	memcpy((char *)req + at + RTA_LENGTH(0), value, len);
	req->msg.nlmsg_len = (__u32)(at + RTA_LENGTH(len));
}

void nl_add_nested(struct nl_request *req, int type, int inner_type, const char *str)
{
	char inner[32] __attribute__((aligned(RTA_ALIGNTO)));
	size_t len = strlen(str) + 1;
	struct rtattr head = { .rta_type = (unsigned short)inner_type,
			       .rta_len = (unsigned short)RTA_LENGTH(len) };

	if (RTA_LENGTH(len) > sizeof(inner))
		die("a nested netlink attribute is too long");
	memcpy(inner, &head, sizeof(head));
	memcpy(inner + RTA_LENGTH(0), str, len);
	nl_add(req, type, inner, RTA_LENGTH(len));
}

/*
 * Visits one datagram of the answer. 1: more will come; 0: that was all; negative errno: the
 * kernel refused, -EINTR: what is listed changed while it was listed.
 */
static int visit_all(const char *buf, size_t len, bool dump, nl_visit *visit, void *data)
{
	const struct nlmsghdr *msg = (const void *)buf;

	for (; NLMSG_OK(msg, len); msg = NLMSG_NEXT(msg, len)) {
		if (msg->nlmsg_flags & NLM_F_DUMP_INTR)
			return -EINTR;
		/* both carry 0 or a negative errno in front */
		if (msg->nlmsg_type == NLMSG_DONE || msg->nlmsg_type == NLMSG_ERROR)
			return *(const int *)NLMSG_DATA(msg);
		visit(msg, data);
	}
	return dump;
}

static int ask_once(int sock, struct nl_request *req, nl_visit *visit, void *data)
{
	bool dump = (req->msg.nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
	static char buf[64 << 10] __attribute__((aligned(NLMSG_ALIGNTO)));
	int more;

	MUST(send(sock, req, req->msg.nlmsg_len, 0));
	do {
		ssize_t len = MUST(recv(sock, buf, sizeof(buf), MSG_TRUNC));

		if ((size_t)len > sizeof(buf))
			die("a netlink answer is too long");
		more = visit_all(buf, (size_t)len, dump, visit, data);
	} while (more > 0);
	return more;
}

/* What is left of a dump that was given up must not be taken for the next answer. */
static void drain(int sock)
{
	char byte;

	while (recv(sock, &byte, sizeof(byte), MSG_DONTWAIT | MSG_TRUNC) >= 0)
		;
}

int nl_ask(int sock, struct nl_request *req, nl_visit *visit, void *data)
{
	for (int i = 0; i < DUMP_TRIES; i++) {
		int r = ask_once(sock, req, visit, data);

		if (r != -EINTR)
			return r;
		drain(sock);
	}
	die("links or routes change all the time: no whole list was seen");
}

const void *nl_attr(const struct nlmsghdr *msg, size_t head, int type, size_t len)
{
	const struct rtattr *attr = (const void *)((const char *)NLMSG_DATA(msg) +
						   NLMSG_ALIGN(head));
	size_t left = msg->nlmsg_len - NLMSG_SPACE(head);

	if (msg->nlmsg_len < NLMSG_SPACE(head))
		return NULL;
	for (; RTA_OK(attr, left); attr = RTA_NEXT(attr, left))
		if ((attr->rta_type & NLA_TYPE_MASK) == type)
			return RTA_PAYLOAD(attr) >= len ? RTA_DATA(attr) : NULL;
	return NULL;
}

const void *nl_link_attr(const struct nlmsghdr *msg, int type, size_t len)
{
	return nl_attr(msg, sizeof(struct ifinfomsg), type, len);
}

const void *nl_route_attr(const struct nlmsghdr *msg, int type, size_t len)
{
	return nl_attr(msg, sizeof(struct rtmsg), type, len);
}
