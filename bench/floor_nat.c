// SPDX-License-Identifier: MIT
/*
 * Masquerade by bytes: see floor_nat.h. nfnetlink: linux/netfilter/nfnetlink.h and nf_tables.h. Numbers
 * in attributes are big endian.
 */
#include "bench/floor_nat.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "base/cleanup.h"

#define TABLE "floor"
#define CHAIN "postrouting"
#define LINK  "out0"

enum {
	PRIORITY = 100,
	SOURCE_AT = 12, /* of an IPv4 header */
	SOURCE_LEN = 3, /* 192.0.2.0/24: whole bytes need no mask */
	NAME_LEN = 16,
};

/* A transaction: several messages in one. */
struct batch {
	char bytes[4096];
	size_t len;
	struct nlmsghdr *last;
	unsigned int asked; /* answers that will come */
};

int floor_nat_open(struct err *err)
{
	static const struct timeval deadline = { .tv_sec = 10 };
	AUTO_CLOSE int sock = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);

	if (sock < 0 || setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof(deadline)) < 0)
		return err_sys(err, "floor: a netfilter socket");
	return STEAL_FD(sock);
}

static void *grow(struct batch *b, size_t len)
{
	void *start = b->bytes + b->len;

	memset(start, 0, NLMSG_ALIGN(len));
	b->len += NLMSG_ALIGN(len);
	b->last->nlmsg_len = (uint32_t)(b->bytes + b->len - (char *)b->last);
	return start;
}

static void begin(struct batch *b, int type, int flags, int family, int resource)
{
	struct nfgenmsg *gen;

	b->last = (struct nlmsghdr *)(b->bytes + b->len);
	grow(b, sizeof(*b->last));
	b->last->nlmsg_len = sizeof(*b->last);
	b->last->nlmsg_type = (uint16_t)type;
	b->last->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
	gen = grow(b, sizeof(*gen));
	gen->nfgen_family = (uint8_t)family;
	gen->res_id = htons((uint16_t)resource);
	b->asked += flags & NLM_F_ACK ? 1 : 0;
}

static void put(struct batch *b, int type, const void *data, size_t len)
{
	struct nlattr *attr = grow(b, sizeof(*attr) + len);

	attr->nla_type = (uint16_t)type;
	attr->nla_len = (uint16_t)(sizeof(*attr) + len);
	memcpy(attr + 1, data, len);
}

static void put_text(struct batch *b, int type, const char *text)
{
	put(b, type, text, strlen(text) + 1);
}

static void put_number(struct batch *b, int type, uint32_t number)
{
	uint32_t swapped = htonl(number);

	put(b, type, &swapped, sizeof(swapped));
}

static struct nlattr *nest(struct batch *b, int type)
{
	struct nlattr *attr = grow(b, sizeof(*attr));

	attr->nla_type = (uint16_t)(type | NLA_F_NESTED);
	return attr;
}

static void end(struct batch *b, struct nlattr *attr)
{
	attr->nla_len = (uint16_t)(b->bytes + b->len - (char *)attr);
}

/* An expression of a rule; its data follows until end_expression(). */
struct expression {
	struct nlattr *element, *data;
};

static struct expression expression(struct batch *b, const char *name)
{
	struct expression e = { .element = nest(b, NFTA_LIST_ELEM) };

	put_text(b, NFTA_EXPR_NAME, name);
	e.data = nest(b, NFTA_EXPR_DATA);
	return e;
}

static void end_expression(struct batch *b, struct expression e)
{
	end(b, e.data);
	end(b, e.element);
}

static void put_equals(struct batch *b, const void *data, size_t len)
{
	struct expression e = expression(b, "cmp");
	struct nlattr *attr;

	put_number(b, NFTA_CMP_SREG, NFT_REG_1);
	put_number(b, NFTA_CMP_OP, NFT_CMP_EQ);
	attr = nest(b, NFTA_CMP_DATA);
	put(b, NFTA_DATA_VALUE, data, len);
	end(b, attr);
	end_expression(b, e);
}

