// SPDX-License-Identifier: MIT
/*
 * The net suite's lists: what /proc/net and netlink tell of the host's sockets and tables. Where
 * the container can make a thing of that kind itself, it has to find its own first. proc_net(5),
 * sock_diag(7), rtnetlink(7)
 */
#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/neighbour.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "nl.h"

#define TCP_LISTENING 10 /* the kernel's TCP_LISTEN */

/* Something that is looked for in a list, and what the list says about it. */
struct wanted {
	const char *name;    /* by name ... */
	unsigned int number; /* ... or by number */
	char token[64];      /* empty: not found */
};

typedef void see_line(const char *line, struct wanted *wanted);

/* Shows every line of a file to `see`. False and errno: it can't be read. */
static bool each_line(const char *path, see_line *see, struct wanted *wanted)
{
	AUTO_FREE char *text = read_all(path, NULL);
	char *save, *line;

	if (!text)
		return false;
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		see(line, wanted);
	return true;
}

static struct answer answer_for(const struct wanted *wanted)
{
	if (!wanted->token[0])
		return blocked("absent", "it is not listed");
	return reached(wanted->token, "it is listed");
}

/* ---- TCP: the token is the address that a port listens on ---- */

static unsigned int listen_anywhere(int sock)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	socklen_t len = sizeof(in);

	MUST(bind(sock, (struct sockaddr *)&in, len));
	MUST(listen(sock, 1));
	MUST(getsockname(sock, (struct sockaddr *)&in, &len));
	return ntohs(in.sin_port);
}

