// SPDX-License-Identifier: MIT
/*
 * Making the process of a container.
 *
 * Without a time namespace one clone makes it. With one it takes two stages, as clone3 freezes the
 * offsets of a new time namespace at once: a first child enters the user namespace, unshares time,
 * writes the offsets, and clones the container as its sibling (CLONE_PARENT). time_namespaces(7)
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "container/exec.h"
#include "container/setup.h"
#include "container/stage.h"
#include "container/start.h"
#include "container/userns.h"
#include "kernel/mount.h"
#include "kernel/sys.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0 /* the sanitizer takes a stack of our own for a mistake */
#endif

/* Children never return into the creator's scope. */
static _Noreturn void fail_child(int sock, const struct err *err)
{
	struct stage_message message = { .stage = STAGE_FAILED, .err = *err };

	stage_post(sock, &message);
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
		exec_search(argv, envp);
	}
	err_sys(&err, "%s: cannot be executed", argv[0]);
	fail_child(s->sock, &err);
}

static _Noreturn void child_main(struct start *st)
{
	struct setup s = {
		.spec = st->spec,
		.sock = st->child_sock,
		.waits = spawn_waits(st->spec),
		.tree_fd = st->tree_fd,
		.root_fd = -1,
		.old_cwd = st->old_cwd,
	};
	struct err err = { 0 };

	fd_close(&st->sock);
	signal(SIGPIPE, SIG_DFL);
	if (st->shares)
		sigprocmask(SIG_SETMASK, &st->mask, NULL);
	if (setup_run(&s, &err) < 0)
		fail_child(s.sock, &err);
	if (st->spec->run) {
		struct stage_message running = { .stage = STAGE_RUNNING };

		stage_post(s.sock, &running);
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
	if (stage_await(st->child_sock, -1, &message) != 1)
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
	stage_post(st->child_sock, &message);
	_exit(0);
}

int start_open_ns(pid_t pid, enum ns ns, struct err *err)
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
	userns = start_open_ns(pid, NS_USER, err);
	return userns < 0 ? userns : mount_idmap(st->tree_fd, userns, err);
}

static int clone_error(const struct container_spec *spec, struct err *err)
{
	AUTO_TEXT struct text names = { 0 };
	int num = errno;

	guard_names(spec->guards & GUARDS_NAMESPACES, &names);
	errno = num;
	return err_sys(err, "clone3 with namespaces %s", names.str ? names.str : "");
}

/* One clone3 for everything, on a copy of our memory. */
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
		r = userns_map(pid, st->spec->uids, st->spec->gids, err);
	return r < 0 ? r : map_root(st, pid, err);
}

/* Of two stages also the second one waits: until then nobody but itself knows of it. */
bool spawn_waits(const struct container_spec *spec)
{
	return spec->guards & (GUARD(USER) | GUARD(TIME) | PROVIDE(VETH));
}

/*
 * Whether the creator has nothing to do for the child but to wait: then nothing of its memory has to
 * be copied (some 100 us).
 */
static bool can_share(const struct container_spec *spec)
{
	return !SANITIZED && !spawn_waits(spec) && spec->cgroup_fd < 0 && !spec->run && !spec->init;
}

static int shared_main(void *arg)
{
	child_main(arg);
}

/*
 * As posix_spawn(3) does it, but the creator waits on the socket, with a deadline. Until the socket
 * ends the two share their memory, errno included: the creator only polls, and takes no
 * signal.
 */
static int spawn_shared(struct start *st, struct err *err)
{
	int flags = (int)(clone_flags(st->spec) | CLONE_VM | CLONE_PIDFD | SIGCHLD);
	/* the child's own, on top of its stack */
	struct start *copy = (struct start *)(st->stack + STACK_SIZE) - 1;
	sigset_t all;
	pid_t pid;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &st->mask);
	st->shares = true;
	*copy = *st;
	pid = clone(shared_main, copy, flags, copy, &st->c->pidfd);
	if (pid < 0)
		return clone_error(st->spec, err);
	st->c->pid = pid;
	return 0;
}

/* Takes over what the first child made: its sibling, our child, which nobody but us can reap. */
static int adopt(struct start *st, struct err *err)
{
	struct stage_message message;
	int r = stage_await(st->sock, st->timeout_ms, &message);

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
		r = userns_map(first, st->spec->uids, st->spec->gids, err);
	r = r < 0 ? r : map_root(st, first, err);
	if (r == 0)
		r = stage_post(st->sock, &mapped);
	r = r < 0 ? r : adopt(st, err);
	if (r < 0)
		kill(first, SIGKILL);
	child_reap(first);
	return r;
}

int spawn(struct start *st, struct err *err)
{
	if (can_share(st->spec))
		return spawn_shared(st, err);
	return st->spec->guards & GUARD(TIME) ? spawn_twice(st, err) : spawn_once(st, err);
}
