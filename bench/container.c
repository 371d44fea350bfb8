// SPDX-License-Identifier: MIT
/*
 * Whole containers: start, execute a static program that ends at once, wait until it is gone. The
 * phases come from time stamps that creator and child write to one page (container/timeline.h).
 */
#include "bench/container.h"

#include <errno.h>
#include <poll.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "bench/floor.h"
#include "bench/themes.h"
#include "container/timeline.h"

#define SIX                                                                                        \
	(GUARD(MNT) | GUARD(PID) | GUARD(NET) | GUARD(IPC) | GUARD(UTS) | GUARD(CGROUP) |          \
	 GUARD(PRIVATE) | GUARD(ROOT) | GUARD(PIVOT) | GUARD(DETACH) | GUARD(CWD) | GUARD(PROC))

const guard_set bench_six = SIX;
static const guard_set rootless = SIX | GUARD(USER), sealed = GUARDS_SEALED & ~GUARD(LEAF);

static const char *const idle_argv[] = { "idle", "idle", NULL };
static const char *const idle_envp[] = { NULL };

struct state {
	const struct bench_env *env;
	struct container_spec spec;
};

static void close_state(void *state)
{
	struct state *s = state;

	timeline_free(s->spec.timeline);
	free(s);
}

void bench_fill_spec(const struct bench_env *env, guard_set guards, struct container_spec *ret)
{
	if (!env->spawner->has_ids)
		guards &= ~GUARD(IDS);
	*ret = (struct container_spec)CONTAINER_SPEC_INIT;
	ret->guards = guard_effective(guards);
	ret->rootfs = env->rootfs;
	ret->rootfs_shifted = env->rootfs_shifted || !(ret->guards & GUARD(IDS));
	ret->uids = ret->gids = spawner_map(env->spawner, ret->guards);
	ret->hostname = "container";
	ret->exec_fd = env->idle_fd;
	ret->argv = idle_argv;
	ret->envp = idle_envp;
}

static int open_state(const struct bench_env *env, const struct scenario *row, void **ret,
		      struct err *err)
{
	struct state *s = calloc(1, sizeof(*s));
	struct err ignored;

	if (!s)
		return err_set(err, ENOMEM, "out of memory");
	s->env = env;
	bench_fill_spec(env, *(const guard_set *)row->arg, &s->spec);
	s->spec.timeline = timeline_new(env->now, err);
	if (!s->spec.timeline) {
		free(s);
		return -err->num;
	}
	/* what the host's mounts cost is for scale/mounts to say; where it can't be had they are here */
	spawner_slim(env->spawner, &ignored);
	*ret = s;
	return 0;
}

/* Until the program has ended: what follows is the kernel's work. */
static int await_end(const struct container *c, struct err *err)
{
	struct pollfd pfd = { c->pidfd, POLLIN, 0 };

	if (poll(&pfd, 1, BENCH_END_MS) == 1)
		return 0;
	return err_set(err, ETIMEDOUT, "the container does not end");
}

int bench_take_container(const struct bench_env *env, const struct container_spec *spec,
			 struct bench_sample *ret, struct err *err)
{
	AUTO_CONTAINER struct container c = CONTAINER_INIT;
	struct timeline *t = spec->timeline;
	int64_t start = env->now();
	int status, r;

	if (t)
		timeline_start(t);
	r = container_start(&c, spec, BENCH_START_MS, err);
	r = r < 0 ? r : await_end(&c, err);
	timeline_mark(t, PHASE_EXIT, 0);
	r = r < 0 ? r : container_wait(&c, BENCH_END_MS, &status, err);
	timeline_mark(t, PHASE_TEARDOWN, 0);
	ret->value = bench_since(env, start);
	if (r < 0)
		return r;
	for (int i = 0; t && i < PHASE_COUNT; i++)
		ret->parts[i] = (double)t->ns[i];
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		return err_set(err, ECHILD, "the program in the container ended with status 0x%x",
			       (unsigned int)status);
	return 0;
}

int bench_take_floor(const struct bench_env *env, const struct container_spec *spec,
		     struct bench_sample *ret, struct err *err)
{
	int64_t start = env->now();
	int r = floor_container(spec, err);

	ret->value = bench_since(env, start);
	return r;
}

static int sample_container(void *state, struct bench_sample *ret, struct err *err)
{
	const struct state *s = state;

	return bench_take_container(s->env, &s->spec, ret, err);
}

static int sample_floor(void *state, struct bench_sample *ret, struct err *err)
{
	const struct state *s = state;

	return bench_take_floor(s->env, &s->spec, ret, err);
}

#define ROW(name_, guards, text)                                                                   \
	{                                                                                          \
		.name = "container/" name_, .about = text, .open = open_state,                     \
		.sample = sample_container, .close = close_state, .floor = sample_floor,           \
		.parts = phase_names, .arg = &(guards),                                            \
	}

static const struct scenario rows[] = {
	ROW("six", bench_six,
	    "mnt, pid, net, ipc, uts and cgroup namespaces, own root, fresh /proc"),
	ROW("rootless", rootless, "the same in a user namespace with a single id"),
	ROW("sealed", sealed, "every guard there is, but no cgroup leaf"),
};

SCENARIO_THEME(container, rows);
