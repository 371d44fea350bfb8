// SPDX-License-Identifier: MIT
/* Canaries behind sockets that have a path, or that the creator left open on purpose. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "check/canary.h"

static int serve_path(struct scene *s, struct err *err)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(s->path, sizeof(s->path), "/%s", s->name);
	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", s->path);
	s->fds[0] = sock;
	if (sock < 0 || bind(sock, (struct sockaddr *)&sun, sizeof(sun)) < 0 ||
	    listen(sock, 4) < 0 || chmod(s->path, 0777) < 0)
		return err_sys(err, "socket %s", s->path);
	return canary_serve(s, sock, false, err);
}

static int plant_path_unix(struct scene *s, struct err *err)
{
	int r = serve_path(s, err);

	scene_arg(s, "path", "%s", s->path);
	return r;
}

static void remove_path_unix(struct scene *s)
{
	canary_kill(s);
	if (s->path[0])
		unlink(s->path);
}

const struct canary canary_path_unix = {
	.about = "a server on a unix socket in the host's root directory that sends the token",
	.lasts = true,
	.plant = plant_path_unix,
	.remove = remove_path_unix,
};

static int plant_bound_unix(struct scene *s, struct err *err)
{
	int r = serve_path(s, err);

	s->bind = (struct bind_spec){ .source = s->path, .target = "/run/host-socket" };
	s->spec.binds = &s->bind;
	s->spec.bind_count = 1;
	scene_arg(s, "path", "%s", s->guards & GUARD(ROOT) ? s->bind.target : s->path);
	return r;
}

const struct canary canary_bound_unix = {
	.about = "a server on a unix socket that is bound into the container",
	.plant = plant_bound_unix,
	.remove = remove_path_unix,
};

/* Leaked on purpose: not close-on-exec. Above 2, where the probe's own standard files will be. */
static int leak(struct scene *s, int family, int type, int protocol, struct err *err)
{
	AUTO_CLOSE int sock = socket(family, type | SOCK_CLOEXEC, protocol);

	s->fds[1] = sock < 0 ? -1 : fcntl(sock, F_DUPFD, STDERR_FILENO + 1);
	if (s->fds[1] < 0)
		return err_sys(err, "socket to leave open");
	scene_arg(s, "fd", "%d", s->fds[1]);
	return 0;
}

static int plant_leaked_socket(struct scene *s, struct err *err)
{
	int r = canary_serve_at(s, SOCK_STREAM, "127.0.0.1", err);

	return r < 0 ? r : leak(s, AF_INET, SOCK_DGRAM, 0, err);
}

const struct canary canary_leaked_socket = {
	.about = "a socket that the creator left open, and a TCP server on 127.0.0.1",
	.dies_with_us = true,
	.plant = plant_leaked_socket,
	.remove = canary_kill,
};

static int plant_leaked_packet(struct scene *s, struct err *err)
{
	scene_arg(s, "name", "%s", s->name);
	return leak(s, AF_PACKET, SOCK_DGRAM, htons(ETH_P_ALL), err);
}

const struct canary canary_leaked_packet = {
	.about = "a packet socket that the creator left open, and a datagram with the token",
	.plant = plant_leaked_packet,
	.stimulus = canary_send_packet,
};
