// SPDX-License-Identifier: MIT
/*
 * Starting and ending a container, the creator's side.
 *
 * Without a time namespace one clone3 makes it. With one it takes two stages, as clone3 freezes the
 * offsets of a new time namespace at once: a first child enters the user namespace, unshares time,
 * writes the offsets, and clones the container as its sibling (CLONE_PARENT). time_namespaces(7)
 */
#include "container/container.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "container/setup.h"
#include "container/stage.h"
#include "kernel/mount.h"
#include "kernel/sys.h"

/* What is under way while a container starts; everything in it is released in the end. */
struct start {
	const struct container_spec *spec;
	int timeout_ms;
	int sock, child_sock; /* the creator's and the child's end */
	int tree_fd;          /* the root file system's clone */
	int old_cwd;
	struct container *c;
};

static void start_done(struct start *st)
{
	fd_close(&st->sock);
	fd_close(&st->child_sock);
	fd_close(&st->tree_fd);
	fd_close(&st->old_cwd);
}

/* Children never return into the creator's scope. */
static _Noreturn void fail_child(int sock, const struct err *err)
{
	struct stage_message message = { .stage = STAGE_FAILED, .err = *err };

	stage_post(sock, &message, -1);
	_exit(127);
}

static int exec_program(void *arg)
{
	struct setup *s = arg;
	const struct container_spec *spec = s->spec;
	char *const *argv = (char *const *)spec->argv;
	char *const *envp = spec->guards & GUARD(ENV) ? (char *const *)spec->envp : environ;
	struct err err;

	if (spec->exec_fd >= 0) {
		execveat(spec->exec_fd, "", argv, envp, AT_EMPTY_PATH);
	} else {
		environ = (char **)envp;
		execvp(argv[0], argv);
	}
	err_sys(&err, "%s: cannot be executed", argv[0]);
	fail_child(s->sock, &err);
}

static _Noreturn void child_main(struct start *st)
{
	struct setup s = {
		.spec = st->spec,
		.sock = st->child_sock,
		.tree_fd = -1,
		.root_fd = -1,
		.old_cwd = st->old_cwd,
	};
	struct err err = { 0 };

	fd_close(&st->sock);
	signal(SIGPIPE, SIG_DFL);
	if (setup_run(&s, &err) < 0)
		fail_child(s.sock, &err);
	if (st->spec->run) {
		struct stage_message running = { .stage = STAGE_RUNNING };

		stage_post(s.sock, &running, -1);
		fd_close(&s.root_fd);
		fd_close(&s.sock);
		_exit(st->spec->run(st->spec->arg));
	}
	if (st->spec->init)
		init_run(exec_program, &s);
	exec_program(&s);
	_exit(127);
}

static uint64_t clone_flags(const struct container_spec *spec)
{
	return guard_clone_flags(spec->guards);
}

static int write_offsets(int64_t seconds, struct err *err)
{
	char line[96];

	snprintf(line, sizeof(line), "monotonic %lld 0\nboottime %lld 0\n", (long long)seconds,
		 (long long)seconds);
	if (file_write(AT_FDCWD, "/proc/self/timens_offsets", line) < 0)
		return err_sys(err, "/proc/self/timens_offsets");
	return 0;
}

/* The first of two stages: see the head of this file. */
static _Noreturn void first_child_main(struct start *st)
{
	struct stage_message message;
	struct err err = { 0 };
	pid_t pid;

	fd_close(&st->sock);
	if (stage_await(st->child_sock, -1, &message, NULL) != 1)
		_exit(1);
	if (unshare(CLONE_NEWTIME) < 0) {
		err_sys(&err, "time namespace");
		fail_child(st->child_sock, &err);
	}
	if (write_offsets(st->spec->time_offset_s, &err) < 0)
		fail_child(st->child_sock, &err);
	pid = sys_clone3((clone_flags(st->spec) & ~(uint64_t)(CLONE_NEWUSER | CLONE_NEWTIME)) |
				 CLONE_PARENT,
			 0, -1, NULL);
	if (pid == 0)
		child_main(st);
	if (pid < 0) {
		err_sys(&err, "clone3");
		fail_child(st->child_sock, &err);
	}
	message = (struct stage_message){ .stage = STAGE_SPAWNED, .pid = pid };
	stage_post(st->child_sock, &message, -1);
	_exit(0);
}

static int write_map(pid_t pid, const char *file, const struct idmap *map, struct err *err)
{
	char path[64], text[512];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	if (idmap_format(map, text, sizeof(text)) < 0)
		return err_set(err, E2BIG, "%s: too many extents", file);
	errno = -file_write(AT_FDCWD, path, text);
	return errno ? err_sys(err, "%s", file) : 0;
}

static int write_maps(pid_t pid, const struct container_spec *spec, struct err *err)
{
	int r = write_map(pid, "gid_map", spec->gids, err);

	return r < 0 ? r : write_map(pid, "uid_map", spec->uids, err);
}

