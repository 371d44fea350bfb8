// SPDX-License-Identifier: MIT
/*
 * The far end of the arena's network: see world.h. Both sides take turns: the child reports that
 * its namespace exists, the arena that the link is there, the child that it serves. Each message is
 * a struct err (num 0: done), so that a failure carries its text.
 */
#include "container/world.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/cleanup.h"
#include "container/network.h"
#include "kernel/netlink.h"

enum { DEADLINE_MS = 5000 };

static int tell(int sock, const struct err *message)
{
	return send(sock, message, sizeof(*message), MSG_NOSIGNAL) < 0 ? -errno : 0;
}

/* Waits for the other side's turn to end; fails with its failure. */
static int await(int sock, const char *whose, struct err *err)
{
	struct pollfd p = { .fd = sock, .events = POLLIN };
	struct err message;
	ssize_t got;
	int n;

	do
		n = poll(&p, 1, DEADLINE_MS);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_sys(err, "wait for %s", whose);
	if (n == 0)
		return err_set(err, ETIMEDOUT, "%s did not answer within %d s", whose,
			       DEADLINE_MS / 1000);
	got = recv(sock, &message, sizeof(message), MSG_DONTWAIT);
	if (got != (ssize_t)sizeof(message))
		return err_set(err, ECHILD, "%s ended early", whose);
	if (message.num == 0)
		return 0;
	message.text[sizeof(message.text) - 1] = '\0';
	return err_set(err, message.num, "%s: %s", whose, message.text);
}

static int configure(bool ipv6, struct err *err)
{
	AUTO_NETLINK struct netlink nl = { 0 };
	int r = netlink_open(&nl, err);

	if (r == 0)
		r = link_settle(&nl, WORLD_LINK, err);
	if (r == 0)
		r = addr_add(&nl, WORLD_LINK, NETWORK_WORLD "/24", err);
	/* the way back to the containers, so that what was not masqueraded is answered too */
	if (r == 0)
		r = route_add(&nl, NETWORK_CONTAINERS, NETWORK_OUTER, err);
	if (r == 0 && ipv6)
		r = addr_add(&nl, WORLD_LINK, NETWORK_WORLD6 "/64", err);
	if (r == 0 && ipv6)
		r = route_add(&nl, NETWORK_CONTAINERS6, NETWORK_OUTER6, err);
	return r;
}

/* A server's socket; with IPv6 it takes both families. Returns a descriptor. */
static int serve(int type, bool ipv6, struct err *err)
{
	struct sockaddr_in6 any6 = { .sin6_family = AF_INET6,
				     .sin6_port = htons(NETWORK_WORLD_PORT) };
	struct sockaddr_in any4 = { .sin_family = AF_INET, .sin_port = htons(NETWORK_WORLD_PORT) };
	const struct sockaddr *any = ipv6 ? (struct sockaddr *)&any6 : (struct sockaddr *)&any4;
	socklen_t len = ipv6 ? sizeof(any6) : sizeof(any4);
	AUTO_CLOSE int fd = socket(ipv6 ? AF_INET6 : AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC,
				   0);
	static const int off = 0;

	if (fd < 0)
		return err_sys(err, "open the world's server");
	if (ipv6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off)) < 0)
		return err_sys(err, "let the world's server take IPv4");
	if (bind(fd, any, len) < 0)
		return err_sys(err, "bind the world's server to port %d", NETWORK_WORLD_PORT);
	if (type == SOCK_STREAM && listen(fd, SOMAXCONN) < 0)
		return err_sys(err, "listen in the world");
	return STEAL_FD(fd);
}

/* "TOKEN ADDRESS\n"; an IPv4 peer of a socket for both families shows as IPv4. Returns the length.
 */
static size_t write_answer(const char *token, const struct sockaddr_storage *peer, char *out,
			   size_t room)
{
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)peer;
	const struct sockaddr_in *in4 = (const struct sockaddr_in *)peer;
	char address[INET6_ADDRSTRLEN] = "?";

	if (peer->ss_family == AF_INET)
		inet_ntop(AF_INET, &in4->sin_addr, address, sizeof(address));
	else if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr))
		inet_ntop(AF_INET, &in6->sin6_addr.s6_addr[12], address, sizeof(address));
	else
		inet_ntop(AF_INET6, &in6->sin6_addr, address, sizeof(address));
	return (size_t)snprintf(out, room, "%s %s\n", token, address);
}

