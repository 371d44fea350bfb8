// SPDX-License-Identifier: MIT
/* Links by bytes: see floor_net.h. rtnetlink(7), veth(4). */
#include "bench/floor_net.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/cleanup.h"

enum { SETTLE_STEP_NS = 100000, SETTLE_STEPS = 20000, OPERSTATE_UP = 6 /* RFC 2863 */ };

/* A request, and room for the answer. */
struct message {
	struct nlmsghdr head;
	struct ifinfomsg link;
	char rest[8192];
};

int floor_net_open(struct err *err)
{
	static const struct timeval deadline = { .tv_sec = 10 };
	AUTO_CLOSE int sock = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	if (sock < 0 || setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof(deadline)) < 0)
		return err_sys(err, "floor: a netlink socket");
	return STEAL_FD(sock);
}

static void start(struct message *m, int type, int flags, int index, bool up)
{
	memset(m, 0, sizeof(m->head) + sizeof(m->link));
	m->head.nlmsg_len = NLMSG_LENGTH(sizeof(m->link));
	m->head.nlmsg_type = (uint16_t)type;
	m->head.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | NLM_F_ACK | flags);
	m->link.ifi_index = index;
	m->link.ifi_flags = m->link.ifi_change = up ? IFF_UP : 0;
}

static char *end_of(struct message *m)
{
	return (char *)m + NLMSG_ALIGN(m->head.nlmsg_len);
}

static struct rtattr *put(struct message *m, int type, const void *data, size_t len)
{
	struct rtattr *attr = (struct rtattr *)end_of(m);

	attr->rta_type = (uint16_t)type;
	attr->rta_len = (uint16_t)RTA_LENGTH(len);
	if (len)
		memcpy(RTA_DATA(attr), data, len);
	m->head.nlmsg_len = NLMSG_ALIGN(m->head.nlmsg_len) + (uint32_t)RTA_SPACE(len);
	return attr;
}

static void close_nest(struct message *m, struct rtattr *attr)
{
	attr->rta_len = (uint16_t)(end_of(m) - (char *)attr);
}

/* Sends, and replaces the request by the answer. */
static int talk(int sock, struct message *m, struct err *err)
{
	const struct nlmsgerr *refusal;

	if (send(sock, m, m->head.nlmsg_len, 0) < 0 || recv(sock, m, sizeof(*m), 0) < 0)
		return err_sys(err, "floor: netlink");
	refusal = NLMSG_DATA(&m->head);
	if (m->head.nlmsg_type == NLMSG_ERROR && refusal->error)
		return err_set(err, -refusal->error, "floor: netlink: %s",
			       strerror(-refusal->error));
	return 0;
}

static int make_pair(int sock, int inner_netns, struct err *err)
{
	struct ifinfomsg peer = { 0 };
	struct rtattr *info, *data, *pair;
	struct message m;

	start(&m, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, 0, true);
	put(&m, IFLA_IFNAME, "in", sizeof("in"));
	put(&m, IFLA_NET_NS_FD, &inner_netns, sizeof(inner_netns));
	info = put(&m, IFLA_LINKINFO, NULL, 0);
	put(&m, IFLA_INFO_KIND, "veth", sizeof("veth"));
	data = put(&m, IFLA_INFO_DATA, NULL, 0);
	pair = put(&m, VETH_INFO_PEER, &peer, sizeof(peer));
	put(&m, IFLA_IFNAME, "new", sizeof("new"));
	close_nest(&m, pair);
	close_nest(&m, data);
	close_nest(&m, info);
	return talk(sock, &m, err);
}

static int read_operstate(const struct message *m)
{
	int left = (int)IFLA_PAYLOAD(&m->head);

	for (const struct rtattr *a = IFLA_RTA(&m->link); RTA_OK(a, left); a = RTA_NEXT(a, left))
		if (a->rta_type == IFLA_OPERSTATE)
			return *(const uint8_t *)RTA_DATA(a);
	return -1;
}

static int settle(int sock, int index, struct err *err)
{
	static const struct timespec pause = { .tv_nsec = SETTLE_STEP_NS };

	for (int i = 0; i < SETTLE_STEPS; i++) {
		struct message m;
		int r;

		start(&m, RTM_GETLINK, 0, index, false);
		m.head.nlmsg_flags = NLM_F_REQUEST;
		r = talk(sock, &m, err);
		if (r < 0)
			return r;
		if (read_operstate(&m) == OPERSTATE_UP)
			return 0;
		nanosleep(&pause, NULL);
	}
	return err_set(err, ETIMEDOUT, "floor: the link has no carrier");
}

int floor_net_make(int sock, int inner_netns, const char *bridge, int *ret_index, struct err *err)
{
	struct message m;
	int index, master, r = make_pair(sock, inner_netns, err);

	if (r < 0)
		return r;
	index = (int)if_nametoindex("new");
	start(&m, RTM_NEWLINK, 0, index, true);
	if (bridge) {
		master = (int)if_nametoindex(bridge);
		put(&m, IFLA_MASTER, &master, sizeof(master));
	}
	r = talk(sock, &m, err);
	r = r < 0 ? r : settle(sock, index, err);
	if (r == 0)
		*ret_index = index;
	return r;
}

int floor_net_remove(int sock, int index, struct err *err)
{
	struct message m;

	start(&m, RTM_DELLINK, 0, index, false);
	return talk(sock, &m, err);
}
