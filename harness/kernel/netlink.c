// SPDX-License-Identifier: MIT
/* The connection, and links, by rtnetlink: see netlink.h. */
#include "kernel/netlink.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/netlink.h>
#include <netlink/addr.h>
#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/handlers.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/route/link.h>
#include <netlink/route/link/bridge.h>
#include <netlink/route/link/veth.h>
#include <netlink/socket.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

#include "base/cleanup.h"
#include "kernel/netlink_internal.h"

PUT_AT_END(nl_addr, nl_addr_put)
PUT_AT_END(rtnl_link, rtnl_link_put)

/* Locally administered; the bridge is alone with it in its namespace. */
static const char bridge_mac[] = "02:6e:73:00:00:01";

/*
 * Keeps what the kernel refuses with: libnl's own error codes fold many errnos into one. The
 * explanation follows the header, or the request if the kernel sends that back.
 */
static int note_refusal(struct sockaddr_nl *from, struct nlmsgerr *refusal, void *arg)
{
	struct nlmsghdr *hdr = (struct nlmsghdr *)((char *)refusal - NLMSG_HDRLEN);
	int skip = (int)sizeof(*refusal);
	struct netlink *nl = arg;
	struct nlattr *why;

	(void)from;
	nl->num = -refusal->error;
	nl->why[0] = '\0';
	if (!(hdr->nlmsg_flags & NLM_F_ACK_TLVS))
		return NL_STOP;
	if (!(hdr->nlmsg_flags & NLM_F_CAPPED))
		skip += (int)NLMSG_ALIGN(refusal->msg.nlmsg_len - NLMSG_HDRLEN);
	why = nlmsg_find_attr(hdr, skip, NLMSGERR_ATTR_MSG);
	if (why)
		nla_strlcpy(nl->why, why, sizeof(nl->why));
	return NL_STOP;
}

int netlink_open(struct netlink *nl, struct err *err)
{
	static const struct timeval deadline = { .tv_sec = 10 };
	static const int on = 1;
	int fd, r;

	*nl = (struct netlink){ .sock = nl_socket_alloc() };
	if (!nl->sock)
		return err_set(err, ENOMEM, "open a netlink socket: out of memory");
	r = nl_connect(nl->sock, NETLINK_ROUTE);
	if (r < 0) {
		netlink_close(nl);
		return err_set(err, EIO, "open a netlink socket: %s", nl_geterror(r));
	}
	fd = nl_socket_get_fd(nl->sock);
	nl_socket_modify_err_cb(nl->sock, NL_CB_CUSTOM, note_refusal, nl);
	/* answers are short: saves looking at the length first, one system call a request */
	nl_socket_disable_msg_peek(nl->sock);
	/* best effort: older kernels explain nothing and send the request back */
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof(deadline)) < 0) {
		err_sys(err, "set the time limit of a netlink socket");
		netlink_close(nl);
		return -err->num;
	}
	return 0;
}

void netlink_close(struct netlink *nl)
{
	int keep = errno;

	if (nl->sock)
		nl_socket_free(nl->sock);
	nl->sock = NULL;
	errno = keep;
}

int netlink_finish(struct netlink *nl, int answer, const char *doing, const char *name,
		   struct err *err)
{
	int num = nl->num;

	nl->num = 0;
	if (answer >= 0)
		return 0;
	if (num == 0)
		return err_set(err, EIO, "%s %s: %s", doing, name, nl_geterror(answer));
	return err_set(err, num, "%s %s: %s%s%s", doing, name, strerror(num),
		       nl->why[0] ? ": " : "", nl->why);
}

int netlink_no_memory(const char *doing, const char *name, struct err *err)
{
	return err_set(err, ENOMEM, "%s %s: out of memory", doing, name);
}

static int check_name(const char *name, struct err *err)
{
	if (name[0] && strlen(name) < IFNAMSIZ)
		return 0;
	return err_set(err, EINVAL, "link '%s': a name has 1 to %d characters", name, IFNAMSIZ - 1);
}

int netlink_find_link(struct netlink *nl, const char *name, int *ret_index, struct err *err)
{
	struct ifreq req = { 0 };
	int r = check_name(name, err);

	if (r < 0)
		return r;
	strncpy(req.ifr_name, name, IFNAMSIZ - 1);
	if (ioctl(nl_socket_get_fd(nl->sock), SIOCGIFINDEX, &req) < 0)
		return err_sys(err, "look for link %s", name);
	*ret_index = req.ifr_ifindex;
	return 0;
}

int netlink_parse_addr(const char *str, int family, struct nl_addr **ret, struct err *err)
{
	if (nl_addr_parse(str, family, ret) == 0)
		return 0;
	return err_set(err, EINVAL, "'%s' is no %s", str,
		       family == AF_LLC ? "hardware address" : "IP address of the right family");
}

static int set_mac(struct rtnl_link *link, const char *mac, struct err *err)
{
	AUTO(nl_addr) *addr = NULL;
	int r = netlink_parse_addr(mac, AF_LLC, &addr, err);

	if (r == 0)
		rtnl_link_set_addr(link, addr);
	return r;
}