/* The port of one's own, and another than the canary's: in another network it may be free. */
static unsigned int open_listener(unsigned int canary, int *ret_sock)
{
	AUTO_CLOSE int taken = -1;
	unsigned int port;

	*ret_sock = (int)MUST(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
	port = listen_anywhere(*ret_sock);
	if (port != canary)
		return port;
	taken = *ret_sock;
	*ret_sock = (int)MUST(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
	return listen_anywhere(*ret_sock);
}

static void note_address(struct wanted *wanted, uint32_t address, unsigned int port)
{
	if (port == wanted->number)
		snprintf(wanted->token, sizeof(wanted->token), "%08x", ntohl(address));
}

static void see_tcp(const char *line, struct wanted *wanted)
{
	unsigned int address, port;

	if (sscanf(line, " %*d: %8X:%4X", &address, &port) == 2)
		note_address(wanted, address, port);
}

PROBE(net_proc_tcp, "looks for the canary's port in /proc/net/tcp")
{
	AUTO_CLOSE int sock = -1;
	struct wanted wanted = { .number = (unsigned int)arg_int("port", 1, 65535) };
	struct wanted own = { .number = open_listener(wanted.number, &sock) };

	if (!each_line("/proc/net/tcp", see_tcp, &own) ||
	    !each_line("/proc/net/tcp", see_tcp, &wanted))
		return blocked_errno(errno, "reading /proc/net/tcp");
	if (!own.token[0])
		return failed("not even the own socket is listed");
	return answer_for(&wanted);
}

static void see_tcp_diag(const struct nlmsghdr *msg, void *data)
{
	const struct inet_diag_msg *diag = NLMSG_DATA(msg);

	if (msg->nlmsg_type == SOCK_DIAG_BY_FAMILY)
		note_address(data, diag->id.idiag_src[0], ntohs(diag->id.idiag_sport));
}

static void diag_tcp(int sock, struct wanted *wanted)
{
	struct inet_diag_req_v2 what = { .sdiag_family = AF_INET,
					 .sdiag_protocol = IPPROTO_TCP,
					 .idiag_states = 1U << TCP_LISTENING };
	struct nl_request req;
	int r;

	nl_request(&req, SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, sizeof(what));
	memcpy(req.body.bytes, &what, sizeof(what));
	r = nl_ask(sock, &req, see_tcp_diag, wanted);
	if (r)
		die("listing the TCP sockets: %s", strerror(-r));
}

PROBE(net_sock_diag_tcp, "looks for the canary's port in the kernel's list of TCP sockets")
{
	AUTO_CLOSE int listener = -1, sock = nl_open_proto(NETLINK_SOCK_DIAG);
	struct wanted wanted = { .number = (unsigned int)arg_int("port", 1, 65535) };
	struct wanted own = { .number = open_listener(wanted.number, &listener) };

	diag_tcp(sock, &own);
	diag_tcp(sock, &wanted);
	if (!own.token[0])
		return failed("not even the own socket is listed");
	return answer_for(&wanted);
}

/* ---- Unix sockets: an abstract name, NAME-TOKEN ---- */

#define OWN_NAME "nsprobe"

static void open_own_unix(int *ret_sock)
{
	static const char name[] = OWN_NAME "-own";
	struct sockaddr_un own = { .sun_family = AF_UNIX };

	memcpy(own.sun_path + 1, name, strlen(name));
	*ret_sock = (int)MUST(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
	MUST(bind(*ret_sock, (struct sockaddr *)&own,
		  (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name))));
}

/* `name` is without the NUL (or @) in front. */
static void note_name(struct wanted *wanted, const char *name, size_t len)
{
	size_t prefix = strlen(wanted->name);

	if (len > prefix + 1 && !memcmp(name, wanted->name, prefix) && name[prefix] == '-')
		snprintf(wanted->token, sizeof(wanted->token), "%.*s", (int)(len - prefix - 1),
			 name + prefix + 1);
}

static void see_unix(const char *line, struct wanted *wanted)
{
	const char *at = strchr(line, '@');

	if (at)
		note_name(wanted, at + 1, strlen(at + 1));
}

PROBE(net_proc_unix, "looks for the canary's name in /proc/net/unix")
{
	AUTO_CLOSE int sock = -1;
	struct wanted own = { .name = OWN_NAME }, wanted = { .name = arg_str("name") };

	open_own_unix(&sock);
	if (!each_line("/proc/net/unix", see_unix, &own) ||
	    !each_line("/proc/net/unix", see_unix, &wanted))
		return blocked_errno(errno, "reading /proc/net/unix");
	if (!own.token[0])
		return failed("not even the own socket is listed");
	return answer_for(&wanted);
}

PROBE(net_proc_pid_net, "reads the list of Unix sockets in a host process's /proc/PID/net")
{
	struct wanted wanted = { .name = arg_str("name") };
	char path[64];

	snprintf(path, sizeof(path), "/proc/%lld/net/unix", arg_int("pid", 1, 1 << 22));
	if (!each_line(path, see_unix, &wanted))
		return blocked_errno(errno, "reading the process's list");
	if (!wanted.token[0])
		return blocked("absent", "the socket is not in the process's list");
	return reached(wanted.token, "the list of the process's network can be read");
}

static void see_unix_diag(const struct nlmsghdr *msg, void *data)
{
	const char *name = nl_attr(msg, sizeof(struct unix_diag_msg), UNIX_DIAG_NAME, 1);
	const struct rtattr *attr;

	if (msg->nlmsg_type != SOCK_DIAG_BY_FAMILY || !name || *name)
		return;
	attr = (const void *)(name - RTA_LENGTH(0));
	note_name(data, name + 1, RTA_PAYLOAD(attr) - 1);
}

static void diag_unix(int sock, struct wanted *wanted)
{
	struct unix_diag_req what = { .sdiag_family = AF_UNIX,
				      .udiag_states = ~0U,
				      .udiag_show = UDIAG_SHOW_NAME };
	struct nl_request req;
	int r;

	nl_request(&req, SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, sizeof(what));
	memcpy(req.body.bytes, &what, sizeof(what));
	r = nl_ask(sock, &req, see_unix_diag, wanted);
	if (r)
		die("listing the Unix sockets: %s", strerror(-r));
}

PROBE(net_sock_diag_unix, "looks for the canary's name in the kernel's list of Unix sockets")
{
	AUTO_CLOSE int bound = -1, sock = nl_open_proto(NETLINK_SOCK_DIAG);
	struct wanted own = { .name = OWN_NAME }, wanted = { .name = arg_str("name") };

	open_own_unix(&bound);
	diag_unix(sock, &own);
	diag_unix(sock, &wanted);
	if (!own.token[0])
		return failed("not even the own socket is listed");
	return answer_for(&wanted);
}

/* ---- netlink sockets: the token is the port id of the one with this inode ---- */

static void see_netlink(const char *line, struct wanted *wanted)
{
	unsigned int id, inode;

	if (sscanf(line, "%*s %*d %u %*x %*d %*d %*d %*d %*d %u", &id, &inode) == 2 &&
	    inode == wanted->number)
		snprintf(wanted->token, sizeof(wanted->token), "%08x", id);
}

PROBE(net_proc_netlink, "looks for the canary's inode in /proc/net/netlink")
{
	struct wanted wanted = { .number = (unsigned int)arg_int("inode", 1, 0xffffffff) };
	struct sockaddr_nl any = { .nl_family = AF_NETLINK };
	AUTO_CLOSE int sock = nl_open();
	struct wanted own;
	struct stat st;

	MUST(bind(sock, (struct sockaddr *)&any, sizeof(any)));
	MUST(fstat(sock, &st));
	own = (struct wanted){ .number = (unsigned int)st.st_ino };
	if (!each_line("/proc/net/netlink", see_netlink, &own) ||
	    !each_line("/proc/net/netlink", see_netlink, &wanted))
		return blocked_errno(errno, "reading /proc/net/netlink");
	if (!own.token[0])
		return failed("not even the own socket is listed");
	return answer_for(&wanted);
}

/* ---- tables: routes, neighbours, addresses, the packet filter ---- */

static void see_proc_route(const char *line, struct wanted *wanted)
{
	unsigned int dest, flags;
	int metric;

	if (sscanf(line, "%*s %x %*x %x %*d %*d %d", &dest, &flags, &metric) == 3 &&
	    dest == wanted->number)
		snprintf(wanted->token, sizeof(wanted->token), "%08x", (unsigned int)metric);
}

PROBE(net_proc_route, "looks for the canary's route in /proc/net/route")
{
	struct wanted wanted = { .number = 0 };

	if (inet_pton(AF_INET, arg_str("dest"), &wanted.number) != 1)
		return failed("the argument dest= is not an IPv4 address");
	if (!each_line("/proc/net/route", see_proc_route, &wanted))
		return blocked_errno(errno, "reading /proc/net/route");
	return answer_for(&wanted);
}

static void see_proc_arp(const char *line, struct wanted *wanted)
{
	char address[20], mac[20];

	if (sscanf(line, "%19s %*x %*x %19s", address, mac) == 2 && !strcmp(address, wanted->name))
		memcpy(wanted->token, mac, sizeof(mac));
}

PROBE(net_proc_arp, "looks for the canary's neighbour in /proc/net/arp")
{
	struct wanted wanted = { .name = arg_str("addr") };

	if (!each_line("/proc/net/arp", see_proc_arp, &wanted))
		return blocked_errno(errno, "reading /proc/net/arp");
	return answer_for(&wanted);
}

static void see_neighbour(const struct nlmsghdr *msg, void *data)
{
	const void *dst = nl_attr(msg, sizeof(struct ndmsg), NDA_DST, sizeof(uint32_t));
	const unsigned char *mac = nl_attr(msg, sizeof(struct ndmsg), NDA_LLADDR, 6);
	struct wanted *wanted = data;

	if (msg->nlmsg_type == RTM_NEWNEIGH && dst && mac &&
	    !memcmp(dst, &wanted->number, sizeof(wanted->number)))
		snprintf(wanted->token, sizeof(wanted->token), "%02x:%02x:%02x:%02x:%02x:%02x",
			 mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
}

PROBE(net_neighbours, "looks for the canary's neighbour in the neighbour tables")
{
	struct wanted wanted = { .number = 0 };
	AUTO_CLOSE int sock = nl_open();
	struct ndmsg what = { .ndm_family = AF_INET };
	struct nl_request req;
	int r;

	if (inet_pton(AF_INET, arg_str("addr"), &wanted.number) != 1)
		return failed("the argument addr= is not an IPv4 address");
	nl_request(&req, RTM_GETNEIGH, NLM_F_DUMP, sizeof(what));
	memcpy(req.body.bytes, &what, sizeof(what));
	r = nl_ask(sock, &req, see_neighbour, &wanted);
	if (r)
		return failed("listing the neighbours: %s", strerror(-r));
	return answer_for(&wanted);
}

static void see_table(const struct nlmsghdr *msg, void *data)
{
	const char *name = nl_attr(msg, sizeof(struct nfgenmsg), NFTA_TABLE_NAME, 1);

	if (msg->nlmsg_type == (NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWTABLE) && name)
		note_name(data, name, strlen(name));
}

PROBE(net_nft_tables, "looks for the canary's table in the packet filter")
{
	struct wanted wanted = { .name = arg_str("name") };
	AUTO_CLOSE int sock = nl_open_proto(NETLINK_NETFILTER);
	struct nfgenmsg what = { .nfgen_family = AF_INET };
	struct nl_request req;
	int r;

	nl_request(&req, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETTABLE, NLM_F_DUMP, sizeof(what));
	memcpy(req.body.bytes, &what, sizeof(what));
	r = nl_ask(sock, &req, see_table, &wanted);
	if (r)
		return blocked_errno(-r, "listing the tables");
	return answer_for(&wanted);
}
