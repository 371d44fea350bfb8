// SPDX-License-Identifier: MIT
/*
 * Arms in an arena: see ground.h. Requests and answers cross a socket pair in one message each; the
 * arena's PID 1 is a copy of the process that made it, so pointers into the catalogue stay good.
 */
#include "check/ground.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "container/arena.h"
#include "container/cgroup.h"

/* Whatever an arm without a pid namespace left behind ends up here: the arena's PID 1. */
static void reap_orphans(const struct ground *ground)
{
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG | __WALL)) > 0 && pid != ground->network.world)
		;
}

static void send_answer(void *arg, const struct survey_answer *answer)
{
	const struct arena_ground *g = arg;

	/* nobody there any more: the next recv() tells */
	send(g->sock, answer, sizeof(*answer), MSG_NOSIGNAL);
}

static void serve_survey(struct arena_ground *g, struct ground *ground, struct survey *survey,
			 const struct arm *arm)
{
	const struct survey_answer end = { .row = SURVEY_END };

	survey_ask(survey, ground, g->spec, arm->batch, arm->guards, send_answer, g);
	send_answer(g, &end);
}

static void serve_arm(const struct arena_ground *g, struct ground *ground, struct survey *survey,
		      const struct arm *arm)
{
	struct arm_view view = { 0 };
	size_t size = arm->look ? sizeof(view) : sizeof(view.answer);

	survey_end(survey);
	if (arm->look)
		arm_look(ground, arm, g->spec->timeout_ms, &view);
	else
		arm_run(ground, arm, g->spec->timeout_ms, &view.answer);
	send(g->sock, &view, size, MSG_NOSIGNAL);
}

/* In the arena's PID 1: runs the arms that the worker asks for, and reaps what they leave behind.
 */
static int serve_arena(void *arg)
{
	struct arena_ground *g = arg;
	struct ground ground = {
		.arena = true,
		.spawner = g->spec->spawner,
		.rootfs = ARENA_IMAGE,
		.probe_fd = g->spec->probe_fd,
		.cgroup_dir = -1,
	};
	struct survey survey = { 0 };
	struct arm arm;

	ground.cgroup_dir = open("/sys/fs/cgroup", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	while (recv(g->sock, &arm, sizeof(arm), 0) == sizeof(arm)) {
		if (arm.batch)
			serve_survey(g, &ground, &survey, &arm);
		else
			serve_arm(g, &ground, &survey, &arm);
		reap_orphans(&ground);
	}
	return 0;
}

void arena_ground_drop(struct arena_ground *g)
{
	container_done(&g->arena);
	fd_close(&g->sock);
	if (g->leaf[0])
		cgroup_leaf_remove(g->spec->cgroup_dir, g->leaf);
	g->leaf[0] = '\0';
}

static int start_arena(struct arena_ground *g, struct err *err)
{
	struct arena_spec spec = {
		.spawner = g->spec->spawner,
		.image = g->spec->image,
		.available = g->spec->abilities->arena,
		.cgroup_fd = -1,
		.serve = serve_arena,
		.arg = g,
	};
	AUTO_CLOSE int leaf = -1;
	char name[24];
	int pair[2], r;

	snprintf(name, sizeof(name), "arena-%d-%d", g->number, g->made++);
	spec.name = name;
	if (g->spec->abilities->guards & GUARD(LEAF)) {
		leaf = spec.cgroup_fd = cgroup_leaf(g->spec->cgroup_dir, name, err);
		if (leaf < 0)
			return leaf;
		snprintf(g->leaf, sizeof(g->leaf), "%s", name);
	}
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(err, "socketpair");
	/* the arena is a copy of this process: it finds its end where the worker keeps its own */
	g->sock = pair[1];
	r = arena_start(&g->arena, &spec, ARENA_START_MS, err);
	g->sock = pair[0];
	close(pair[1]);
	if (r < 0)
		arena_ground_drop(g);
	return r;
}

static void set_broken(struct arm_answer *ret, const char *why)
{
	*ret = (struct arm_answer){ .kind = ANSWER_BROKEN };
	snprintf(ret->evidence, sizeof(ret->evidence), "%s", why);
}

/* Hands the arm over; its answer fills `size` bytes. */
static void exchange(struct arena_ground *g, const struct arm *arm, void *reply, size_t size,
		     struct arm_answer *ret)
{
	struct pollfd pfd = { .events = POLLIN };
	struct err err;

	if (g->sock < 0 && start_arena(g, &err) < 0)
		return set_broken(ret, err.text);
	pfd.fd = g->sock;
	if (send(g->sock, arm, sizeof(*arm), MSG_NOSIGNAL) == sizeof(*arm) &&
	    poll(&pfd, 1, g->spec->timeout_ms + ARENA_SLACK_MS) == 1 &&
	    recv(g->sock, reply, size, 0) == (ssize_t)size)
		return;
	arena_ground_drop(g);
	set_broken(ret, "the arena broke down");
}

void arena_ground_run(struct arena_ground *g, const struct arm *arm, struct arm_answer *ret)
{
	exchange(g, arm, ret, sizeof(*ret), ret);
}

void arena_ground_look(struct arena_ground *g, const struct arm *arm, struct arm_view *ret)
{
	struct arm look = *arm;

	look.look = true;
	exchange(g, &look, ret, sizeof(*ret), &ret->answer);
}

void arena_ground_survey(struct arena_ground *g, unsigned int batch, guard_set guards,
			 survey_take_fn *take, void *arg)
{
	const struct arm arm = { .guards = guards, .batch = batch };
	struct pollfd pfd = { .events = POLLIN };
	struct survey_answer answer;
	struct err ignored;

	if (g->sock < 0 && start_arena(g, &ignored) < 0)
		return;
	pfd.fd = g->sock;
	if (send(g->sock, &arm, sizeof(arm), MSG_NOSIGNAL) == sizeof(arm))
		while (poll(&pfd, 1, g->spec->timeout_ms * 2 + ARENA_SLACK_MS) == 1 &&
		       recv(g->sock, &answer, sizeof(answer), 0) == sizeof(answer)) {
			if (answer.row == SURVEY_END)
				return;
			take(arg, &answer);
		}
	arena_ground_drop(g);
}