static int open_ns(pid_t pid, enum ns ns, struct err *err)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, ns_table[ns].name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? err_sys(err, "%s namespace of the container", ns_table[ns].name) : fd;
}

/* Owners in the image are those that the container sees: an id-mapped mount of the root. */
static int map_root(struct start *st, pid_t pid, struct err *err)
{
	AUTO_CLOSE int userns = -1;

	if (!(st->spec->guards & GUARD(IDS)) || st->tree_fd < 0 || st->spec->rootfs_shifted)
		return 0;
	userns = open_ns(pid, NS_USER, err);
	return userns < 0 ? userns : mount_idmap(st->tree_fd, userns, err);
}

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
	netns = open_ns(st->c->pid, NS_NET, err);
	return netns < 0 ? netns : link_attach(st->spec->link, netns, err);
}

static int clone_error(const struct container_spec *spec, struct err *err)
{
	AUTO_TEXT struct text names = { 0 };
	int num = errno;

	guard_names(spec->guards & GUARDS_NAMESPACES, &names);
	errno = num;
	return err_sys(err, "clone3 with namespaces %s", names.str ? names.str : "");
}

/* One clone3 for everything. */
static int spawn_once(struct start *st, struct err *err)
{
	pid_t pid = sys_clone3(clone_flags(st->spec), SIGCHLD, st->spec->cgroup_fd, &st->c->pidfd);
	int r = 0;

	if (pid == 0)
		child_main(st);
	if (pid < 0)
		return clone_error(st->spec, err);
	st->c->pid = pid;
	if (st->spec->guards & GUARD(USER))
		r = write_maps(pid, st->spec, err);
	return r < 0 ? r : map_root(st, pid, err);
}

/* Takes over what the first child made: its sibling, our child, which nobody but us can reap. */
static int adopt(struct start *st, struct err *err)
{
	struct stage_message message;
	int r = stage_await(st->sock, st->timeout_ms, &message, NULL);

	if (r <= 0)
		return err_set(err, r < 0 ? -r : EPROTO,
			       "the first stage of the start said nothing");
	if (message.stage == STAGE_FAILED) {
		*err = message.err;
		return -err->num;
	}
	st->c->pid = message.pid;
	st->c->pidfd = pidfd_open(message.pid, 0);
	return st->c->pidfd < 0 ? err_sys(err, "pidfd_open") : 0;
}

static int spawn_twice(struct start *st, struct err *err)
{
	struct stage_message mapped = { .stage = STAGE_MAPPED };
	uint64_t first_flags = clone_flags(st->spec) & CLONE_NEWUSER;
	pid_t first = sys_clone3(first_flags, SIGCHLD, st->spec->cgroup_fd, NULL);
	int r = 0;

	if (first == 0)
		first_child_main(st);
	if (first < 0)
		return clone_error(st->spec, err);
	if (first_flags)
		r = write_maps(first, st->spec, err);
	r = r < 0 ? r : map_root(st, first, err);
	if (r == 0)
		r = stage_post(st->sock, &mapped, -1);
	r = r < 0 ? r : adopt(st, err);
	if (r < 0)
		kill(first, SIGKILL);
	while (waitpid(first, NULL, 0) < 0 && errno == EINTR)
		;
	return r;
}

/* The container says nothing when its program runs: exec closes the socket. */
static int await_running(struct start *st, struct err *err)
{
	struct stage_message message;
	int r = stage_await(st->sock, st->timeout_ms, &message, NULL);

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
	struct stage_message go = { .stage = STAGE_GO };
	int pair[2], r;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(err, "socketpair");
	st->sock = pair[0];
	st->child_sock = pair[1];
	r = clone_root(st, err);
	if (r < 0)
		return r;
	r = st->spec->guards & GUARD(TIME) ? spawn_twice(st, err) : spawn_once(st, err);
	fd_close(&st->child_sock);
	r = r < 0 ? r : attach_link(st, err);
	if (r < 0)
		return r;
	if (stage_post(st->sock, &go, st->tree_fd) < 0 && errno != EPIPE)
		return err_sys(err, "cannot reach the container");
	return await_running(st, err);
}

int container_start(struct container *c, const struct container_spec *spec, int timeout_ms,
		    struct err *err)
{
	struct start st = { spec, timeout_ms, -1, -1, -1, -1, c };
	struct err failure = { 0 };
	int r;

	*c = (struct container)CONTAINER_INIT;
	r = start_steps(&st, &failure);
	start_done(&st);
	if (r < 0) {
		container_done(c);
		*err = failure;
	}
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
		while (waitpid(c->pid, NULL, __WALL) < 0 && errno == EINTR)
			;
	}
	c->pid = 0;
	fd_close(&c->pidfd);
}
