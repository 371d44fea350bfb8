// SPDX-License-Identifier: MIT
/*
 * Namespaces alone: what it costs to make one and to be done with it, by clone3(2) and by
 * unshare(2), and to enter one by setns(2). A sample is the life of one child that does nothing else.
 * The kernel takes network and mount namespaces down later, by itself: see net/teardown.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/cleanup.h"
#include "bench/themes.h"
#include "kernel/ns.h"
#include "kernel/sys.h"

enum { ALL = NS_COUNT, NONE };

struct state {
	const struct bench_env *env;
	uint64_t flags;
	pid_t keeper; /* of namespaces to enter; 0: none */
	int pidfd;    /* of the keeper */
};

static uint64_t flags_of(long which)
{
	uint64_t all = 0;

	for (int ns = 0; ns < NS_COUNT; ns++)
		all |= ns_table[ns].flag;
	return which == NONE ? 0 : which == ALL ? all : ns_table[which].flag;
}

static void close_state(void *state)
{
	struct state *s = state;

	if (s->keeper > 0) {
		kill(s->keeper, SIGKILL);
		child_reap(s->keeper);
	}
	fd_close(&s->pidfd);
	free(s);
}

/* The calls fail here if they ever will: then there is nothing to measure. */
static int try_unshare(uint64_t flags, struct err *err)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(unshare((int)flags) < 0 ? errno : 0);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return err_sys(err, "fork");
	if (!WIFEXITED(status) || WEXITSTATUS(status) == 0)
		return 0;
	return err_set(err, EOPNOTSUPP, "unshare: %s", strerror(WEXITSTATUS(status)));
}

static int open_state(const struct bench_env *env, const struct scenario *row, void **ret,
		      struct err *err)
{
	uint64_t flags = flags_of(row->number);
	struct state *s;

	if (try_unshare(flags, err) < 0)
		return -err->num;
	s = calloc(1, sizeof(*s));
	if (!s)
		return err_set(err, ENOMEM, "out of memory");
	*s = (struct state){ .env = env, .flags = flags, .pidfd = -1 };
	*ret = s;
	return 0;
}

static int open_with_keeper(const struct bench_env *env, const struct scenario *row, void **ret,
			    struct err *err)
{
	struct state *s;
	int r = open_state(env, row, ret, err);

	if (r < 0)
		return r;
	s = *ret;
	s->keeper = sys_clone3(s->flags, SIGCHLD, -1, &s->pidfd);
	if (s->keeper == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	if (s->keeper > 0)
		return 0;
	err_sys(err, "clone3");
	close_state(s);
	return -err->num;
}

/* Ends the sample: the child must have done what it was told. */
static int reap(const struct state *s, pid_t pid, int64_t start, struct bench_sample *ret,
		struct err *err)
{
	int status;

	if (pid < 0)
		return err_sys(err, "the child cannot be made");
	status = child_reap(pid);
	ret->value = bench_since(s->env, start);
	if (!WIFEXITED(status))
		return err_set(err, ECHILD, "the child was killed");
	if (WEXITSTATUS(status))
		return err_set(err, WEXITSTATUS(status), "in the child: %s",
			       strerror(WEXITSTATUS(status)));
	return 0;
}

static int sample_clone(void *state, struct bench_sample *ret, struct err *err)
{
	const struct state *s = state;
	int64_t start = s->env->now();
	pid_t pid = sys_clone3(s->flags, SIGCHLD, -1, NULL);

	if (pid == 0)
		_exit(0);
	return reap(s, pid, start, ret, err);
}

/* The floor: a child that shares everything. */
static int sample_plain(void *state, struct bench_sample *ret, struct err *err)
{
	const struct state *s = state;
	int64_t start = s->env->now();
	pid_t pid = sys_clone3(0, SIGCHLD, -1, NULL);

	if (pid == 0)
		_exit(0);
	return reap(s, pid, start, ret, err);
}

static int sample_unshare(void *state, struct bench_sample *ret, struct err *err)
{
	const struct state *s = state;
	int64_t start = s->env->now();
	pid_t pid = fork();

	if (pid == 0)
		_exit(unshare((int)s->flags) < 0 ? errno : 0);
	return reap(s, pid, start, ret, err);
}

static int sample_setns(void *state, struct bench_sample *ret, struct err *err)
{
	const struct state *s = state;
	int64_t start = s->env->now();
	pid_t pid = fork();

	if (pid == 0)
		_exit(setns(s->pidfd, (int)s->flags) < 0 ? errno : 0);
	return reap(s, pid, start, ret, err);
}

#define MAKE_ROWS(ns, which)                                                                       \
	{ .name = "ns/" ns "/clone3",                                                              \
	  .about = "a child in new namespaces (" ns ") by clone3, until it is reaped",             \
	  .open = open_state,                                                                      \
	  .sample = sample_clone,                                                                  \
	  .close = close_state,                                                                    \
	  .floor = sample_plain,                                                                   \
	  .number = which },                                                                       \
	{                                                                                          \
		.name = "ns/" ns "/unshare",                                                       \
		.about = "a forked child that unshares (" ns "), until it is reaped",              \
		.open = open_state, .sample = sample_unshare, .close = close_state,                \
		.floor = sample_plain, .number = which,                                            \
	}

#define ENTER_ROW(ns, which)                                                                       \
	{                                                                                          \
		.name = "ns/" ns "/setns",                                                         \
		.about = "a forked child that enters existing namespaces (" ns "), until reaped",  \
		.open = open_with_keeper, .sample = sample_setns, .close = close_state,            \
		.floor = sample_plain, .number = which,                                            \
	}

#define ROWS(ns, which) MAKE_ROWS(ns, which), ENTER_ROW(ns, which)

static const struct scenario rows[] = {
	MAKE_ROWS("none", NONE), ROWS("user", NS_USER),     ROWS("mnt", NS_MNT),
	ROWS("pid", NS_PID),     ROWS("net", NS_NET),       ROWS("ipc", NS_IPC),
	ROWS("uts", NS_UTS),     ROWS("cgroup", NS_CGROUP), ROWS("time", NS_TIME),
	ROWS("all", ALL),
};

SCENARIO_THEME(ns, rows);
