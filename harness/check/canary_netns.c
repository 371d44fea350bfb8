// SPDX-License-Identifier: MIT
/* Canaries for who reaches into the host's network namespace: new links and settings of it. */
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "check/canary.h"
#include "kernel/netlink.h"

/* An integer of each network namespace, in ms, kept in ticks; a new one has 1000. */
#define SETTING "/proc/sys/net/ipv4/icmp_ratelimit"

enum { SETTING_STEP = 1000 };

static void delete_link(const char *name)
{
	AUTO_NETLINK struct netlink nl = { 0 };
	struct err ignored;

	if (netlink_open(&nl, &ignored) == 0)
		link_del(&nl, name, &ignored);
}

/* ---- who puts a link into the host's network: it bears the token as its name ---- */

static int plant_new_link(struct scene *s, struct err *err)
{
	(void)err;
	s->token[12] = '\0';
	scene_arg(s, "link", "%s", s->token);
	return 0;
}

static int link_is_there(struct scene *s, struct err *err)
{
	(void)err;
	return if_nametoindex(s->token) != 0;
}

static void remove_new_link(struct scene *s)
{
	if (if_nametoindex(s->token))
		delete_link(s->token);
}

const struct canary canary_new_link = {
	.about = "the host's links, which are looked at again afterwards",
	.plant = plant_new_link,
	.witness = link_is_there,
	.remove = remove_new_link,
};

static int plant_new_link_pid(struct scene *s, struct err *err)
{
	plant_new_link(s, err);
	return canary_spawn(s, err);
}

static void remove_new_link_pid(struct scene *s)
{
	canary_kill(s);
	remove_new_link(s);
}

const struct canary canary_new_link_pid = {
	.about = "a process of the host, and the host's links, which are looked at afterwards",
	.plant = plant_new_link_pid,
	.witness = link_is_there,
	.remove = remove_new_link_pid,
};

/* Leaked on purpose: not close-on-exec. Above 2, where the probe's own standard files will be. */
static int leak(struct scene *s, int fd, struct err *err)
{
	s->fds[0] = fd < 0 ? -1 : fcntl(fd, F_DUPFD, STDERR_FILENO + 1);
	if (s->fds[0] < 0)
		return err_sys(err, "descriptor to leave open");
	scene_arg(s, "fd", "%d", s->fds[0]);
	return 0;
}

static int plant_new_link_fd(struct scene *s, struct err *err)
{
	AUTO_CLOSE int ns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);

	plant_new_link(s, err);
	return leak(s, ns, err);
}

const struct canary canary_new_link_fd = {
	.about = "the host's network namespace, left open, and its links, looked at afterwards",
	.plant = plant_new_link_fd,
	.witness = link_is_there,
	.remove = remove_new_link,
};

static int plant_leaked_netlink(struct scene *s, struct err *err)
{
	AUTO_CLOSE int sock = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	int r = leak(s, sock, err);

	return r < 0 ? r : canary_borrow_link(s, s->token, err);
}

const struct canary canary_leaked_netlink = {
	.about = "a netlink socket that the creator left open, and a link with the token as alias",
	.plant = plant_leaked_netlink,
};

/* ---- a setting of the network ---- */

static int save_setting(struct scene *s, struct err *err)
{
	AUTO_TEXT struct text text = { 0 };
	int r = file_read(AT_FDCWD, SETTING, 64, &text);

	if (r < 0)
		return err_set(err, -r, "%s: cannot be read", SETTING);
	snprintf(s->saved, sizeof(s->saved), "%.*s", (int)strcspn(text.str, "\n"), text.str);
	s->token[5] = '\0';
	s->number = (strtol(s->token, NULL, 16) + 2) * SETTING_STEP;
	snprintf(s->token, sizeof(s->token), "%ld", s->number);
	scene_arg(s, "path", "%s", SETTING);
	return 0;
}

static void restore_setting(struct scene *s)
{
	if (s->saved[0])
		file_write(AT_FDCWD, SETTING, s->saved);
}

static int plant_setting(struct scene *s, struct err *err)
{
	int r = save_setting(s, err);

	if (r == 0)
		r = file_write(AT_FDCWD, SETTING, s->token);
	return r < 0 ? err_set(err, -r, "%s: cannot be written", SETTING) : 0;
}

const struct canary canary_setting = {
	.about = "a setting of the host's network whose value is the token",
	.lasts = true,
	.plant = plant_setting,
	.remove = restore_setting,
};

static int plant_setting_to_change(struct scene *s, struct err *err)
{
	int r = save_setting(s, err);

	scene_arg(s, "value", "%s", s->token);
	return r;
}

static int setting_is_token(struct scene *s, struct err *err)
{
	AUTO_TEXT struct text text = { 0 };
	int r = file_read(AT_FDCWD, SETTING, 64, &text);

	if (r < 0)
		return err_set(err, -r, "%s: cannot be read", SETTING);
	return strtol(text.str, NULL, 10) == s->number;
}

const struct canary canary_setting_to_change = {
	.about = "a setting of the host's network, which is read again afterwards",
	.plant = plant_setting_to_change,
	.witness = setting_is_token,
	.remove = restore_setting,
};
