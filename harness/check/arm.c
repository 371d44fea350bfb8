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
#include "base/file.h"
#include "container/cgroup.h"

enum { LINE_MAX_LEN = 512, TIME_OFFSET_S = 10000000, WAIT_FOR_END_MS = 2000 };

/* What an arm holds while it runs. */
struct run {
	struct scene scene;
	struct container container;
	int to_probe, from_probe; /* our ends of its standard input and output */
	int64_t deadline_ms;
	char line[LINE_MAX_LEN];
	size_t len;
};

void scene_arg(struct scene *s, const char *key, const char *fmt, ...)
{
	char *arg = s->args[s->arg_count++];
	size_t room = sizeof(s->args[0]);
	int used = snprintf(arg, room, "%s=", key);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(arg + used, room - (size_t)used, fmt, ap);
	va_end(ap);
}

static int left_ms(const struct run *r)
{
	int64_t left = r->deadline_ms - clock_ms();

	return left > 0 ? (int)left : 0;
}

static void set_broken(struct arm_answer *a, const char *doing, const char *why)
{
	*a = (struct arm_answer){ .kind = ANSWER_BROKEN };
	snprintf(a->evidence, sizeof(a->evidence), "%s: %s", doing, why);
}

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
	struct container_spec *spec = &s->spec;
	struct ground *g = s->ground;

	spec->guards = s->guards;
	spec->rootfs = s->guards & GUARD(ROOT) ? g->rootfs : NULL;
	spec->old_mounts = true;
	spec->rootfs_shifted = !g->spawner->idmap_mounts;
	spec->uids = spec->gids = spawner_map(g->spawner, s->guards);
	spec->hostname = CONTAINER_HOSTNAME;
	spec->time_offset_s = TIME_OFFSET_S;
	spec->exec_fd = g->probe_fd;
}

/* Standard input and output of the probe; standard error goes nowhere. */
static int open_pipes(struct run *r, int theirs[3], struct err *err)
{
	int in[2], out[2];

	if (pipe2(in, O_CLOEXEC) < 0)
		return err_sys(err, "pipe");
	theirs[0] = in[0];
	r->to_probe = in[1];
	if (pipe2(out, O_CLOEXEC) < 0)
		return err_sys(err, "pipe");
	theirs[1] = out[1];
	r->from_probe = out[0];
	theirs[2] = open("/dev/null", O_WRONLY | O_CLOEXEC);
	return theirs[2] < 0 ? err_sys(err, "/dev/null") : 0;
}

