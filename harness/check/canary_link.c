// SPDX-License-Identifier: MIT
/*
 * Canaries on a link of the host. The kernel takes 15 to 60 ms to delete a link, during which no
 * other link of the machine can be made or deleted. So an arena keeps one, which each arm marks
 * anew, and which goes with the arena's network namespace.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "check/canary.h"
#include "kernel/netlink.h"

#define NEIGHBOUR "203.0.113.78" /* RFC 5737: nobody's */

static int borrow_link(struct scene *s, struct netlink *nl, const char *alias, struct err *err)
{
	char *link = s->ground->link;

	if (!link[0]) {
		/* it stays down: an arena's network is only built where nothing is up yet */
		int r = bridge_add(nl, s->name, err);

		if (r < 0)
			return r;
		snprintf(link, sizeof(s->ground->link), "%s", s->name);
	}
	snprintf(s->name, sizeof(s->name), "%s", link);
	return link_set_alias(nl, link, alias, err);
}

int canary_borrow_link(struct scene *s, const char *alias, struct err *err)
{
	AUTO_NETLINK struct netlink nl = { 0 };
	int r = netlink_open(&nl, err);

	r = r < 0 ? r : borrow_link(s, &nl, alias, err);
	scene_arg(s, "link", "%s", s->name);
	return r;
}

static int plant_link(struct scene *s, struct err *err)
{
	return canary_borrow_link(s, s->token, err);
}

const struct canary canary_link = {
	.about = "a link of the host with the token as its alias",
	.plant = plant_link,
};

static int plant_bare_link(struct scene *s, struct err *err)
{
	return canary_borrow_link(s, "", err);
}

static int set_alias(struct scene *s, struct err *err)
{
	AUTO_NETLINK struct netlink nl = { 0 };
	int r = netlink_open(&nl, err);

	return r < 0 ? r : link_set_alias(&nl, s->name, s->token, err);
}

/* Of a link that is down the kernel tells no change of its alias. */
static int plant_link_event(struct scene *s, struct err *err)
{
	AUTO_NETLINK struct netlink nl = { 0 };
	int r = netlink_open(&nl, err);

	r = r < 0 ? r : borrow_link(s, &nl, "", err);
	scene_arg(s, "link", "%s", s->name);
	r = r < 0 ? r : link_set_up(&nl, s->name, err);
	s->number = r == 0;
	return r;
}

static void remove_link_event(struct scene *s)
{
	AUTO_NETLINK struct netlink nl = { 0 };
	struct err ignored;

	if (s->number && netlink_open(&nl, &ignored) == 0)
		link_set_down(&nl, s->name, &ignored);
}

const struct canary canary_link_event = {
	.about = "a link of the host that gets the token as its alias while the probe waits",
	.plant = plant_link_event,
	.stimulus = set_alias,
	.remove = remove_link_event,
};

static int plant_link_to_change(struct scene *s, struct err *err)
{
	scene_arg(s, "token", "%s", s->token);
	return plant_bare_link(s, err);
}

static int alias_is_token(struct scene *s, struct err *err)
{
	AUTO_TEXT struct text text = { 0 };
	char path[64];
	int r;

	snprintf(path, sizeof(path), "/sys/class/net/%s/ifalias", s->name);
	r = file_read(AT_FDCWD, path, 512, &text);
	if (r < 0)
		return err_set(err, -r, "%s: cannot be read", path);
	return strncmp(text.str, s->token, strlen(s->token)) == 0;
}

const struct canary canary_link_to_change = {
	.about = "a link of the host, whose alias is read again afterwards",
	.plant = plant_link_to_change,
	.witness = alias_is_token,
};

/* The next one replaces it, and with the link it goes. */
static int plant_neighbour(struct scene *s, struct err *err)
{
	AUTO_NETLINK struct netlink nl = { 0 };
	int r = netlink_open(&nl, err);
	char hex[11];

	memcpy(hex, s->token, 10);
	/* 02: locally administered, one receiver */
	snprintf(s->token, sizeof(s->token), "02:%.2s:%.2s:%.2s:%.2s:%.2s", hex, hex + 2, hex + 4,
		 hex + 6, hex + 8);
	scene_arg(s, "addr", NEIGHBOUR);
	r = r < 0 ? r : borrow_link(s, &nl, "", err);
	return r < 0 ? r : neighbour_set(&nl, s->name, NEIGHBOUR, s->token, err);
}

const struct canary canary_neighbour = {
	.about = "a neighbour of the host whose hardware address is the token",
	.plant = plant_neighbour,
};

static int plant_address(struct scene *s, struct err *err)
{
	AUTO_NETLINK struct netlink nl = { 0 };
	int r = netlink_open(&nl, err);
	uint32_t host;

	s->token[6] = '\0';
	host = 0x0a000000 | (uint32_t)strtoul(s->token, NULL, 16);
	snprintf(s->token, sizeof(s->token), "%08x", host);
	snprintf(s->saved, sizeof(s->saved), "10.%u.%u.%u/32", host >> 16 & 255, host >> 8 & 255,
		 host & 255);
	r = r < 0 ? r : borrow_link(s, &nl, "", err);
	scene_arg(s, "link", "%s", s->name);
	r = r < 0 ? r : addr_add(&nl, s->name, s->saved, err);
	s->number = r == 0;
	return r;
}

static void remove_address(struct scene *s)
{
	AUTO_NETLINK struct netlink nl = { 0 };
	struct err ignored;

	if (s->number && netlink_open(&nl, &ignored) == 0)
		addr_del(&nl, s->name, s->saved, &ignored);
}

const struct canary canary_address = {
	.about = "a link of the host whose address is the token",
	.plant = plant_address,
	.remove = remove_address,
};
