// SPDX-License-Identifier: MIT
/* Starting and ending a container, the creator's side: see container.h. */
#include "container/container.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/cleanup.h"
#include "container/stage.h"
#include "container/start.h"
#include "kernel/mount.h"

static int clone_root(struct start *st, struct err *err)
{
	struct mount_attr attr = { .propagation = MS_PRIVATE };

	if (!(st->spec->guards & GUARD(ROOT)))
		return 0;
	st->tree_fd = mount_clone(AT_FDCWD, st->spec->rootfs, err);
	if (st->tree_fd < 0)
		return st->tree_fd;
	/* a clone of a shared mount is its peer; in here nobody has made it private */
	if (mount_setattr(st->tree_fd, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof(attr)) < 0)
		return err_sys(err, "%s: cannot make it private", st->spec->rootfs);
	if (!(st->spec->guards & GUARD(CWD))) {
		st->old_cwd = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (st->old_cwd < 0)
			return err_sys(err, "working directory");
	}
	return 0;
}

static int attach_link(struct start *st, struct err *err)
{
	AUTO_CLOSE int netns = -1;

	if (!(st->spec->guards & PROVIDE(VETH)))
		return 0;
	netns = start_open_ns(st->c->pid, NS_NET, err);
	return netns < 0 ? netns : link_attach(st->spec->link, netns, err);
}

static int post_go(const struct start *st, struct err *err)
{
	const struct stage_message go = { .stage = STAGE_GO };

	/* a child that has died says why, or has left its end to be heard */
	if (stage_post(st->sock, &go) < 0 && errno != EPIPE)
		return err_sys(err, "cannot reach the container");
	return 0;
}

/* The container says nothing when its program runs: exec closes the socket. */
static int await_running(struct start *st, struct err *err)
{
	struct stage_message message;
	int r = stage_await(st->sock, st->timeout_ms, &message);

	if (r == -ETIMEDOUT)
		return err_set(err, ETIMEDOUT, "the container was not set up within %d ms",
			       st->timeout_ms);
	if (r < 0)
		return err_set(err, -r, "the container's socket failed");
	if (r > 0 && message.stage == STAGE_FAILED) {
		*err = message.err;
		return -err->num;
	}
	return 0;
}

static int start_steps(struct start *st, struct err *err)
{
	int pair[2], r;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(err, "socketpair");
	st->sock = pair[0];
	st->child_sock = pair[1];
	r = clone_root(st, err);
	r = r < 0 ? r : spawn(st, err);
	fd_close(&st->child_sock);
	r = r < 0 ? r : attach_link(st, err);
	if (r == 0 && spawn_waits(st->spec))
		r = post_go(st, err);
	r = r < 0 ? r : await_running(st, err);
	timeline_mark(st->spec->timeline, PHASE_EXEC, 0);
	return r;
}

static void start_done(struct start *st)
{
	fd_close(&st->sock);
	fd_close(&st->child_sock);
	fd_close(&st->tree_fd);
	fd_close(&st->old_cwd);
	if (st->shares)
		sigprocmask(SIG_SETMASK, &st->mask, NULL);
}

int container_start(struct container *c, const struct container_spec *spec, int timeout_ms,
		    struct err *err)
{
	char stack[STACK_SIZE] __attribute__((aligned(16)));
	struct start st = { spec, timeout_ms, -1, -1, -1, -1, stack, .c = c };
	struct err failure = { 0 };
	int r;

	*c = (struct container)CONTAINER_INIT;
	r = start_steps(&st, &failure);
	/* before its stack goes */
	if (r < 0)
		container_done(c);
	start_done(&st);
	if (r < 0)
		*err = failure;
	return r;
}

int container_wait(struct container *c, int timeout_ms, int *ret_status, struct err *err)
{
	struct pollfd pfd = { c->pidfd, POLLIN, 0 };
	int n, status;

	do
		n = poll(&pfd, 1, timeout_ms);
	while (n < 0 && errno == EINTR && timeout_ms >= 0);
	if (n < 0)
		return err_sys(err, "waiting for the container");
	if (n == 0)
		return err_set(err, ETIMEDOUT, "still running after %d ms", timeout_ms);
	/* __WALL: the container of two stages has no exit signal */
	if (waitpid(c->pid, &status, __WALL) < 0)
		return err_sys(err, "waitpid");
	c->pid = 0;
	fd_close(&c->pidfd);
	*ret_status = status;
	return 0;
}

void container_done(struct container *c)
{
	if (c->pid > 0) {
		if (c->pidfd < 0)
			kill(c->pid, SIGKILL);
		else
			pidfd_send_signal(c->pidfd, SIGKILL, NULL, 0);
		child_reap(c->pid);
	}
	c->pid = 0;
	fd_close(&c->pidfd);
}
