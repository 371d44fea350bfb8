// SPDX-License-Identifier: MIT
/* Canaries that stand in a list of the host's network: sockets, tables. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netlink.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "check/canary.h"
#include "kernel/nft.h"

/* The token is the address in 127.0.0.0/8, by which a listed socket can be recognized. */
static int plant_listener(struct scene *s, struct err *err)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	socklen_t size = sizeof(in);
	int sock = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	s->token[6] = '\0';
	in.sin_addr.s_addr = htonl(0x7f000000 | (uint32_t)strtoul(s->token, NULL, 16));
	snprintf(s->token, sizeof(s->token), "%08x", ntohl(in.sin_addr.s_addr));
	s->fds[0] = sock;
	if (sock < 0 || bind(sock, (struct sockaddr *)&in, size) < 0 || listen(sock, 4) < 0 ||
	    getsockname(sock, (struct sockaddr *)&in, &size) < 0)
		return err_sys(err, "listening socket");
	scene_arg(s, "port", "%u", ntohs(in.sin_port));
	return 0;
}

const struct canary canary_listener = {
	.about = "a listening TCP socket whose address in 127.0.0.0/8 is the token",
	.dies_with_us = true,
	.lasts = true,
	.plant = plant_listener,
};

static int plant_named_unix(struct scene *s, struct err *err)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int len = snprintf(&sun.sun_path[1], sizeof(sun.sun_path) - 1, "%s-%s", s->name, s->token);
	int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	s->fds[0] = sock;
	scene_arg(s, "name", "%s", s->name);
	if (sock < 0 ||
	    bind(sock, (struct sockaddr *)&sun,
		 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)len)) < 0)
		return err_sys(err, "abstract socket");
	return 0;
}

const struct canary canary_named_unix = {
	.about = "an abstract unix socket with the token in its name",
	.dies_with_us = true,
	.lasts = true,
	.plant = plant_named_unix,
};

static int plant_process_unix(struct scene *s, struct err *err)
{
	int r = plant_named_unix(s, err);

	return r < 0 ? r : canary_spawn(s, err);
}

const struct canary canary_process_unix = {
	.about = "a sleeping process in a network with the token in an abstract socket's name",
	.dies_with_us = true,
	.lasts = true,
	.plant = plant_process_unix,
	.remove = canary_kill,
};

/* The port id can be any number: it is the token. */
static int plant_netlink(struct scene *s, struct err *err)
{
	struct sockaddr_nl nl = { .nl_family = AF_NETLINK };
	int sock = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_USERSOCK);
	struct stat st;

	s->token[8] = '\0';
	nl.nl_pid = (uint32_t)strtoul(s->token, NULL, 16) | 1;
	snprintf(s->token, sizeof(s->token), "%08x", nl.nl_pid);
	s->fds[0] = sock;
	if (sock < 0 || bind(sock, (struct sockaddr *)&nl, sizeof(nl)) < 0 || fstat(sock, &st) < 0)
		return err_sys(err, "netlink socket");
	scene_arg(s, "inode", "%ju", (uintmax_t)st.st_ino);
	return 0;
}

const struct canary canary_netlink = {
	.about = "a netlink socket whose port id is the token",
	.dies_with_us = true,
	.lasts = true,
	.plant = plant_netlink,
};

static int change_table(struct scene *s, const char *verb, struct err *err)
{
	char command[128];

	snprintf(command, sizeof(command), "%s table ip %s-%s\n", verb, s->name, s->token);
	return nft_run(command, err);
}

static int plant_table(struct scene *s, struct err *err)
{
	int r;

	scene_arg(s, "name", "%s", s->name);
	r = change_table(s, "add", err);
	s->number = r == 0;
	return r;
}

static void remove_table(struct scene *s)
{
	struct err ignored;

	if (s->number)
		change_table(s, "delete", &ignored);
}

const struct canary canary_table = {
	.about = "a table of the host's packet filter with the token in its name",
	.plant = plant_table,
	.remove = remove_table,
};
