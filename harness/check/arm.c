// SPDX-License-Identifier: MIT
/* One arm, from planting the canary to cleaning up: see arm.h. */
#include "check/arm.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "check/dialog.h"
#include "check/scene.h"
#include "container/cgroup.h"

enum { WAIT_FOR_END_MS = 2000 };

/* What an arm holds while it runs. */
struct run {
	struct scene scene;
	struct container container;
	struct dialog dialog;
};

/* The arena's network is built when the first arm asks for it. */
static int prepare_network(struct scene *s, struct link_spec *link, struct err *err)
{
	struct ground *g = s->ground;
	int r;

	if (!((check_sealed(s->check, GUARDS_EVERYTHING) | s->guards) & PROVIDE(VETH)))
		return 0;
	if (!g->network_up) {
		r = network_up(&g->network, err);
		if (r < 0)
			return r;
		g->network_up = true;
	}
	network_link_spec(&g->network, link);
	s->spec.link = link;
	return network_nat(&g->network, s->guards & PROVIDE(NAT), err);
}

static int prepare_leaf(struct scene *s, struct err *err)
{
	if (!(s->guards & GUARD(LEAF)))
		return 0;
	s->spec.cgroup_fd = cgroup_leaf(s->ground->cgroup_dir, s->leaf, err);
	return s->spec.cgroup_fd < 0 ? s->spec.cgroup_fd : 0;
}

static void prepare_spec(struct scene *s)
{
	s->spec.guards = s->guards;
	scene_fill_spec(&s->spec, s->ground);
}

static int start(struct run *r, struct err *err)
{
	struct scene *s = &r->scene;
	const char *argv[ARM_ARGS_MAX + 3] = { "nsprobe", s->check->id };
	int *stdio = s->spec.stdio;
	int result = dialog_open(&r->dialog, stdio, err);

	for (size_t i = 0; i < s->arg_count; i++)
		argv[i + 2] = s->args[i];
	s->spec.argv = argv;
	if (result == 0)
		result = container_start(&r->container, &s->spec, dialog_left_ms(&r->dialog), err);
	for (int i = 0; i < 3; i++)
		fd_close(&stdio[i]);
	fd_close(&s->spec.cgroup_fd);
	return result;
}

/* All that the program writes until it ends, as much as there is room for. */
static void watch(struct run *r, char *text, struct arm_answer *ret)
{
	struct pollfd pfd = { r->dialog.from_probe, POLLIN, 0 };
	size_t len = 0;
	ssize_t got;

	*ret = (struct arm_answer){ .kind = ANSWER_REACHED };
	for (;;) {
		int n = poll(&pfd, 1, dialog_left_ms(&r->dialog));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return dialog_set_broken(ret, "probe", "no end within the time limit");
		got = read(r->dialog.from_probe, text + len, ARM_VIEW_MAX - 1 - len);
		if (got <= 0)
			break;
		len += (size_t)got;
	}
	text[len] = '\0';
}

static void play(struct run *r, char *text, struct arm_answer *ret)
{
	struct scene *s = &r->scene;
	struct link_spec link;
	struct err err = { 0 };
	int status;

	if (prepare_network(s, &link, &err) < 0)
		return dialog_set_broken(ret, "network", err.text);
	if (scene_plant(s, &err) < 0)
		return dialog_set_broken(ret, "canary", err.text);
	if (prepare_leaf(s, &err) < 0)
		return dialog_set_broken(ret, "container", err.text);
	prepare_spec(s);
	if (start(r, &err) < 0)
		return dialog_set_broken(ret, "container", err.text);
	if (text)
		watch(r, text, ret);
	else
		dialog_judge(&r->dialog, s, ret);
	if (ret->kind != ANSWER_BROKEN &&
	    container_wait(&r->container, WAIT_FOR_END_MS, &status, &err) < 0)
		dialog_set_broken(ret, "probe", err.text);
}

static void clean_up(struct run *r)
{
	struct scene *s = &r->scene;

	container_done(&r->container);
	dialog_close(&r->dialog);
	for (int i = 0; i < 3; i++)
		fd_close(&s->spec.stdio[i]);
	fd_close(&s->spec.cgroup_fd);
	scene_remove(s);
	if (s->guards & GUARD(LEAF))
		cgroup_leaf_remove(s->ground->cgroup_dir, s->leaf);
}

/* `text`: where what the program writes goes; NULL: it answers. */
static void run_arm(struct ground *ground, const struct arm *arm, int timeout_ms, char *text,
		    struct arm_answer *ret)
{
	struct run r = { .container = CONTAINER_INIT, .dialog = DIALOG_INIT };

	scene_init(&r.scene, ground, arm->check, arm->guards);
	r.dialog.deadline_ms = clock_ms() + timeout_ms;
	if (arm->twin)
		scene_arg(&r.scene, "twin", "1");
	play(&r, text, ret);
	clean_up(&r);
}

void arm_run(struct ground *ground, const struct arm *arm, int timeout_ms, struct arm_answer *ret)
{
	run_arm(ground, arm, timeout_ms, NULL, ret);
}

void arm_look(struct ground *ground, const struct arm *arm, int timeout_ms, struct arm_view *ret)
{
	run_arm(ground, arm, timeout_ms, ret->text, &ret->answer);
}
