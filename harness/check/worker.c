// SPDX-License-Identifier: MIT
/*
 * A worker owns an arena, in which one arm at a time runs; arms that may run on the real host it
 * runs itself. An arena that does not answer any more is thrown away, and the next arm gets a new
 * one. Requests and answers cross the socket pair in one message each.
 */
#include "check/worker.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "container/arena.h"
#include "container/cgroup.h"

enum { ARENA_START_MS = 10000, ARENA_SLACK_MS = 5000 };

struct worker {
	const struct run_spec *spec;
	const struct check_plan *plans;
	struct ground host;
	struct container arena;
	int arena_sock; /* -1: no arena */
	int number, arenas_made;
	char leaf[24];
};

/* Whatever an arm without a pid namespace left behind ends up here: the arena's PID 1. */
static void reap_orphans(const struct ground *ground)
{
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG | __WALL)) > 0 && pid != ground->network.world)
		;
}

/* In the arena's PID 1: runs the arms that the worker asks for, and reaps what they leave behind. */
static int serve_arena(void *arg)
{
	struct worker *w = arg;
	struct ground ground = {
		.arena = true,
		.spawner = w->spec->spawner,
		.rootfs = ARENA_IMAGE,
		.probe_fd = w->spec->probe_fd,
		.cgroup_dir = -1,
	};
	struct arm arm;
	struct arm_answer answer;

	ground.cgroup_dir = open("/sys/fs/cgroup", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	while (recv(w->arena_sock, &arm, sizeof(arm), 0) == sizeof(arm)) {
		arm_run(&ground, &arm, w->spec->timeout_ms, &answer);
		if (send(w->arena_sock, &answer, sizeof(answer), MSG_NOSIGNAL) < 0)
			break;
		reap_orphans(&ground);
	}
	return 0;
}

static void drop_arena(struct worker *w)
{
	container_done(&w->arena);
	fd_close(&w->arena_sock);
	if (w->leaf[0])
		cgroup_leaf_remove(w->spec->cgroup_dir, w->leaf);
	w->leaf[0] = '\0';
}

static int start_arena(struct worker *w, struct err *err)
{
	struct arena_spec spec = {
		.spawner = w->spec->spawner,
		.image = w->spec->image,
		.available = w->spec->abilities->guards,
		.cgroup_fd = -1,
		.serve = serve_arena,
		.arg = w,
	};
	AUTO_CLOSE int leaf = -1;
	char name[24];
	int pair[2], r;

	snprintf(name, sizeof(name), "arena-%d-%d", w->number, w->arenas_made++);
	spec.name = name;
	if (spec.available & GUARD(LEAF)) {
		leaf = spec.cgroup_fd = cgroup_leaf(w->spec->cgroup_dir, name, err);
		if (leaf < 0)
			return leaf;
		snprintf(w->leaf, sizeof(w->leaf), "%s", name);
	}
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(err, "socketpair");
	/* the arena is a copy of this process: it finds its end where the worker keeps its own */
	w->arena_sock = pair[1];
	r = arena_start(&w->arena, &spec, ARENA_START_MS, err);
	w->arena_sock = pair[0];
	close(pair[1]);
	if (r < 0)
		drop_arena(w);
	return r;
}

static void set_broken(struct arm_answer *ret, const char *why)
{
	*ret = (struct arm_answer){ .kind = ANSWER_BROKEN };
	snprintf(ret->evidence, sizeof(ret->evidence), "%s", why);
}

static void run_in_arena(struct worker *w, const struct arm *arm, struct arm_answer *ret)
{
	struct pollfd pfd = { .events = POLLIN };
	struct err err;

	if (w->arena_sock < 0 && start_arena(w, &err) < 0)
		return set_broken(ret, err.text);
	pfd.fd = w->arena_sock;
	if (send(w->arena_sock, arm, sizeof(*arm), MSG_NOSIGNAL) == sizeof(*arm) &&
	    poll(&pfd, 1, w->spec->timeout_ms + ARENA_SLACK_MS) == 1 &&
	    recv(w->arena_sock, ret, sizeof(*ret), 0) == sizeof(*ret))
		return;
	drop_arena(w);
	set_broken(ret, "the arena broke down");
}

static void run_check(struct worker *w, size_t index, struct work_done *done)
{
	const struct check_plan *plan = &w->plans[index];

	*done = (struct work_done){ .index = index };
	for (size_t i = 0; i < plan->count; i++) {
		struct arm arm = {
			.check = w->spec->checks[index],
			.guards = plan->arms[i].guards,
			.twin = plan->arms[i].twin,
		};

		if (plan->arms[i].arena)
			run_in_arena(w, &arm, &done->answers[i]);
		else
			arm_run(&w->host, &arm, w->spec->timeout_ms, &done->answers[i]);
	}
}

void worker_main(const struct run_spec *spec, const struct check_plan *plans, int sock, int number)
{
	struct worker w = {
		.spec = spec,
		.plans = plans,
		.host = { .spawner = spec->spawner,
			  .rootfs = spec->image,
			  .probe_fd = spec->probe_fd,
			  .cgroup_dir = spec->cgroup_dir },
		.arena = CONTAINER_INIT,
		.arena_sock = -1,
		.number = number,
	};
	struct work_done done;
	struct work work;

	/* the run decides when it is over; it kills its workers, and its death does so too */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (unshare(CLONE_NEWNS) < 0)
		_exit(1);
	while (recv(sock, &work, sizeof(work), 0) == sizeof(work)) {
		run_check(&w, work.index, &done);
		if (send(sock, &done, sizeof(done), MSG_NOSIGNAL) < 0)
			break;
	}
	drop_arena(&w);
	_exit(0);
}