/* ip saddr 192.0.2.0/24 oifname "out0" masquerade */
static void put_expressions(struct batch *b)
{
	static const uint8_t source[SOURCE_LEN] = { 192, 0, 2 };
	static const char link[NAME_LEN] = LINK;
	struct expression e = expression(b, "payload");

	put_number(b, NFTA_PAYLOAD_DREG, NFT_REG_1);
	put_number(b, NFTA_PAYLOAD_BASE, NFT_PAYLOAD_NETWORK_HEADER);
	put_number(b, NFTA_PAYLOAD_OFFSET, SOURCE_AT);
	put_number(b, NFTA_PAYLOAD_LEN, SOURCE_LEN);
	end_expression(b, e);
	put_equals(b, source, sizeof(source));
	e = expression(b, "meta");
	put_number(b, NFTA_META_DREG, NFT_REG_1);
	put_number(b, NFTA_META_KEY, NFT_META_OIFNAME);
	end_expression(b, e);
	put_equals(b, link, sizeof(link));
	e = expression(b, "masq");
	end_expression(b, e);
}

static void begin_change(struct batch *b, int message, int flags)
{
	begin(b, NFNL_SUBSYS_NFTABLES << 8 | message, NLM_F_ACK | flags, NFPROTO_IPV4, 0);
}

static void open_batch(struct batch *b)
{
	b->len = b->asked = 0;
	begin(b, NFNL_MSG_BATCH_BEGIN, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES);
}

/* Sends it and takes an answer for each change. */
static int commit(struct batch *b, int sock, struct err *err)
{
	char answer[4096] __attribute__((aligned(NLMSG_ALIGNTO)));

	begin(b, NFNL_MSG_BATCH_END, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES);
	if (send(sock, b->bytes, b->len, 0) < 0)
		return err_sys(err, "floor: netfilter");
	for (unsigned int i = 0; i < b->asked; i++) {
		const struct nlmsghdr *head = (const struct nlmsghdr *)answer;
		const struct nlmsgerr *refusal = NLMSG_DATA(head);

		if (recv(sock, answer, sizeof(answer), 0) < 0)
			return err_sys(err, "floor: netfilter");
		if (head->nlmsg_type == NLMSG_ERROR && refusal->error)
			return err_set(err, -refusal->error, "floor: netfilter: %s",
				       strerror(-refusal->error));
	}
	return 0;
}

int floor_nat_start(int sock, struct err *err)
{
	struct nlattr *attr;
	struct batch b;

	open_batch(&b);
	begin_change(&b, NFT_MSG_NEWTABLE, NLM_F_CREATE);
	put_text(&b, NFTA_TABLE_NAME, TABLE);
	begin_change(&b, NFT_MSG_NEWCHAIN, NLM_F_CREATE);
	put_text(&b, NFTA_CHAIN_TABLE, TABLE);
	put_text(&b, NFTA_CHAIN_NAME, CHAIN);
	put_text(&b, NFTA_CHAIN_TYPE, "nat");
	attr = nest(&b, NFTA_CHAIN_HOOK);
	put_number(&b, NFTA_HOOK_HOOKNUM, NF_INET_POST_ROUTING);
	put_number(&b, NFTA_HOOK_PRIORITY, PRIORITY);
	end(&b, attr);
	begin_change(&b, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND);
	put_text(&b, NFTA_RULE_TABLE, TABLE);
	put_text(&b, NFTA_RULE_CHAIN, CHAIN);
	attr = nest(&b, NFTA_RULE_EXPRESSIONS);
	put_expressions(&b);
	end(&b, attr);
	return commit(&b, sock, err);
}

int floor_nat_stop(int sock, struct err *err)
{
	struct batch b;

	open_batch(&b);
	begin_change(&b, NFT_MSG_DELTABLE, 0);
	put_text(&b, NFTA_TABLE_NAME, TABLE);
	return commit(&b, sock, err);
}
