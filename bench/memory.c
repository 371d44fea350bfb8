// SPDX-License-Identifier: MIT
/*
 * Memory, in bytes: what the harness takes at its peak, what the init of a container takes, and what a
 * live container costs the machine. There is no floor: memory does not drift with the clock, so two
 * runs can be compared without.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "bench/container.h"
#include "bench/live.h"
#include "bench/teardown.h"
#include "bench/themes.h"
#include "kernel/sys.h"

enum { PROGRAM_MS = 30000, CROWD = 100, NOT_FOUND = 127 };
enum { SETTLE_NS = 50000000, SETTLE_STEPS = 40, SETTLED_BYTES = 64 * 1024 };

static const char *const sleep_argv[] = { "sleep", "sleep", "bench", NULL };

struct state {
	const struct bench_env *env;
	const char *argv[8]; /* of the program whose peak is asked for */
	char image[40];      /* its path as the program finds it */
	int program;         /* descriptor of what is executed */
	int self;            /* this program; -1: not opened */
	struct container_spec spec;
};

static void close_state(void *state)
{
	struct state *s = state;

	fd_close(&s->self);
	free(s);
}

static struct state *new_state(const struct bench_env *env, struct err *err)
{
	struct state *s = calloc(1, sizeof(*s));

	if (!s) {
		err_set(err, ENOMEM, "out of memory");
		return NULL;
	}
	s->env = env;
	s->self = -1;
	bench_fill_spec(env, bench_six, &s->spec);
	return s;
}

static _Noreturn void execute(const struct state *s)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* the one descriptor that it gets: the image */
	if (null < 0 || (s->env->image_fd >= 0 && fcntl(s->env->image_fd, F_SETFD, 0) < 0))
		_exit(NOT_FOUND);
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	execveat(s->program, "", (char *const *)s->argv, environ, AT_EMPTY_PATH);
	_exit(NOT_FOUND);
}

/*
 * Runs the program to its end. getrusage(2), ru_maxrss: the largest of its processes; what the child
 * had of ours before it executed the program counts too, so see check_method().
 */
static int run_program(const struct state *s, double *ret_bytes, struct err *err)
{
	struct rusage usage;
	int status, ready, pidfd = -1;
	pid_t pid = sys_clone3(0, SIGCHLD, -1, &pidfd);
	struct pollfd pfd = { .fd = pidfd, .events = POLLIN };

	if (pid == 0)
		execute(s);
	if (pid < 0)
		return err_sys(err, "clone3");
	ready = poll(&pfd, 1, PROGRAM_MS);
	if (ready != 1)
		kill(pid, SIGKILL);
	while (wait4(pid, &status, 0, &usage) < 0 && errno == EINTR)
		;
	fd_close(&pidfd);
	if (ready != 1)
		return err_set(err, ETIMEDOUT, "%s %s did not end", s->argv[0], s->argv[1]);
	if (status)
		return err_set(err, ECHILD, "%s %s ended with status 0x%x: run it by itself",
			       s->argv[0], s->argv[1], (unsigned int)status);
	*ret_bytes = (double)usage.ru_maxrss * 1024;
	return 0;
}

static int sample_program(void *state, struct bench_sample *ret, struct err *err)
{
	return run_program(state, &ret->value, err);
}

/* A program that takes next to nothing must look smaller than ours, or we would measure ourselves. */
static int check_method(struct state *s, struct err *err)
{
	static const char *const idle[] = { "idle", "idle", NULL };
	struct state small = *s;
	double ours, least;

	memcpy(small.argv, idle, sizeof(idle));
	small.program = s->env->idle_fd;
	if (run_program(&small, &least, err) < 0 || run_program(s, &ours, err) < 0)
		return -err->num;
	return least < ours ? 0
			    : err_set(err, EOPNOTSUPP,
				      "the process that measures is as large as what it measures");
}

static int open_program(const struct bench_env *env, const struct scenario *row, void **ret,
			struct err *err)
{
	const char *const *words = row->arg;
	struct state *s;
	int r = 0;

	if (env->image_fd < 0)
		return err_set(err, EOPNOTSUPP,
			       "the image came from a pipe: it can't be read again");
	s = new_state(env, err);
	if (!s)
		return -err->num;
	snprintf(s->image, sizeof(s->image), "/proc/self/fd/%d", env->image_fd);
	for (size_t i = 0; words[i]; i++)
		s->argv[i] = strcmp(words[i], "IMAGE") ? words[i] : s->image;
	s->self = s->program = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	r = s->self < 0 ? err_sys(err, "/proc/self/exe") : check_method(s, err);
	if (r < 0) {
		close_state(s);
		return r;
	}
	*ret = s;
	return 0;
}

/* Adds the lines "KEY: NUMBER kB" of a file of proc(5), in bytes. */
static int read_amounts(const char *path, const char *const *keys, double *ret, struct err *err)
{
	AUTO_TEXT struct text text = { 0 };
	int r = file_read(AT_FDCWD, path, 65536, &text);
	double sum = 0;

	if (r < 0)
		return err_set(err, -r, "%s: %s", path, strerror(-r));
	for (; *keys; keys++) {
		const char *line = strstr(text.str, *keys);

		if (!line)
			return err_set(err, EPROTO, "%s does not tell %s", path, *keys + 1);
		sum += strtod(line + strlen(*keys), NULL) * 1024;
	}
	*ret = sum;
	return 0;
}

