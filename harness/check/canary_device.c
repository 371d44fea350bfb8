// SPDX-License-Identifier: MIT
/* Canaries in the host's /dev. But for the controlling terminal they stay where they are put. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "check/canary.h"

enum { MEMORY_MAJOR = 1, ZERO_MINOR = 5 };

static void remove_path(struct scene *s)
{
	if (s->path[0])
		unlink(s->path);
}

static int plant_entry(struct scene *s, struct err *err)
{
	snprintf(s->path, sizeof(s->path), "/dev/%s", s->name);
	return mkfifo(s->path, 0600) < 0 ? err_sys(err, "%s", s->path) : 0;
}

const struct canary canary_dev_entry = {
	.about = "one more entry in the host's /dev",
	.lasts = true,
	.plant = plant_entry,
	.remove = remove_path,
};

static int plant_node(struct scene *s, struct err *err)
{
	snprintf(s->path, sizeof(s->path), "/dev/%s", s->name);
	scene_arg(s, "path", "%s", s->path);
	if (mknod(s->path, S_IFCHR | 0666, makedev(MEMORY_MAJOR, ZERO_MINOR)) < 0 ||
	    chmod(s->path, 0666) < 0)
		return err_sys(err, "%s", s->path);
	return 0;
}

const struct canary canary_dev_node = {
	.about = "a device node of the host, another /dev/zero",
	.lasts = true,
	.plant = plant_node,
	.remove = remove_path,
};

static int plant_shm_file(struct scene *s, struct err *err)
{
	snprintf(s->path, sizeof(s->path), "/dev/shm/%s", s->name);
	scene_arg(s, "path", "%s", s->path);
	return canary_write(s, AT_FDCWD, s->path, 0644, err);
}

const struct canary canary_shm_file = {
	.about = "a file with the token in the host's /dev/shm",
	.lasts = true,
	.plant = plant_shm_file,
	.remove = remove_path,
};

/*
 * The arena's PID 1 leads a session without a terminal: it takes one. Not on the real host, whose
 * session may have one.
 */
static int plant_controlling(struct scene *s, struct err *err)
{
	int r = canary_open_terminal(s, err);

	if (r == 0 && ioctl(s->fds[1], TIOCSCTTY, 0) < 0)
		r = err_sys(err, "%s: become the controlling terminal", s->path);
	return r;
}

/* Giving it up sends SIGHUP and SIGCONT to the foreground, to which the giver belongs. */
static void remove_controlling(struct scene *s)
{
	sighandler_t hangup;

	if (s->fds[1] < 0)
		return;
	hangup = signal(SIGHUP, SIG_IGN);
	ioctl(s->fds[1], TIOCNOTTY);
	signal(SIGHUP, hangup);
}

const struct canary canary_controlling_terminal = {
	.about = "a terminal of the host that controls the creator's session",
	.plant = plant_controlling,
	.remove = remove_controlling,
};
