// SPDX-License-Identifier: MIT
/* Sockets: who answers at an address of the host? network_namespaces(7), unix(7), veth(4) */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include "probe.h"

#define LOCAL_LIMIT_S 2 /* the answer comes from the same machine */
#define FAR_LIMIT_S   3

struct address {
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	};
	socklen_t len;
};

static struct address address(const char *str, long long port)
{
	struct address a = { .in = { .sin_family = AF_INET, .sin_port = htons((in_port_t)port) },
			     .len = sizeof(a.in) };

	if (inet_pton(AF_INET, str, &a.in.sin_addr) == 1)
		return a;
	a = (struct address){ .in6 = { .sin6_family = AF_INET6,
				       .sin6_port = htons((in_port_t)port) },
			      .len = sizeof(a.in6) };
	if (inet_pton(AF_INET6, str, &a.in6.sin6_addr) != 1)
		die("\"%s\" is not an IP address", str);
	return a;
}

static long long arg_port(void)
{
	return arg_int("port", 1, 65535);
}

/*
 * In an empty namespace the kernel may give a socket the very port that it connects to; then it
 * talks to itself, and nobody listens.
 */
static bool talks_to_itself(int sock)
{
	struct sockaddr_in6 own, other;
	socklen_t own_len = sizeof(own), other_len = sizeof(other);

	return !getsockname(sock, (struct sockaddr *)&own, &own_len) &&
	       !getpeername(sock, (struct sockaddr *)&other, &other_len) && own_len == other_len &&
	       !memcmp(&own, &other, own_len);
}

/* A socket with a limit for each call, connecting too. */
static int limited_socket(int family, int type, int seconds)
{
	struct timeval limit = { .tv_sec = seconds };
	int sock = (int)MUST(socket(family, type | SOCK_CLOEXEC, 0));

	MUST(setsockopt(sock, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)));
	MUST(setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)));
	return sock;
}

/* A connected socket, or -1 and errno. */
static int dial(int type, const struct address *to, int seconds)
{
	AUTO_CLOSE int sock = limited_socket(to->any.sa_family, type, seconds);
	int ret = sock;

	if (connect(sock, &to->any, to->len))
		return -1;
	if (talks_to_itself(sock)) {
		errno = ECONNREFUSED;
		return -1;
	}
	sock = -1;
	return ret;
}

static struct answer tcp_token(const struct address *to, int seconds)
{
	AUTO_CLOSE int sock = dial(SOCK_STREAM, to, seconds);
	const char *token;

	if (sock < 0)
		return blocked_errno(errno, "connecting by TCP");
	token = read_token(sock);
	if (!token)
		return failed("connected by TCP, reading the token: %s", strerror(errno));
	return reached(token, "connected by TCP and read the token");
}

/* Sends a byte and waits for the one datagram that answers it. NULL and errno on failure. */
static const char *udp_ask(int sock)
{
	static char buf[256];
	ssize_t len;

	if (send(sock, "?", 1, 0) < 0)
		return NULL;
	len = recv(sock, buf, sizeof(buf) - 1, 0);
	return len < 0 ? NULL : first_line(buf, (size_t)len, sizeof(buf));
}

PROBE(net_loopback_tcp, "connects to the canary's TCP port on 127.0.0.1")
{
	struct address to = address("127.0.0.1", arg_port());

	return tcp_token(&to, LOCAL_LIMIT_S);
}

PROBE(net_loopback_tcp6, "connects to the canary's TCP port on ::1")
{
	struct address to = address("::1", arg_port());

	return tcp_token(&to, LOCAL_LIMIT_S);
}

PROBE(net_loopback_udp, "asks the canary's UDP port on 127.0.0.1")
{
	struct address to = address("127.0.0.1", arg_port());
	AUTO_CLOSE int sock = dial(SOCK_DGRAM, &to, LOCAL_LIMIT_S);
	const char *token = sock < 0 ? NULL : udp_ask(sock);

	if (!token)
		return blocked_errno(errno, "asking by UDP");
	return reached(token, "a datagram was answered");
}