static int open_init(const struct bench_env *env, const struct scenario *row, void **ret,
		     struct err *err)
{
	struct state *s = new_state(env, err);

	(void)row;
	if (!s)
		return -err->num;
	s->spec.init = true;
	s->spec.argv = sleep_argv;
	*ret = s;
	return 0;
}

/* The init is no program of its own but a copy of its creator, and has of it what it touches. */
static int sample_init(void *state, struct bench_sample *ret, struct err *err)
{
	static const char *const keys[] = { "\nVmHWM:", NULL };
	const struct state *s = state;
	AUTO_CONTAINER struct container c = CONTAINER_INIT;
	char path[48];

	if (container_start(&c, &s->spec, BENCH_START_MS, err) < 0)
		return -err->num;
	snprintf(path, sizeof(path), "/proc/%d/status", c.pid);
	return read_amounts(path, keys, &ret->value, err);
}

static int open_crowd(const struct bench_env *env, const struct scenario *row, void **ret,
		      struct err *err)
{
	struct state *s;

	(void)row;
	if (teardown_await_all(err) < 0) {
		err->num = EOPNOTSUPP;
		return -EOPNOTSUPP;
	}
	s = new_state(env, err);
	if (!s)
		return -err->num;
	*ret = s;
	return 0;
}

/*
 * What the kernel has for processes and namespaces: /proc/meminfo, proc(5). Not in it are caches, which
 * come and go with files, and what other programs have.
 */
static int read_kernel(double *ret, struct err *err)
{
	static const char *const keys[] = { "\nSUnreclaim:", "\nKernelStack:", "\nPageTables:",
					    "\nPercpu:", NULL };

	return read_amounts("/proc/meminfo", keys, ret, err);
}

/* What the programs of a crowd have, each its part of what they share. */
static int read_programs(const struct live *l, double *ret, struct err *err)
{
	static const char *const keys[] = { "\nPss:", NULL };

	*ret = 0;
	for (size_t i = 0; i < l->count; i++) {
		char path[48];
		double bytes = 0;

		snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", l->containers[i].pid);
		if (read_amounts(path, keys, &bytes, err) < 0)
			return -err->num;
		*ret += bytes;
	}
	return 0;
}

/* The kernel gives back what has ended a little later, also when it counts it no more. */
static int read_settled(double *ret, struct err *err)
{
	static const struct timespec pause = { .tv_nsec = SETTLE_NS };
	double last, now = 0;
	int r = teardown_await_all(err);

	r = r < 0 ? r : read_kernel(&now, err);
	last = now + SETTLED_BYTES;
	for (int i = 0; r == 0 && i < SETTLE_STEPS && last - now >= SETTLED_BYTES; i++) {
		nanosleep(&pause, NULL);
		last = now;
		r = read_kernel(&now, err);
	}
	if (r == 0)
		*ret = now;
	return r;
}

static int read_crowded(const struct state *s, double *ret_kernel, double *ret_programs,
			struct err *err)
{
	struct live live = { 0 };
	int r = live_start(s->env, CROWD, &live, err);

	r = r < 0 ? r : read_kernel(ret_kernel, err);
	r = r < 0 ? r : read_programs(&live, ret_programs, err);
	r = r < 0 ? r : live_check(&live, err);
	live_end(&live);
	return r;
}

/* Against the mean of before and after, so that what others take or give meanwhile counts for half. */
static int sample_crowd(void *state, struct bench_sample *ret, struct err *err)
{
	double before, crowded, programs, after;
	int r = read_settled(&before, err);

	r = r < 0 ? r : read_crowded(state, &crowded, &programs, err);
	r = r < 0 ? r : read_settled(&after, err);
	if (r < 0)
		return r;
	ret->value = (crowded - (before + after) / 2 + programs) / CROWD;
	return ret->value > 0
		       ? 0
		       : err_set(err, EBUSY,
				 "others gave back more memory than %d containers take: measure "
				 "when they are quiet",
				 CROWD);
}

static void close_crowd(void *state)
{
	struct err ignored;

	teardown_await_all(&ignored);
	close_state(state);
}

static const char *const check_words[] = { "nsproof", "check", "--image", "IMAGE", "pid/*", NULL };
static const char *const run_words[] = { "nsproof", "run", "IMAGE", "/bin/true", NULL };

static const struct scenario rows[] = {
	{
		.name = "memory/harness",
		.about = "peak resident set of nsproof check, the suite pid, image and all",
		.open = open_program,
		.sample = sample_program,
		.close = close_state,
		.unit = "bytes",
		.arg = check_words,
	},
	{
		.name = "memory/run",
		.about = "peak resident set of nsproof run of an image",
		.open = open_program,
		.sample = sample_program,
		.close = close_state,
		.unit = "bytes",
		.arg = run_words,
	},
	{
		.name = "memory/init",
		.about = "peak resident set of a container's init",
		.open = open_init,
		.sample = sample_init,
		.close = close_state,
		.unit = "bytes",
	},
	{
		.name = "memory/container",
		.about = "what one of 100 live containers takes of the machine's memory",
		.open = open_crowd,
		.sample = sample_crowd,
		.close = close_crowd,
		.unit = "bytes",
		.slow = true,
	},
};

SCENARIO_THEME(memory, rows);
