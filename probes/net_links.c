// SPDX-License-Identifier: MIT
/*
 * The net suite's long arms: links, addresses, events and settings of another network namespace, by
 * whatever names it: the id behind an own veth, a process, a descriptor. rtnetlink(7)
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/net_namespace.h>
#include <net/if.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "leaked.h"
#include "nl.h"

#define OWN_LINK        "eth0"
#define SETTING_DEFAULT "1000" /* what a new network namespace has */

static const char *arg_link(void)
{
	const char *name = arg_str("link");

	if (strlen(name) >= IF_NAMESIZE)
		die("the argument link= is too long");
	return name;
}

/* The number by which this namespace calls the one that holds a link's other end. */
static void see_peer_ns(const struct nlmsghdr *msg, void *data)
{
	const void *id = nl_link_attr(msg, IFLA_LINK_NETNSID, sizeof(int32_t));

	if (msg->nlmsg_type == RTM_NEWLINK && id)
		memcpy(data, id, sizeof(int32_t));
}

static int32_t peer_ns(int sock)
{
	struct nl_request req;
	int32_t nsid = -1;
	int r;

	nl_request_link(&req, true);
	r = nl_ask(sock, &req, see_peer_ns, &nsid);
	if (r)
		die("listing the own links: %s", strerror(-r));
	if (nsid < 0)
		die("no own link has its other end in another namespace");
	return nsid;
}

/* ---- addresses: the canary's is the token ---- */

struct address_seen {
	const char *link;
	char token[16];
};

static void see_address(const struct nlmsghdr *msg, void *data)
{
	const char *label = nl_attr(msg, sizeof(struct ifaddrmsg), IFA_LABEL, 1);
	const void *address = nl_attr(msg, sizeof(struct ifaddrmsg), IFA_LOCAL, sizeof(uint32_t));
	struct address_seen *seen = data;
	uint32_t number;

	if (msg->nlmsg_type != RTM_NEWADDR || !label || !address || strcmp(label, seen->link) != 0)
		return;
	memcpy(&number, address, sizeof(number));
	snprintf(seen->token, sizeof(seen->token), "%08x", ntohl(number));
}

static struct answer list_addresses(int sock, const int32_t *nsid)
{
	struct ifaddrmsg what = { .ifa_family = AF_INET };
	struct address_seen seen = { .link = arg_link() };
	struct nl_request req;
	int r;

	nl_request(&req, RTM_GETADDR, NLM_F_DUMP, sizeof(what));
	memcpy(req.body.bytes, &what, sizeof(what));
	if (nsid)
		nl_add(&req, IFA_TARGET_NETNSID, nsid, sizeof(*nsid));
	r = nl_ask(sock, &req, see_address, &seen);
	if (r)
		return blocked_errno(-r, "listing the addresses");
	if (!seen.token[0])
		return blocked("absent", "the address is not listed");
	return reached(seen.token, "the address is listed");
}

PROBE(net_addresses, "looks for the canary link's address")
{
	AUTO_CLOSE int sock = nl_open();

	return list_addresses(sock, NULL);
}

PROBE(net_veth_nsid_getaddr, "lists the addresses at the other end of its own veth")
{
	AUTO_CLOSE int sock = nl_open();
	int32_t nsid = peer_ns(sock);

	return list_addresses(sock, &nsid);
}

/* ---- reading links ---- */

PROBE(net_sysfs_link, "reads the canary link's alias in /sys")
{
	char path[64];
	struct stat st;

	MUST(stat("/sys/class/net/lo", &st));
	snprintf(path, sizeof(path), "/sys/class/net/%s/ifalias", arg_link());
	return token_of_file(AT_FDCWD, path);
}

struct alias_seen {
	const char *link;
	char alias[64];
};

static void see_alias(const struct nlmsghdr *msg, void *data)
{
	const char *name = nl_link_attr(msg, IFLA_IFNAME, 1);
	const char *alias = nl_link_attr(msg, IFLA_IFALIAS, 1);
	struct alias_seen *seen = data;

	if (msg->nlmsg_type == RTM_NEWLINK && name && alias && !strcmp(name, seen->link))
		snprintf(seen->alias, sizeof(seen->alias), "%s", alias);
}

PROBE(net_leaked_netlink, "asks for the canary link through an inherited netlink socket")
{
	int sock = leaked_fd(), r;
	struct alias_seen seen = { .link = arg_link() };
	struct nl_request req;

	if (sock < 0)
		return not_leaked();
	nl_request_link(&req, false);
	nl_add(&req, IFLA_IFNAME, seen.link, strlen(seen.link) + 1);
	r = nl_ask(sock, &req, see_alias, &seen);
	if (r)
		return blocked_errno(-r, "asking for the link");
	return reached(seen.alias, "the socket tells of the host's link");
}

/* What was multicast before an answer lies before it in the same queue: the answer is the fence. */
PROBE(net_link_events, "subscribes to changes of links, and waits for the canary's")
{
	static char buf[16 << 10] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct alias_seen seen = { .link = arg_link() };
	AUTO_CLOSE int sock = nl_open();
	/* bound: a socket without a port id is taken for the sender of the kernel's own messages */
	struct sockaddr_nl groups = { .nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK };
	struct nl_request req;
	bool answered = false;

	MUST(bind(sock, (struct sockaddr *)&groups, sizeof(groups)));
	wait_for_go();
	nl_request_link(&req, false);
	nl_add(&req, IFLA_IFNAME, "lo", sizeof("lo"));
	req.msg.nlmsg_seq = 1;
	MUST(send(sock, &req, req.msg.nlmsg_len, 0));
	while (!answered && !seen.alias[0]) {
		size_t len = (size_t)MUST(recv(sock, buf, sizeof(buf), 0));
		const struct nlmsghdr *msg = (const void *)buf;

		for (; NLMSG_OK(msg, len); msg = NLMSG_NEXT(msg, len)) {
			see_alias(msg, &seen);
			answered = answered || msg->nlmsg_seq == 1;
		}
	}
	if (!seen.alias[0])
		return blocked("silent", "only the own answer arrives");
	return reached(seen.alias, "the change of the host's link was told");
}