/* A client that goes away before its answer is its own affair: no failure here is ours. */
static void answer_tcp(int server, const char *token)
{
	struct sockaddr_storage peer = { 0 };
	socklen_t len = sizeof(peer);
	AUTO_CLOSE int fd = accept4(server, (struct sockaddr *)&peer, &len,
				    SOCK_NONBLOCK | SOCK_CLOEXEC);
	char text[128];

	if (fd >= 0)
		(void)!send(fd, text, write_answer(token, &peer, text, sizeof(text)), MSG_NOSIGNAL);
}

static void answer_udp(int server, const char *token)
{
	struct sockaddr_storage peer = { 0 };
	socklen_t len = sizeof(peer);
	char text[128], question;

	if (recvfrom(server, &question, 1, 0, (struct sockaddr *)&peer, &len) < 0)
		return;
	(void)!sendto(server, text, write_answer(token, &peer, text, sizeof(text)), MSG_NOSIGNAL,
		      (struct sockaddr *)&peer, len);
}

/* Serves until it is killed. Nothing blocks but poll(): all sockets are non-blocking. */
static void answer_all(int tcp, int udp, const char *token)
{
	struct pollfd servers[] = { { .fd = tcp, .events = POLLIN },
				    { .fd = udp, .events = POLLIN } };

	for (;;) {
		if (poll(servers, 2, -1) < 0)
			continue;
		if (servers[0].revents)
			answer_tcp(tcp, token);
		if (servers[1].revents)
			answer_udp(udp, token);
	}
}

/* Keeps the socket, as descriptor 0, and nothing else of what the parent had open. */
static int isolate(int *sock, pid_t parent, struct err *err)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return err_sys(err, "tie the world to the arena");
	if (getppid() != parent)
		_exit(0); /* it died before it could be tied to us */
	if (*sock != STDIN_FILENO && dup2(*sock, STDIN_FILENO) < 0)
		return err_sys(err, "keep the world's socket");
	*sock = STDIN_FILENO;
	if (close_range(STDIN_FILENO + 1, ~0U, 0) < 0)
		return err_sys(err, "close what the world inherited");
	if (unshare(CLONE_NEWNET) < 0)
		return err_sys(err, "make the world's network namespace");
	return 0;
}

/* The life of the world's process. */
static __attribute__((noreturn)) void run(const struct world *w, int sock, pid_t parent)
{
	struct err err = { 0 };
	int tcp = -1, udp = -1;

	prctl(PR_SET_NAME, "nsproof-world");
	if (isolate(&sock, parent, &err) < 0)
		goto failed;
	if (tell(sock, &err) < 0 || await(sock, "the arena", &err) < 0)
		_exit(1);
	if (configure(w->ipv6, &err) < 0)
		goto failed;
	tcp = serve(SOCK_STREAM, w->ipv6, &err);
	if (tcp < 0)
		goto failed;
	udp = serve(SOCK_DGRAM, w->ipv6, &err);
	if (udp < 0)
		goto failed;
	if (tell(sock, &err) < 0)
		_exit(1);
	close(sock);
	answer_all(tcp, udp, w->token);
failed:
	tell(sock, &err);
	_exit(1);
}

int world_start(struct world *w, struct err *err)
{
	pid_t parent = getpid();
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(err, "make a socket to the world");
	w->sock = pair[0];
	w->pid = fork();
	if (w->pid == 0)
		run(w, pair[1], parent);
	close(pair[1]);
	if (w->pid < 0) {
		err_sys(err, "start the world");
		w->pid = 0;
		return -err->num;
	}
	return 0;
}

int world_open_netns(struct world *w, struct err *err)
{
	char path[64];
	int r = await(w->sock, "the world", err);

	if (r < 0)
		return r;
	snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)w->pid);
	w->netns = open(path, O_RDONLY | O_CLOEXEC);
	return w->netns < 0 ? err_sys(err, "open %s", path) : 0;
}

int world_serve(struct world *w, struct err *err)
{
	struct err go = { 0 };
	int r = tell(w->sock, &go);

	if (r < 0)
		return err_set(err, -r, "tell the world that its link is there: %s", strerror(-r));
	return await(w->sock, "the world", err);
}

void world_done(struct world *w)
{
	int keep = errno;

	if (w->pid > 0) {
		kill(w->pid, SIGKILL);
		child_reap(w->pid);
	}
	w->pid = 0;
	fd_close(&w->sock);
	fd_close(&w->netns);
	errno = keep;
}