PROBE(net_abstract_unix, "connects to the canary's abstract Unix socket")
{
	AUTO_CLOSE int sock = limited_socket(AF_UNIX, SOCK_STREAM, LOCAL_LIMIT_S);
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	const char *name = arg_str("name"), *token;
	size_t len = strlen(name);

	if (len > sizeof(to.sun_path) - 1)
		return failed("the argument name= is too long");
	memcpy(to.sun_path + 1, name, len);
	if (connect(sock, (struct sockaddr *)&to,
		    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + len)))
		return blocked_errno(errno, "connecting to the abstract address");
	token = read_token(sock);
	if (!token)
		return failed("connected, reading the token: %s", strerror(errno));
	return reached(token, "connected and read the token");
}

PROBE(net_veth_gateway, "connects to the canary at the other end of the own link")
{
	struct address to = address(arg_str("addr"), arg_port());

	return tcp_token(&to, FAR_LIMIT_S);
}

/*
 * What the server says, "TOKEN ADDRESS": takes the token out, true when the address that the
 * server saw is the expected one.
 */
static bool seen_as(const char *said, const char *peer, char *token, size_t size)
{
	size_t len = strcspn(said, " ");

	if (!said[len] || len >= size)
		die("the server's line is not \"TOKEN ADDRESS\"");
	memcpy(token, said, len);
	token[len] = '\0';
	return !strcmp(said + len + 1, peer);
}

PROBE(net_veth_gateway6, "connects to the canary at the other end of the own link by IPv6")
{
	struct address to = address(arg_str("addr"), arg_port());

	return tcp_token(&to, FAR_LIMIT_S);
}

PROBE(net_weak_host, "connects through its gateway to another address of the host")
{
	struct address to = address(arg_str("addr"), arg_port());

	return tcp_token(&to, FAR_LIMIT_S);
}

PROBE(net_nat_out, "asks a server outside, by TCP and UDP, which address it sees")
{
	struct address to = address(arg_str("addr"), arg_port());
	const char *peer = arg_str("peer"), *said;
	AUTO_CLOSE int tcp = dial(SOCK_STREAM, &to, FAR_LIMIT_S);
	AUTO_CLOSE int udp = -1;
	char first[128], second[128];
	bool tcp_seen, udp_seen;

	if (tcp < 0)
		return blocked_errno(errno, "connecting by TCP");
	said = read_token(tcp);
	if (!said)
		return failed("connected by TCP, reading: %s", strerror(errno));
	tcp_seen = seen_as(said, peer, first, sizeof(first));
	udp = dial(SOCK_DGRAM, &to, FAR_LIMIT_S);
	said = udp < 0 ? NULL : udp_ask(udp);
	if (!said)
		return blocked_errno(errno, "TCP works, asking by UDP");
	udp_seen = seen_as(said, peer, second, sizeof(second));
	if (strcmp(first, second) != 0)
		return failed("TCP and UDP answer with different tokens");
	if (!tcp_seen || !udp_seen)
		return blocked("unchanged", "%s is seen from another address than expected",
			       tcp_seen ? "UDP" : "TCP");
	return reached(first, "TCP and UDP are both seen from the expected address");
}

PROBE(net_lo_up, "talks to itself over 127.0.0.1")
{
	AUTO_CLOSE int server = limited_socket(AF_INET, SOCK_STREAM, LOCAL_LIMIT_S);
	AUTO_CLOSE int client = -1, end = -1;
	struct address addr = address("127.0.0.1", 0);
	char byte;

	if (bind(server, &addr.any, addr.len))
		return blocked_errno(errno, "binding to 127.0.0.1");
	MUST(listen(server, 1));
	MUST(getsockname(server, &addr.any, &addr.len));
	client = dial(SOCK_STREAM, &addr, LOCAL_LIMIT_S);
	if (client < 0)
		return blocked_errno(errno, "connecting to 127.0.0.1");
	end = (int)MUST(accept4(server, NULL, NULL, SOCK_CLOEXEC));
	MUST(send(end, "x", 1, MSG_NOSIGNAL));
	if (MUST(recv(client, &byte, 1, 0)) != 1 || byte != 'x')
		return failed("the byte came back changed");
	return reached(NO_TOKEN, "a byte went over 127.0.0.1");
}
