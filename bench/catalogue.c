// SPDX-License-Identifier: MIT
/*
 * The harness itself: how many checks it does in a second. A sample is the whole program, `nsproof
 * check` on the root that the other scenarios use, until it has ended; it counts only when every check
 * passed or was skipped. There is no floor: nothing shorter answers the same questions. So stored runs
 * can only be compared when nothing changed (see compare.h); two builds are compared by interleaving.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "bench/themes.h"

enum { CHECK_MS = 50000, OUTPUT_MAX = 64 << 20, NOTHING_RUN = 4, NOT_FOUND = 127 };

struct state {
	const struct bench_env *env;
	const char *const *words; /* which checks; NULL-terminated */
	size_t checks;            /* that each sample has to do */
};

static void close_state(void *state)
{
	free(state);
}

static _Noreturn void execute(const struct state *s, int output)
{
	const char *argv[16] = {
		"nsproof", "check", "--format", "json", "--image", s->env->rootfs
	};
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	size_t count = 6;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (const char *const *word = s->words; *word && count + 1 < ARRAY_SIZE(argv); word++)
		argv[count++] = *word;
	dup2(null, STDIN_FILENO);
	dup2(output, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	execv("/proc/self/exe", (char *const *)argv);
	_exit(NOT_FOUND);
}

static int await(pid_t pid, int *ret_status, struct err *err)
{
	bool late = !child_ends(pid, CHECK_MS);

	if (late)
		kill(pid, SIGKILL);
	*ret_status = child_reap(pid);
	return late ? err_set(err, ETIMEDOUT, "the checks did not end in %d s", CHECK_MS / 1000)
		    : 0;
}

/* Each check of the report says once why its verdict is what it is: results/schema.json. */
static int count_checks(int output, size_t *ret, struct err *err)
{
	AUTO_TEXT struct text text = { 0 };
	int r = lseek(output, 0, SEEK_SET) < 0 ? -errno : fd_read_text(output, OUTPUT_MAX, &text);

	if (r < 0)
		return err_set(err, -r, "reading the report of the checks: %s", strerror(-r));
	*ret = 0;
	for (const char *at = text.str; at && (at = strstr(at, "\"verdict\": ")); at++)
		++*ret;
	return 0;
}

/* Runs the program, and says how long it took and how many checks it did. */
static int run_checks(const struct state *s, double *ret_ns, size_t *ret_checks, struct err *err)
{
	AUTO_CLOSE int output = memfd_create("report", MFD_CLOEXEC);
	int64_t start = s->env->now();
	int r, status = 0;
	pid_t pid;

	if (output < 0)
		return err_sys(err, "memfd_create");
	pid = fork();
	if (pid == 0)
		execute(s, output);
	if (pid < 0)
		return err_sys(err, "fork");
	r = await(pid, &status, err);
	*ret_ns = bench_since(s->env, start);
	if (r < 0)
		return r;
	if (WIFEXITED(status) && WEXITSTATUS(status) == NOTHING_RUN)
		return err_set(err, EOPNOTSUPP, "all checks are skipped here");
	if (status)
		return err_set(err, ECHILD,
			       "nsproof check ended with status 0x%x: run it by itself",
			       (unsigned int)status);
	return count_checks(output, ret_checks, err);
}

static int open_state(const struct bench_env *env, const struct scenario *row, void **ret,
		      struct err *err)
{
	struct state *s = calloc(1, sizeof(*s));
	double ns;
	int r;

	if (!s)
		return err_set(err, ENOMEM, "out of memory");
	*s = (struct state){ .env = env, .words = row->arg };
	r = run_checks(s, &ns, &s->checks, err);
	if (r == 0 && s->checks == 0)
		r = err_set(err, EBADMSG, "the report of the checks shows none");
	if (r < 0)
		close_state(s);
	else
		*ret = s;
	return r;
}

static int sample_checks(void *state, struct bench_sample *ret, struct err *err)
{
	struct state *s = state;
	size_t checks;
	int r = run_checks(s, &ret->value, &checks, err);

	if (r == 0 && checks != s->checks)
		return err_set(err, EBADMSG, "%zu checks were done, not %zu", checks, s->checks);
	return r;
}

static void work_checks(void *state, double *ret_bytes, double *ret_files, double *ret_items)
{
	const struct state *s = state;

	(void)ret_bytes;
	(void)ret_files;
	*ret_items = (double)s->checks;
}

static const char *const all[] = { NULL };
static const char *const few[] = { "uts/*", "time/*", "key/*", NULL };

static const struct scenario rows[] = {
	{
		.name = "check/suites",
		.wide = true,
		.about = "the whole program on three suites of checks: uts, time and key",
		.open = open_state,
		.sample = sample_checks,
		.close = close_state,
		.work = work_checks,
		.arg = few,
	},
	{
		.name = "check/catalogue",
		.wide = true,
		.about = "the whole program on every check that there is",
		.open = open_state,
		.sample = sample_checks,
		.close = close_state,
		.work = work_checks,
		.slow = true,
		.arg = all,
	},
};

SCENARIO_THEME(check, rows);
