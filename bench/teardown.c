// SPDX-License-Identifier: MIT
/*
 * The kernel's clean-up of network namespaces: see teardown.h. To see that the count is down means to
 * make a namespace, which has to be cleaned up too. So whoever made it lives on, and its namespace
 * is the first of those that end in the next sample: nothing of one sample reaches into another.
 */
#include "bench/teardown.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/membarrier.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "base/child.h"
#include "base/cleanup.h"
#include "base/file.h"

enum { FREED_MS = 30000, MAKE_MS = 10000, TRY_NS = 50000 };

#define LIMIT "/proc/sys/user/max_net_namespaces"

/* The process that has the namespaces. */
struct holder {
	pid_t pid; /* 0: none */
	int sock;  /* to it */
};

struct state {
	const struct bench_env *env;
	long count;
	struct holder holder;
};

static void holder_done(struct holder *h)
{
	if (h->pid > 0) {
		kill(h->pid, SIGKILL);
		child_reap(h->pid);
	}
	fd_close(&h->sock);
	h->pid = 0;
}

static int set_limit(const char *limit, struct err *err)
{
	int r = file_write(AT_FDCWD, LIMIT, limit);

	return r < 0 ? err_set(err, -r, LIMIT ": %s", strerror(-r)) : 0;
}

/* Makes a namespace as soon as the count allows it. Returns how often it was refused. */
static int make_when_free(void)
{
	static const struct timespec pause = { .tv_nsec = TRY_NS };
	int refused = 0;

	while (unshare(CLONE_NEWNET) < 0) {
		if (errno != ENOSPC)
			return -errno;
		refused++;
		nanosleep(&pause, NULL);
	}
	return refused;
}

/* More of them, each kept by a descriptor. */
static int make_more(int more)
{
	for (int i = 0; i < more; i++)
		if (open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC) < 0 ||
		    unshare(CLONE_NEWNET) < 0)
			return -errno;
	return 0;
}

/* Does what it is told, answers each time with a number, until it is killed. */
static _Noreturn void hold(int sock)
{
	int number, answer;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (read(sock, &number, sizeof(number)) == sizeof(number)) {
		answer = number == 0 ? make_when_free() : make_more(number);
		if (write(sock, &answer, sizeof(answer)) < 0)
			break;
	}
	_exit(0);
}

static int holder_start(struct holder *ret, struct err *err)
{
	int pair[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(err, "socketpair");
	pid = fork();
	if (pid == 0) {
		close(pair[0]);
		hold(pair[1]);
	}
	fd_close(&pair[1]);
	if (pid < 0) {
		fd_close(&pair[0]);
		return err_sys(err, "fork");
	}
	*ret = (struct holder){ pid, pair[0] };
	return 0;
}

static int tell(const struct holder *h, int number, struct err *err)
{
	return write(h->sock, &number, sizeof(number)) < 0 ? err_sys(err, "the holder") : 0;
}

static int await(const struct holder *h, int timeout_ms, int *ret, struct err *err)
{
	struct pollfd pfd = { h->sock, POLLIN, 0 };

	if (poll(&pfd, 1, timeout_ms) != 1)
		return err_set(err, ETIMEDOUT, "the network namespaces are not freed");
	if (read(h->sock, ret, sizeof(*ret)) != sizeof(*ret))
		return err_set(err, ECHILD, "the holder of the namespaces died");
	return *ret < 0 ? err_set(err, -*ret, "a network namespace: %s", strerror(-*ret)) : 0;
}

/* Makes what is still missing, lets all end, and returns when nothing is left but the next's first. */
static int sample_with(struct state *s, struct holder *next, struct bench_sample *ret,
		       struct err *err)
{
	struct holder *h = &s->holder;
	int64_t start;
	int refused, r;

	r = set_limit("1000", err);
	if (r == 0 && s->count > 1) {
		r = tell(h, (int)s->count - 1, err);
		r = r < 0 ? r : await(h, MAKE_MS, &refused, err);
	}
	r = r < 0 ? r : set_limit("1", err);
	if (r < 0)
		return r;
	holder_done(h);
	start = s->env->now();
	r = tell(next, 0, err);
	r = r < 0 ? r : await(next, FREED_MS, &refused, err);
	ret->value = bench_since(s->env, start);
	if (r == 0 && refused == 0)
		r = err_set(err, ENODATA, "the namespaces were freed before anybody could look");
	return r;
}

int teardown_sample(void *state, struct bench_sample *ret, struct err *err)
{
	struct state *s = state;
	struct holder next;
	int r = holder_start(&next, err);

	if (r < 0)
		return r;
	r = sample_with(s, &next, ret, err);
	if (r < 0)
		holder_done(&next);
	else
		s->holder = next;
	return r;
}

int teardown_floor(void *state, struct bench_sample *ret, struct err *err)
{
	const struct state *s = state;
	int64_t start = s->env->now();
	long r = syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);

	ret->value = bench_since(s->env, start);
	return r < 0 ? err_sys(err, "membarrier") : 0;
}

static int unsupported(struct err *err)
{
	err->num = EOPNOTSUPP;
	return err_wrap(err, "a user namespace that counts network namespaces");
}

static int enter_user_namespace(struct err *err)
{
	if (unshare(CLONE_NEWUSER) < 0)
		return err_sys(err, "unshare");
	return set_limit("1000", err);
}

int teardown_open(const struct bench_env *env, const struct scenario *row, void **ret,
		  struct err *err)
{
	struct state *s;
	int refused, r;

	if (enter_user_namespace(err) < 0)
		return unsupported(err);
	if (syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0) < 0)
		return err_set(err, EOPNOTSUPP, "membarrier: %s", strerror(errno));
	s = calloc(1, sizeof(*s));
	if (!s)
		return err_set(err, ENOMEM, "out of memory");
	*s = (struct state){ env, row->number, { .sock = -1 } };
	r = holder_start(&s->holder, err);
	r = r < 0 ? r : tell(&s->holder, 0, err);
	r = r < 0 ? r : await(&s->holder, MAKE_MS, &refused, err);
	if (r < 0) {
		teardown_close(s);
		return unsupported(err);
	}
	*ret = s;
	return 0;
}

void teardown_close(void *state)
{
	struct state *s = state;

	holder_done(&s->holder);
	free(s);
}

/* In a process of its own, whose user namespace counts one of them at most. */
static int let_one_pass(void)
{
	struct err err;
	int status;
	pid_t pid;

	if (enter_user_namespace(&err) < 0 || set_limit("1", &err) < 0)
		return err.num;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	pid = fork();
	if (pid == 0)
		_exit(unshare(CLONE_NEWNET) < 0 ? errno : 0);
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return errno;
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		return WIFEXITED(status) ? WEXITSTATUS(status) : ECHILD;
	status = make_when_free();
	return status < 0 ? -status : 0;
}

int teardown_await_all(struct err *err)
{
	pid_t pid = fork();
	bool late;
	int status;

	if (pid == 0)
		_exit(let_one_pass());
	if (pid < 0)
		return err_sys(err, "fork");
	late = !child_ends(pid, FREED_MS);
	if (late)
		kill(pid, SIGKILL);
	status = child_reap(pid);
	if (late)
		return err_set(err, ETIMEDOUT, "earlier network namespaces are not freed");
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	return err_set(err, WIFEXITED(status) ? WEXITSTATUS(status) : ECHILD,
		       "cannot tell when network namespaces are freed");
}
