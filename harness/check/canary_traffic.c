// SPDX-License-Identifier: MIT
/*
 * Canaries that go over the host's network while the probe waits: NAME:TOKEN in one datagram. The
 * sender receives it too, before the probe may go on: what was to arrive has arrived by then.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netlink.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "check/canary.h"
#include "container/network.h"

enum { LIMIT_S = 2, CALLER_PORT = 7077, LOOPBACK_INDEX = 1, USERSOCK_GROUP = 1 };

static int open_udp(struct scene *s, struct sockaddr_in *ret_bound, struct err *err)
{
	struct timeval limit = { .tv_sec = LIMIT_S };
	socklen_t size = sizeof(*ret_bound);
	int sock, on = 1;

	*ret_bound = (struct sockaddr_in){ .sin_family = AF_INET };
	s->fds[0] = sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (sock < 0 || setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) < 0 ||
	    setsockopt(sock, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
	    setsockopt(sock, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on)) < 0 ||
	    bind(sock, (struct sockaddr *)ret_bound, size) < 0 ||
	    getsockname(sock, (struct sockaddr *)ret_bound, &size) < 0)
		return err_sys(err, "UDP socket");
	return 0;
}

/* To this address with the socket's own port, and back. */
static int send_around(struct scene *s, const struct sockaddr_in *to, struct err *err)
{
	char line[80], back[80];
	int len = snprintf(line, sizeof(line), "%s:%s", s->name, s->token);

	if (sendto(s->fds[0], line, (size_t)len, 0, (const struct sockaddr *)to, sizeof(*to)) < 0 ||
	    recv(s->fds[0], back, sizeof(back), 0) < 0)
		return err_sys(err, "send a datagram around");
	return 0;
}

int canary_send_packet(struct scene *s, struct err *err)
{
	struct sockaddr_in to;
	int r = open_udp(s, &to, err);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return r < 0 ? r : send_around(s, &to, err);
}

static int plant_packet(struct scene *s, struct err *err)
{
	(void)err;
	scene_arg(s, "name", "%s", s->name);
	return 0;
}

const struct canary canary_packet = {
	.about = "a datagram with the token on the host's loopback while the probe waits",
	.dies_with_us = true,
	.plant = plant_packet,
	.stimulus = canary_send_packet,
};

/* s->path: the group's address; s->number: the port. */
static int plant_group(struct scene *s, const char *group, struct err *err)
{
	struct sockaddr_in bound;
	int r = open_udp(s, &bound, err);

	snprintf(s->path, sizeof(s->path), "%s", group);
	s->number = ntohs(bound.sin_port);
	scene_arg(s, "name", "%s", s->name);
	scene_arg(s, "group", "%s", s->path);
	scene_arg(s, "port", "%ld", s->number);
	return r;
}

static int send_group(struct scene *s, struct err *err)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((in_port_t)s->number) };

	inet_pton(AF_INET, s->path, &to.sin_addr);
	return send_around(s, &to, err);
}

static int plant_multicast(struct scene *s, struct err *err)
{
	struct ip_mreqn join = { .imr_ifindex = LOOPBACK_INDEX };
	int r = plant_group(s, "239.255.77.77", err);

	if (r < 0)
		return r;
	inet_pton(AF_INET, s->path, &join.imr_multiaddr);
	if (setsockopt(s->fds[0], IPPROTO_IP, IP_ADD_MEMBERSHIP, &join, sizeof(join)) < 0 ||
	    setsockopt(s->fds[0], IPPROTO_IP, IP_MULTICAST_IF, &join, sizeof(join)) < 0)
		return err_sys(err, "join the group %s", s->path);
	return 0;
}

const struct canary canary_multicast = {
	.about = "a datagram with the token to a multicast group on the host's loopback",
	.dies_with_us = true,
	.lasts = true,
	.plant = plant_multicast,
	.stimulus = send_group,
};

static int plant_broadcast(struct scene *s, struct err *err)
{
	return plant_group(s, "127.255.255.255", err);
}

const struct canary canary_broadcast = {
	.about = "a datagram with the token to the broadcast address of the host's loopback",
	.dies_with_us = true,
	.lasts = true,
	.plant = plant_broadcast,
	.stimulus = send_group,
};

static int send_usersock(struct scene *s, struct err *err)
{
	struct sockaddr_nl to = { .nl_family = AF_NETLINK, .nl_groups = USERSOCK_GROUP };
	char line[80];
	int len = snprintf(line, sizeof(line), "%s:%s", s->name, s->token);

	s->fds[0] = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_USERSOCK);
	/* it is sent to the kernel as well, where nobody listens */
	if (s->fds[0] < 0 ||
	    (sendto(s->fds[0], line, (size_t)len, 0, (struct sockaddr *)&to, sizeof(to)) < 0 &&
	     errno != ECONNREFUSED))
		return err_sys(err, "netlink message");
	return 0;
}

const struct canary canary_usersock = {
	.about = "a netlink message with the token from one process of the host to others",
	.dies_with_us = true,
	.plant = plant_packet,
	.stimulus = send_usersock,
};

static int plant_caller(struct scene *s, struct err *err)
{
	(void)err;
	scene_arg(s, "port", "%d", CALLER_PORT);
	return 0;
}

/* Until the other side has confirmed everything: then it has the connection too. */
static int await_delivery(int sock, struct err *err)
{
	int unsent = 1;

	for (int ms = 0; ms < LIMIT_S * 1000; ms++) {
		if (ioctl(sock, SIOCOUTQ, &unsent) < 0)
			return err_sys(err, "look at the TCP socket");
		if (unsent == 0)
			return 0;
		usleep(1000);
	}
	return err_set(err, ETIMEDOUT, "the container does not confirm the token");
}

/* Where no link leads to the container nobody will answer, and there is nothing to wait for. */
static int call_container(struct scene *s, struct err *err)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(CALLER_PORT) };
	struct timeval limit = { .tv_sec = s->guards & PROVIDE(VETH) ? LIMIT_S : 0,
				 .tv_usec = 20000 };

	inet_pton(AF_INET, NETWORK_CONTAINER, &to.sin_addr);
	s->fds[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s->fds[0] < 0 ||
	    setsockopt(s->fds[0], SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) < 0)
		return err_sys(err, "TCP socket");
	if (connect(s->fds[0], (struct sockaddr *)&to, sizeof(to)) < 0)
		return 0;
	if (dprintf(s->fds[0], "%s\n", s->token) < 0)
		return err_sys(err, "send to the container");
	return await_delivery(s->fds[0], err);
}

const struct canary canary_caller = {
	.about = "a process of the host that connects to the container and tells it the token",
	.plant = plant_caller,
	.stimulus = call_container,
};
