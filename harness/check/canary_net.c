// SPDX-License-Identifier: MIT
/*
 * Canaries on the network. A server is a process of its own, as the harness waits for the probe
 * meanwhile; it dies with the process that planted it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "check/canary.h"
#include "kernel/netlink.h"

#define ROUTE_DEST "203.0.113.77" /* RFC 5737: nobody's */

/* Gives the token to whoever connects or sends a datagram. */
static _Noreturn void serve(int sock, bool datagram, const char *token, pid_t creator)
{
	char line[64];
	int len = snprintf(line, sizeof(line), "%s\n", token);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (getppid() == creator) {
		if (datagram) {
			struct sockaddr_storage peer;
			socklen_t size = sizeof(peer);
			char byte;

			if (recvfrom(sock, &byte, 1, 0, (struct sockaddr *)&peer, &size) >= 0)
				sendto(sock, line, (size_t)len, 0, (struct sockaddr *)&peer, size);
		} else {
			AUTO_CLOSE int peer = accept(sock, NULL, NULL);

			if (peer >= 0)
				send(peer, line, (size_t)len, MSG_NOSIGNAL);
		}
	}
	_exit(0);
}

int canary_serve(struct scene *s, int sock, bool datagram, struct err *err)
{
	pid_t creator = getpid();

	s->pid = fork();
	if (s->pid < 0)
		return err_sys(err, "fork");
	if (s->pid == 0)
		serve(sock, datagram, s->token, creator);
	return 0;
}

int canary_serve_at(struct scene *s, int type, const char *address, struct err *err)
{
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} at = { 0 };
	bool ipv6 = strchr(address, ':');
	socklen_t size = ipv6 ? sizeof(at.in6) : sizeof(at.in);
	int sock;

	at.any.sa_family = ipv6 ? AF_INET6 : AF_INET;
	inet_pton(at.any.sa_family, address,
		  ipv6 ? (void *)&at.in6.sin6_addr : (void *)&at.in.sin_addr);
	s->fds[0] = sock = socket(at.any.sa_family, type | SOCK_CLOEXEC, 0);
	if (sock < 0 || bind(sock, &at.any, size) < 0 || getsockname(sock, &at.any, &size) < 0)
		return err_sys(err, "server on %s", address);
	if (type == SOCK_STREAM && listen(sock, 4) < 0)
		return err_sys(err, "server on %s", address);
	/* the port lies at the same place in both */
	scene_arg(s, "port", "%u", ntohs(at.in.sin_port));
	return canary_serve(s, sock, type == SOCK_DGRAM, err);
}

static int plant_loopback_tcp(struct scene *s, struct err *err)
{
	return canary_serve_at(s, SOCK_STREAM, "127.0.0.1", err);
}

const struct canary canary_loopback_tcp = {
	.about = "a TCP server on the host's 127.0.0.1 that sends the token",
	.dies_with_us = true,
	.lasts = true,
	.plant = plant_loopback_tcp,
	.remove = canary_kill,
};

static int plant_loopback_udp(struct scene *s, struct err *err)
{
	return canary_serve_at(s, SOCK_DGRAM, "127.0.0.1", err);
}

const struct canary canary_loopback_udp = {
	.about = "a UDP server on the host's 127.0.0.1 that answers with the token",
	.dies_with_us = true,
	.lasts = true,
	.plant = plant_loopback_udp,
	.remove = canary_kill,
};

static int plant_loopback_tcp6(struct scene *s, struct err *err)
{
	return canary_serve_at(s, SOCK_STREAM, "::1", err);
}

const struct canary canary_loopback_tcp6 = {
	.about = "a TCP server on the host's ::1 that sends the token",
	.dies_with_us = true,
	.lasts = true,
	.plant = plant_loopback_tcp6,
	.remove = canary_kill,
};

static int plant_gateway(struct scene *s, struct err *err)
{
	scene_arg(s, "addr", NETWORK_GATEWAY);
	return canary_serve_at(s, SOCK_STREAM, NETWORK_GATEWAY, err);
}

const struct canary canary_gateway = {
	.about = "a TCP server on the gateway's address that sends the token",
	.plant = plant_gateway,
	.remove = canary_kill,
};

static int plant_gateway6(struct scene *s, struct err *err)
{
	scene_arg(s, "addr", NETWORK_GATEWAY6);
	return canary_serve_at(s, SOCK_STREAM, NETWORK_GATEWAY6, err);
}

const struct canary canary_gateway6 = {
	.about = "a TCP server on the gateway's IPv6 address that sends the token",
	.plant = plant_gateway6,
	.remove = canary_kill,
};

static int plant_outer(struct scene *s, struct err *err)
{
	scene_arg(s, "addr", NETWORK_OUTER);
	return canary_serve_at(s, SOCK_STREAM, NETWORK_OUTER, err);
}

const struct canary canary_outer = {
	.about = "a TCP server on the host's address towards the world that sends the token",
	.plant = plant_outer,
	.remove = canary_kill,
};

static int plant_world(struct scene *s, struct err *err)
{
	(void)err;
	snprintf(s->token, sizeof(s->token), "%s", s->ground->network.token);
	scene_arg(s, "addr", NETWORK_WORLD);
	scene_arg(s, "port", "%d", NETWORK_WORLD_PORT);
	scene_arg(s, "peer", NETWORK_OUTER);
	return 0;
}

const struct canary canary_world = {
	.about = "TCP and UDP servers in a third network namespace that tell whom they see",
	.plant = plant_world,
};

static int plant_abstract_unix(struct scene *s, struct err *err)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	size_t len = strlen(s->name);
	int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	s->fds[0] = sock;
	memcpy(&sun.sun_path[1], s->name, len);
	if (sock < 0 ||
	    bind(sock, (struct sockaddr *)&sun,
		 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + len)) < 0 ||
	    listen(sock, 4) < 0)
		return err_sys(err, "abstract socket");
	scene_arg(s, "name", "%s", s->name);
	return canary_serve(s, sock, false, err);
}

const struct canary canary_abstract_unix = {
	.about = "a server on an abstract unix socket that sends the token",
	.dies_with_us = true,
	.lasts = true,
	.plant = plant_abstract_unix,
	.remove = canary_kill,
};

/* A route that leads nowhere can have any metric: it is the token. */
static int plant_route(struct scene *s, struct err *err)
{
	AUTO_NETLINK struct netlink nl = { 0 };
	int r = netlink_open(&nl, err);

	s->token[8] = '\0';
	scene_arg(s, "dest", ROUTE_DEST);
	if (r < 0)
		return r;
	s->number = (long)strtoul(s->token, NULL, 16);
	return route_add_blackhole(&nl, ROUTE_DEST "/32", (uint32_t)s->number, err);
}

static void remove_route(struct scene *s)
{
	AUTO_NETLINK struct netlink nl = { 0 };
	struct err ignored;

	if (s->number && netlink_open(&nl, &ignored) == 0)
		route_del_blackhole(&nl, ROUTE_DEST "/32", (uint32_t)s->number, &ignored);
}

const struct canary canary_route = {
	.about = "a route of the host with the token as its metric",
	.lasts = true,
	.plant = plant_route,
	.remove = remove_route,
};