static int start(struct run *r, struct err *err)
{
	static const char *const envp[] = { "PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL };
	struct scene *s = &r->scene;
	const char *argv[ARM_ARGS_MAX + 3] = { "nsprobe", s->check->id };
	int *stdio = s->spec.stdio;
	int result = open_pipes(r, stdio, err);

	for (size_t i = 0; i < s->arg_count; i++)
		argv[i + 2] = s->args[i];
	s->spec.argv = argv;
	s->spec.envp = envp;
	if (result == 0)
		result = container_start(&r->container, &s->spec, left_ms(r), err);
	for (int i = 0; i < 3; i++)
		fd_close(&stdio[i]);
	fd_close(&s->spec.cgroup_fd);
	return result;
}

/* One line from the probe, without its newline, into r->line. */
static int read_line(struct run *r, struct err *err)
{
	struct pollfd pfd = { r->from_probe, POLLIN, 0 };

	for (r->len = 0; r->len < sizeof(r->line) - 1;) {
		ssize_t got;
		int n = poll(&pfd, 1, left_ms(r));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_set(err, ETIMEDOUT, "no answer within the time limit");
		/* byte by byte: what follows a line stays in the pipe for the next one */
		got = read(r->from_probe, r->line + r->len, 1);
		if (got <= 0)
			return err_set(err, EPROTO, "it ended without an answer");
		if (r->line[r->len] == '\n') {
			r->line[r->len] = '\0';
			return 0;
		}
		r->len++;
	}
	return err_set(err, EPROTO, "its answer is too long");
}

static int converse(struct run *r, struct err *err)
{
	struct scene *s = &r->scene;
	int result = read_line(r, err);

	if (result < 0 || strcmp(r->line, "ready") != 0)
		return result;
	if (!s->check->canary || !s->check->canary->stimulus)
		return err_set(err, EPROTO, "it waits, but the check has no stimulus");
	result = s->check->canary->stimulus(s, err);
	if (result == 0 && fd_write_full(r->to_probe, "go\n", 3) < 0)
		return err_set(err, EPIPE, "it ended before the stimulus");
	return result < 0 ? result : read_line(r, err);
}

/* What the probe did, seen from outside. */
static void ask_witness(struct scene *s, struct arm_answer *ret)
{
	struct err err;
	int seen;

	if (!s->check->canary || !s->check->canary->witness) {
		set_broken(ret, "the probe acted", "the check has no witness");
		return;
	}
	seen = s->check->canary->witness(s, &err);
	if (seen < 0) {
		set_broken(ret, "witness", err.text);
		return;
	}
	ret->kind = seen ? ANSWER_REACHED : ANSWER_BLOCKED;
	ret->outcome = seen ? 0 : UNCHANGED;
	ret->proven = seen;
}

static void judge(struct run *r, struct arm_answer *ret)
{
	struct scene *s = &r->scene;
	struct err err = { 0 };
	bool acted;

	if (converse(r, &err) < 0)
		return set_broken(ret, "probe", err.text);
	answer_parse(r->line, s->token, s->check->effect, ret, &acted);
	if (acted)
		ask_witness(s, ret);
}

/* All that the program writes until it ends, as much as there is room for. */
static void watch(struct run *r, char *text, struct arm_answer *ret)
{
	struct pollfd pfd = { r->from_probe, POLLIN, 0 };
	size_t len = 0;
	ssize_t got;

	*ret = (struct arm_answer){ .kind = ANSWER_REACHED };
	for (;;) {
		int n = poll(&pfd, 1, left_ms(r));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return set_broken(ret, "probe", "no end within the time limit");
		got = read(r->from_probe, text + len, ARM_VIEW_MAX - 1 - len);
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
		return set_broken(ret, "network", err.text);
	if (s->check->canary && s->check->canary->plant && s->check->canary->plant(s, &err) < 0)
		return set_broken(ret, "canary", err.text);
	if (prepare_leaf(s, &err) < 0)
		return set_broken(ret, "container", err.text);
	prepare_spec(s);
	if (start(r, &err) < 0)
		return set_broken(ret, "container", err.text);
	if (text)
		watch(r, text, ret);
	else
		judge(r, ret);
	if (ret->kind != ANSWER_BROKEN &&
	    container_wait(&r->container, WAIT_FOR_END_MS, &status, &err) < 0)
		set_broken(ret, "probe", err.text);
}

static void clean_up(struct run *r)
{
	struct scene *s = &r->scene;

	container_done(&r->container);
	fd_close(&r->to_probe);
	fd_close(&r->from_probe);
	for (int i = 0; i < 3; i++)
		fd_close(&s->spec.stdio[i]);
	fd_close(&s->spec.cgroup_fd);
	if (s->check->canary && s->check->canary->remove)
		s->check->canary->remove(s);
	for (size_t i = 0; i < SCENE_FDS_MAX; i++)
		fd_close(&s->fds[i]);
	if (s->guards & GUARD(LEAF))
		cgroup_leaf_remove(s->ground->cgroup_dir, s->leaf);
}

/* `text`: where what the program writes goes; NULL: it answers. */
static void run_arm(struct ground *ground, const struct arm *arm, int timeout_ms, char *text,
		    struct arm_answer *ret)
{
	struct run r = {
		.scene = { .ground = ground,
			   .check = arm->check,
			   .guards = arm->guards,
			   .spec = CONTAINER_SPEC_INIT,
			   .fds = { -1, -1, -1, -1 } },
		.container = CONTAINER_INIT,
		.to_probe = -1,
		.from_probe = -1,
		.deadline_ms = clock_ms() + timeout_ms,
	};
	char random[9];

	random_hex(16, r.scene.token);
	random_hex(4, random);
	snprintf(r.scene.name, sizeof(r.scene.name), "ns%s", random);
	snprintf(r.scene.leaf, sizeof(r.scene.leaf), "arm-%s", random);
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
