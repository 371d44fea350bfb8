// SPDX-License-Identifier: MIT
/*
 * The net suite's single sockets: those with a path, those that the creator left open, and ports.
 * unix(7), socket(7), SIOCGSKNS in ioctl_ns(2)
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include "leaked.h"

#define LIMIT_S       2
#define GET_SOCKET_NS 0x894c /* SIOCGSKNS */

static void limit_wait(int sock)
{
	struct timeval limit = { .tv_sec = LIMIT_S };

	MUST(setsockopt(sock, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)));
	MUST(setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)));
}

static struct answer token_from(int sock, const char *how)
{
	const char *token = read_token(sock);

	if (!token)
		return failed("%s, reading the token: %s", how, strerror(errno));
	return reached(token, "%s and read the token", how);
}

static struct answer connect_path(void)
{
	AUTO_CLOSE int sock = (int)MUST(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	const char *path = arg_str("path");

	if (strlen(path) >= sizeof(to.sun_path))
		return failed("the argument path= is too long");
	memcpy(to.sun_path, path, strlen(path));
	limit_wait(sock);
	if (connect(sock, (struct sockaddr *)&to, sizeof(to)))
		return blocked_errno(errno, "connecting by path");
	return token_from(sock, "connected by path");
}

PROBE(net_path_unix, "connects to the canary's Unix socket by its path")
{
	return connect_path();
}

PROBE(net_path_unix_bound, "connects to the canary's Unix socket where it is bound in")
{
	return connect_path();
}

PROBE(net_socket_ns, "enters the network namespace of an inherited socket")
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	AUTO_CLOSE int ns = -1, sock = -1;
	int fd = leaked_fd();

	if (fd < 0)
		return not_leaked();
	ns = ioctl(fd, GET_SOCKET_NS);
	if (ns < 0)
		return blocked_errno(errno, "asking for the socket's namespace");
	if (setns(ns, CLONE_NEWNET))
		return blocked_errno(errno, "entering the socket's namespace");
	to.sin_port = htons((in_port_t)arg_int("port", 1, 65535));
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	sock = (int)MUST(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
	limit_wait(sock);
	MUST(connect(sock, (struct sockaddr *)&to, sizeof(to)));
	return token_from(sock, "entered the socket's namespace, connected");
}

static int bind_port(long long port)
{
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_port = htons((in_port_t)port) };
	AUTO_CLOSE int sock = (int)MUST(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));

	return bind(sock, (struct sockaddr *)&any, sizeof(any));
}

PROBE(net_port_free, "binds to the port that a server of the host uses")
{
	MUST(bind_port(0));
	if (bind_port(arg_int("port", 1, 65535)))
		return blocked_errno(errno, "binding to the port");
	return reached(NO_TOKEN, "the port is free");
}

PROBE(net_inbound, "listens, and takes a connection from outside")
{
	struct sockaddr_in any = { .sin_family = AF_INET };
	AUTO_CLOSE int sock = (int)MUST(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
	AUTO_CLOSE int peer = -1;

	any.sin_port = htons((in_port_t)arg_int("port", 1, 65535));
	MUST(bind(sock, (struct sockaddr *)&any, sizeof(any)));
	MUST(listen(sock, 4));
	wait_for_go();
	/* who outside has connected is here by now; nobody else will come */
	MUST(fcntl(sock, F_SETFL, O_NONBLOCK));
	peer = accept4(sock, NULL, NULL, SOCK_CLOEXEC);
	return peer < 0 ? blocked("absent", "nobody") : token_from(peer, "was called");
}