int veth_add(struct netlink *nl, const struct veth *veth, struct err *err)
{
	/* the kernel can set up only the end that the request is about, not its peer */
	AUTO(rtnl_link) *inner = rtnl_link_veth_alloc();
	AUTO(rtnl_link) *outer = NULL;
	int r = check_name(veth->outer, err);

	if (r == 0)
		r = check_name(veth->inner, err);
	if (r < 0)
		return r;
	if (inner)
		outer = rtnl_link_veth_get_peer(inner);
	if (!outer)
		return netlink_no_memory("add veth", veth->outer, err);
	rtnl_link_set_name(outer, veth->outer);
	rtnl_link_set_name(inner, veth->inner);
	rtnl_link_set_flags(inner, IFF_UP);
	rtnl_link_set_ns_fd(inner, veth->inner_netns);
	if (veth->inner_mac)
		r = set_mac(inner, veth->inner_mac, err);
	if (r < 0)
		return r;
	r = rtnl_link_add(nl->sock, inner, NLM_F_CREATE | NLM_F_EXCL);
	return netlink_finish(nl, r, "add veth", veth->outer, err);
}

int bridge_add(struct netlink *nl, const char *name, struct err *err)
{
	AUTO(rtnl_link) *link = NULL;
	int r = check_name(name, err);

	if (r < 0)
		return r;
	link = rtnl_link_bridge_alloc();
	if (!link)
		return netlink_no_memory("add bridge", name, err);
	rtnl_link_set_name(link, name);
	/* left alone, it takes the lowest of its ports, and what others have learnt turns wrong */
	r = set_mac(link, bridge_mac, err);
	if (r < 0)
		return r;
	r = rtnl_link_add(nl->sock, link, NLM_F_CREATE | NLM_F_EXCL);
	return netlink_finish(nl, r, "add bridge", name, err);
}

/* A link to change; NULL with `err` filled. Without NLM_F_CREATE rtnl_link_add() changes it. */
static struct rtnl_link *named_link(struct netlink *nl, const char *name, struct err *err)
{
	struct rtnl_link *link;
	int index;

	if (netlink_find_link(nl, name, &index, err) < 0)
		return NULL;
	link = rtnl_link_alloc();
	if (link)
		rtnl_link_set_ifindex(link, index);
	else
		netlink_no_memory("change link", name, err);
	return link;
}

int link_set_master(struct netlink *nl, const char *name, const char *master, struct err *err)
{
	AUTO(rtnl_link) *link = named_link(nl, name, err);
	int index, r;

	if (!link)
		return -err->num;
	r = netlink_find_link(nl, master, &index, err);
	if (r < 0)
		return r;
	rtnl_link_set_master(link, index);
	rtnl_link_set_flags(link, IFF_UP);
	r = netlink_finish(nl, rtnl_link_add(nl->sock, link, 0), "attach link", name, err);
	return r < 0 ? err_wrap(err, "%s", master) : 0;
}

int link_set_up(struct netlink *nl, const char *name, struct err *err)
{
	AUTO(rtnl_link) *link = named_link(nl, name, err);

	if (!link)
		return -err->num;
	rtnl_link_set_flags(link, IFF_UP);
	return netlink_finish(nl, rtnl_link_add(nl->sock, link, 0), "set up link", name, err);
}

int link_set_down(struct netlink *nl, const char *name, struct err *err)
{
	AUTO(rtnl_link) *link = named_link(nl, name, err);

	if (!link)
		return -err->num;
	rtnl_link_unset_flags(link, IFF_UP);
	return netlink_finish(nl, rtnl_link_add(nl->sock, link, 0), "set down link", name, err);
}

int link_settle(struct netlink *nl, const char *name, struct err *err)
{
	static const struct timespec pause = { .tv_nsec = 100000 };
	int index, r = netlink_find_link(nl, name, &index, err);

	if (r < 0)
		return r;
	for (int waited_us = 0; waited_us < 2000000; waited_us += 100) {
		AUTO(rtnl_link) *link = NULL;

		r = rtnl_link_get_kernel(nl->sock, index, NULL, &link);
		if (netlink_finish(nl, r, "look at link", name, err) < 0)
			return -err->num;
		if (rtnl_link_get_operstate(link) == IF_OPER_UP)
			return 0;
		nanosleep(&pause, NULL);
	}
	return err_set(err, ETIMEDOUT, "link %s has no carrier", name);
}

int link_set_alias(struct netlink *nl, const char *name, const char *alias, struct err *err)
{
	AUTO(rtnl_link) *link = named_link(nl, name, err);

	if (!link)
		return -err->num;
	rtnl_link_set_ifalias(link, alias);
	return netlink_finish(nl, rtnl_link_add(nl->sock, link, 0), "set the alias of link", name,
			      err);
}

int link_del(struct netlink *nl, const char *name, struct err *err)
{
	AUTO(rtnl_link) *link = named_link(nl, name, err);

	if (!link)
		return -err->num;
	return netlink_finish(nl, rtnl_link_delete(nl->sock, link), "delete link", name, err);
}