/* ---- acting on links: a witness looks ---- */

static int act(struct nl_request *req)
{
	AUTO_CLOSE int sock = nl_open();

	return nl_ask(sock, req, see_alias, &(struct alias_seen){ .link = "" });
}

PROBE(net_change_link, "gives the canary link another alias")
{
	const char *name = arg_link(), *token = arg_str("token");
	struct nl_request req;
	int r;

	nl_request(&req, RTM_SETLINK, NLM_F_ACK, sizeof(req.body.link));
	nl_add(&req, IFLA_IFNAME, name, strlen(name) + 1);
	nl_add(&req, IFLA_IFALIAS, token, strlen(token));
	r = act(&req);
	return r ? blocked_errno(-r, "changing the link") : acted("changed the link");
}

/* Makes a link in the namespace that one attribute names. */
static struct answer make_link_there(int type, const void *value, size_t len)
{
	const char *name = arg_link();
	struct nl_request req;
	int r;

	nl_request(&req, RTM_NEWLINK, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, sizeof(req.body.link));
	nl_add(&req, IFLA_IFNAME, name, strlen(name) + 1);
	nl_add_nested(&req, IFLA_LINKINFO, IFLA_INFO_KIND, "bridge");
	nl_add(&req, type, value, len);
	r = act(&req);
	return r ? blocked_errno(-r, "making a link there") : acted("made a link there");
}

PROBE(net_newlink_nsid, "makes a link at the other end of its own veth")
{
	AUTO_CLOSE int sock = nl_open();
	int32_t nsid = peer_ns(sock);

	return make_link_there(IFLA_TARGET_NETNSID, &nsid, sizeof(nsid));
}

PROBE(net_newlink_pid, "makes a link in the network of a host process")
{
	uint32_t pid = (uint32_t)arg_int("pid", 1, 1 << 22);

	return make_link_there(IFLA_NET_NS_PID, &pid, sizeof(pid));
}

PROBE(net_push_link_fd, "moves its own link into an inherited network namespace")
{
	int fd = leaked_fd();
	const char *name = arg_link();
	struct nl_request req;
	int r;

	if (fd < 0)
		return not_leaked();
	nl_request(&req, RTM_SETLINK, NLM_F_ACK, sizeof(req.body.link));
	req.body.link.ifi_index = (int)if_nametoindex(OWN_LINK);
	if (!req.body.link.ifi_index)
		return failed("there is no link " OWN_LINK);
	nl_add(&req, IFLA_IFNAME, name, strlen(name) + 1);
	nl_add(&req, IFLA_NET_NS_FD, &fd, sizeof(fd));
	/* a link that is up keeps its name */
	req.body.link.ifi_change = IFF_UP;
	r = act(&req);
	return r ? blocked_errno(-r, "moving the link") : acted("moved the link");
}

/* ---- the id of a namespace ---- */

static void see_nsid(const struct nlmsghdr *msg, void *data)
{
	const void *id = nl_attr(msg, sizeof(struct rtgenmsg), NETNSA_NSID, sizeof(int32_t));

	if (msg->nlmsg_type == RTM_NEWNSID && id)
		memcpy(data, id, sizeof(int32_t));
}

PROBE(net_nsid_of_pid, "asks for the number of a host process's network namespace")
{
	uint32_t pid = (uint32_t)arg_int("pid", 1, 1 << 22);
	AUTO_CLOSE int sock = nl_open();
	struct nl_request req;
	int32_t nsid = -1;
	int r;

	nl_request(&req, RTM_GETNSID, 0, NLMSG_ALIGN(sizeof(req.body.gen)));
	nl_add(&req, NETNSA_PID, &pid, sizeof(pid));
	r = nl_ask(sock, &req, see_nsid, &nsid);
	if (r)
		return blocked_errno(-r, "asking for the number");
	if (nsid != peer_ns(sock))
		return failed("it is not the number of the own link's other end");
	return reached(NO_TOKEN, "the process is where the own link's other end is");
}

/* ---- settings ---- */

PROBE(net_sysctl_read, "reads the canary's setting of the network")
{
	AUTO_CLOSE int fd = (int)MUST(open(arg_str("path"), O_RDONLY | O_CLOEXEC));
	const char *value = read_token(fd);

	if (!value)
		return failed("reading the setting: %s", strerror(errno));
	if (!strcmp(value, SETTING_DEFAULT))
		return blocked("unchanged", "the value is that of a new namespace");
	return reached(value, "the value is the host's");
}

PROBE(net_sysctl_write, "writes the canary's setting of the network")
{
	AUTO_CLOSE int fd = open(arg_str("path"), O_WRONLY | O_CLOEXEC);
	const char *value = arg_str("value");

	if (fd < 0)
		return blocked_errno(errno, "opening the setting for writing");
	MUST(write(fd, value, strlen(value)));
	return acted("wrote the setting");
}
