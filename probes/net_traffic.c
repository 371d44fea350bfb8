// SPDX-License-Identifier: MIT
/*
 * The net suite's listeners: datagrams NAME:TOKEN go over the host's network while the probe waits.
 * Then the probe sends NAME:fence the same way: when that has arrived, what came before it has too.
 * packet(7), raw(7), ip(7), netlink(7)
 */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "leaked.h"

#define LIMIT_S 2
#define FENCE   "fence"
#define DISCARD 9 /* where nobody listens: the packet is only to be seen */

static void limit_wait(int sock)
{
	struct timeval limit = { .tv_sec = LIMIT_S };

	MUST(setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)));
}

/* A namespace that nobody has set up yet has its loopback down: then nothing could arrive. */
static void loopback_up(void)
{
	AUTO_CLOSE int sock = (int)MUST(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	struct ifreq req = { .ifr_name = "lo" };

	MUST(ioctl(sock, SIOCGIFFLAGS, &req));
	if (req.ifr_flags & IFF_UP)
		return;
	req.ifr_flags |= IFF_UP;
	MUST(ioctl(sock, SIOCSIFFLAGS, &req));
}

/* What follows "NAME:" in a packet, up to its end; NULL: it is none of ours. */
static const char *after_name(char *packet, size_t len)
{
	const char *name = arg_str("name");
	size_t name_len = strlen(name);
	char *at = memmem(packet, len, name, name_len);

	if (!at || at[name_len] != ':')
		return NULL;
	at += name_len + 1;
	return first_line(at, len - (size_t)(at - packet), 64);
}

/* Reads packets until the token or the fence comes by. */
static struct answer listen_for(int sock)
{
	char packet[4096 + 64];

	for (;;) {
		ssize_t len = recv(sock, packet, 4096, 0);
		const char *word;

		if (len < 0)
			return failed("neither the canary nor the own datagram arrives: %s",
				      strerror(errno));
		packet[len] = '\0';
		word = after_name(packet, (size_t)len);
		if (word && !strcmp(word, FENCE))
			return blocked("silent", "only the own datagram arrives");
		if (word)
			return reached(word, "the host's datagram arrives");
	}
}

static void send_fence(int sock, const struct sockaddr *to, socklen_t len)
{
	char line[64];
	int used = snprintf(line, sizeof(line), "%s:%s", arg_str("name"), FENCE);

	MUST(sendto(sock, line, (size_t)used, 0, to, len));
}

static void send_udp_fence(int sock, const char *address, long long port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((in_port_t)port) };

	MUST(inet_pton(AF_INET, address, &to.sin_addr));
	send_fence(sock, (struct sockaddr *)&to, sizeof(to));
}

static struct answer sniff(int sock)
{
	AUTO_CLOSE int own = (int)MUST(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));

	limit_wait(sock);
	loopback_up();
	wait_for_go();
	send_udp_fence(own, "127.0.0.1", DISCARD);
	return listen_for(sock);
}

PROBE(net_packet_sniff, "listens to every packet on the loopback")
{
	AUTO_CLOSE int sock = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, htons(ETH_P_ALL));

	return sock < 0 ? blocked_errno(errno, "opening a packet socket") : sniff(sock);
}

PROBE(net_raw_udp, "listens to every UDP datagram by a raw socket")
{
	AUTO_CLOSE int sock = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_UDP);

	return sock < 0 ? blocked_errno(errno, "opening a raw socket") : sniff(sock);
}

PROBE(net_leaked_packet, "listens on a packet socket that was left open")
{
	int sock = leaked_fd();

	if (sock < 0)
		return not_leaked();
	limit_wait(sock);
	wait_for_go();
	return listen_for(sock);
}

/* A socket that receives what is sent to the port by broadcast or multicast. */
static int open_group(void)
{
	struct sockaddr_in any = { .sin_family = AF_INET };
	int sock = (int)MUST(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)), on = 1;

	limit_wait(sock);
	loopback_up();
	any.sin_port = htons((in_port_t)arg_int("port", 1, 65535));
	MUST(setsockopt(sock, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)));
	MUST(setsockopt(sock, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on)));
	MUST(bind(sock, (struct sockaddr *)&any, sizeof(any)));
	return sock;
}

static struct answer listen_group(int sock)
{
	wait_for_go();
	send_udp_fence(sock, arg_str("group"), arg_int("port", 1, 65535));
	return listen_for(sock);
}

PROBE(net_multicast, "joins the canary's multicast group on the loopback and listens")
{
	AUTO_CLOSE int sock = open_group();
	struct ip_mreqn join = { .imr_ifindex = (int)if_nametoindex("lo") };

	MUST(inet_pton(AF_INET, arg_str("group"), &join.imr_multiaddr));
	MUST(setsockopt(sock, IPPROTO_IP, IP_ADD_MEMBERSHIP, &join, sizeof(join)));
	MUST(setsockopt(sock, IPPROTO_IP, IP_MULTICAST_IF, &join, sizeof(join)));
	return listen_group(sock);
}

PROBE(net_broadcast, "listens to broadcasts on the loopback")
{
	AUTO_CLOSE int sock = open_group();

	return listen_group(sock);
}

PROBE(net_usersock, "joins a netlink group that processes talk to each other by")
{
	struct sockaddr_nl group = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	AUTO_CLOSE int own = -1;
	AUTO_CLOSE int sock = (int)MUST(
		socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_USERSOCK));
	char line[64];
	int len = snprintf(line, sizeof(line), "%s:%s", arg_str("name"), FENCE);

	limit_wait(sock);
	if (bind(sock, (struct sockaddr *)&group, sizeof(group)))
		return blocked_errno(errno, "joining the group");
	wait_for_go();
	/* a second socket: nobody receives what he sends to a group himself */
	own = (int)MUST(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_USERSOCK));
	/* it is sent to the kernel as well, where nobody listens */
	if (sendto(own, line, (size_t)len, 0, (struct sockaddr *)&group, sizeof(group)) < 0 &&
	    errno != ECONNREFUSED)
		return failed("sending to the group: %s", strerror(errno));
	return listen_for(sock);
}
