// SPDX-License-Identifier: MIT
/*
 * Several starters at once. They are forked and ready before the sample begins, which is when all of
 * them are let go together; it ends when the last of them is reaped.
 */
#include "base/child.h"
#include "bench/scale.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "bench/container.h"

enum { STARTERS_MAX = 8, EACH = 8 };

struct state {
	const struct bench_env *env;
	struct container_spec spec;
	long count;
	struct err *failures; /* one for each starter, on shared pages */
};

typedef int take_fn(const struct bench_env *env, const struct container_spec *spec,
		    struct bench_sample *ret, struct err *err);

/* The descriptors of a sample: each starter says a byte when it is ready; all wait for an end of file. */
struct barrier {
	int ready[2], go[2];
};

static void barrier_done(struct barrier *b)
{
	for (int i = 0; i < 2; i++) {
		fd_close(&b->ready[i]);
		fd_close(&b->go[i]);
	}
}

static _Noreturn void start_some(const struct state *s, struct barrier *b, take_fn *take,
				 struct err *err)
{
	struct bench_sample ignored;
	char byte = 0;
	int r = 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	fd_close(&b->go[1]);
	if (write(b->ready[1], "r", 1) != 1 || read(b->go[0], &byte, 1) != 0)
		_exit(err_set(err, EPIPE, "a starter was not let go") != 0);
	for (int i = 0; i < EACH && r == 0; i++)
		r = take(s->env, &s->spec, &ignored, err);
	_exit(r < 0);
}

static int reap(pid_t pid, const struct err *failure, struct err *err)
{
	int status = child_reap(pid);

	if (failure->num)
		*err = *failure;
	else if (status)
		err_set(err, ECHILD, "a starter died");
	else
		return 0;
	return -err->num;
}

/* All of them have said that they are ready. */
static int await_ready(struct barrier *b, long count, struct err *err)
{
	char byte;

	fd_close(&b->ready[1]);
	for (long i = 0; i < count; i++)
		if (read(b->ready[0], &byte, 1) != 1)
			return err_set(err, ECHILD, "a starter does not get ready");
	return 0;
}

static int sample(const struct state *s, take_fn *take, struct bench_sample *ret, struct err *err)
{
	__attribute__((cleanup(barrier_done))) struct barrier b = { { -1, -1 }, { -1, -1 } };
	pid_t pids[STARTERS_MAX];
	struct err ignored;
	int64_t start;
	long count = 0;
	int r = 0;

	if (pipe2(b.ready, O_CLOEXEC) < 0 || pipe2(b.go, O_CLOEXEC) < 0)
		return err_sys(err, "pipe");
	for (; count < s->count && r == 0; count += r == 0) {
		s->failures[count].num = 0;
		pids[count] = fork();
		if (pids[count] == 0)
			start_some(s, &b, take, &s->failures[count]);
		r = pids[count] < 0 ? err_sys(err, "fork") : 0;
	}
	r = r < 0 ? r : await_ready(&b, count, err);
	start = s->env->now();
	fd_close(&b.go[1]);
	for (long i = 0; i < count; i++) {
		int one = reap(pids[i], &s->failures[i], r < 0 ? &ignored : err);

		r = r < 0 ? r : one;
	}
	ret->value = bench_since(s->env, start);
	return r;
}

int parallel_sample(void *state, struct bench_sample *ret, struct err *err)
{
	return sample(state, bench_take_container, ret, err);
}

int parallel_floor(void *state, struct bench_sample *ret, struct err *err)
{
	return sample(state, bench_take_floor, ret, err);
}

void parallel_work(void *state, double *ret_bytes, double *ret_files, double *ret_items)
{
	const struct state *s = state;

	*ret_bytes = *ret_files = 0;
	*ret_items = (double)(s->count * EACH);
}

int parallel_open(const struct bench_env *env, const struct scenario *row, void **ret,
		  struct err *err)
{
	struct state *s = calloc(1, sizeof(*s));
	void *page;

	if (!s)
		return err_set(err, ENOMEM, "out of memory");
	page = mmap(NULL, STARTERS_MAX * sizeof(*s->failures), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED) {
		free(s);
		return err_sys(err, "mmap");
	}
	s->env = env;
	s->count = row->number;
	s->failures = page;
	bench_fill_spec(env, bench_six, &s->spec);
	*ret = s;
	return 0;
}

void parallel_close(void *state)
{
	struct state *s = state;

	munmap(s->failures, STARTERS_MAX * sizeof(*s->failures));
	free(s);
}
