// SPDX-License-Identifier: MIT
/*
 * The host is untouched: after a run, after a run that SIGINT ended, and within two seconds after
 * runs whose main process was killed at a random moment. The machine is compared as a whole (see
 * snapshot.h). What is different all the time counts; what comes and goes meanwhile is somebody
 * else's. Processes are counted exactly: every orphan of a run becomes a child of this program.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "snapshot.h"

enum {
	SKIPPED = 77,
	SETTLE_MS = 2000,
	RUN_MS = 60000,
	POLL_MS = 10,
	START_MS = 200,
	RUNS_MAX = 1000
};

#define MQUEUE "/run/mqueue"

/* Of our own mount namespace: what other programs leave there meanwhile does not count. */
static const char *const temporary[] = { "/tmp", "/dev/shm", "/run", NULL };

struct host {
	int program, image; /* opened before /tmp is covered */
	struct snapshot before;
	pid_t runs[RUNS_MAX]; /* of all runs so far */
	size_t run_count;
	int64_t run_ms, slowest_ms;
	int failed;
};

static void pause_us(int64_t us)
{
	struct timespec ts = { us / 1000000, us % 1000000 * 1000 };

	nanosleep(&ts, NULL);
}

/* What is run; IMAGE stands for the image. */
#define IMAGE "IMAGE"

static const char *const check_words[] = { "check", "--image", IMAGE, NULL };
static const char *const nat_words[] = { "check", "--image", IMAGE, "net/nat-out", NULL };
static const char *const run_words[] = {
	"run", "--net", "veth", IMAGE, "--", "sleep", "1000", NULL
};
static const char *const walk_words[] = { "walk", IMAGE, NULL };

/* Starts nsproof with its standard output in *ret_out. */
static pid_t start_run(struct host *h, const char *const *words, int *ret_out)
{
	const char *argv[12] = { "nsproof" };
	char image[32];
	int ends[2];
	pid_t pid;

	snprintf(image, sizeof(image), "/proc/self/fd/%d", h->image);
	for (size_t i = 0; words[i]; i++)
		argv[i + 1] = strcmp(words[i], IMAGE) ? words[i] : image;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR | O_CLOEXEC);

		dup2(null, STDIN_FILENO);
		dup2(ends[1], STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		execveat(h->program, "", (char *const *)argv, environ, AT_EMPTY_PATH);
		_exit(127);
	}
	close(ends[1]);
	*ret_out = ends[0];
	if (pid > 0 && h->run_count < RUNS_MAX)
		h->runs[h->run_count++] = pid;
	return pid;
}

/* Reads its output to the end and reaps it; a run that hangs is killed. Its wait status. */
static int finish_run(pid_t pid, int out, struct text *ret)
{
	struct pollfd pfd = { out, POLLIN, 0 };
	int64_t deadline = clock_ms() + RUN_MS;
	char buf[4096];
	int status = -1;
	ssize_t got = 1;

	while (got > 0 && clock_ms() < deadline &&
	       poll(&pfd, 1, (int)(deadline - clock_ms())) > 0) {
		got = read(out, buf, sizeof(buf));
		if (got > 0)
			text_addn(ret, buf, (size_t)got);
	}
	if (got != 0)
		kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return status;
}

/* True when no process of a run is left; reaps those that ended. */
static bool processes_gone(void)
{
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG | __WALL)) > 0)
		;
	return pid < 0 && errno == ECHILD;
}

static void print_lines(const char *what, const struct snapshot *s)
{
	for (size_t i = 0; i < s->count; i++)
		printf("#   %s: %s\n", what, s->lines[i]);
}

/* Names what is left, and ends it. */
static void end_processes(void)
{
	AUTO_TEXT struct text text = { 0 };
	char *rest, *word;

	file_read(AT_FDCWD, "/proc/thread-self/children", 65536, &text);
	printf("#   processes are left: %s\n", text.str ? text.str : "");
	rest = text.str;
	while (rest && (word = strsep(&rest, " ")))
		if (*word)
			kill(atoi(word), SIGKILL);
}

/* A cgroup that somebody used since, or removed, was empty before: no loss. */
static bool is_loss(const void *arg, const char *line)
{
	(void)arg;
	return !text_starts(line, SNAPSHOT_CGROUP);
}

static bool is_key(const void *arg, const char *line)
{
	(void)arg;
	return text_starts(line, SNAPSHOT_KEY);
}

/* The directory of a run bears its pid: one of another run, by somebody else, does not count. */
static bool may_be_ours(const void *arg, const char *line)
{
	const struct host *h = arg;
	const char *name = strstr(line, "/nsproof-");
	int pid = name ? atoi(name + strlen("/nsproof-")) : 0;

	for (size_t i = 0; i < h->run_count; i++)
		if (h->runs[i] == pid)
			return true;
	return pid == 0;
}

/* Waits until everything is as before, two seconds at most; prints what is not. */
static bool is_untouched(struct host *h)
{
	int64_t start = clock_ms();
	AUTO_SNAPSHOT struct snapshot more = { 0 }, less = { 0 };
	bool gone;

	for (int i = 0;; i++) {
		AUTO_SNAPSHOT struct snapshot now = { 0 }, more_now = { 0 }, less_now = { 0 };
		int64_t waited;

		/* the machine is not looked at as long as a process is left: a look takes 50 ms */
		while (!(gone = processes_gone()) && clock_ms() - start < SETTLE_MS)
			pause_us(POLL_MS * 1000);
		snapshot_take(&now, MQUEUE, temporary);
		snapshot_minus(&now, &h->before, i ? &more_now : &more);
		snapshot_minus(&h->before, &now, i ? &less_now : &less);
		if (i) {
			snapshot_keep(&more, &more_now);
			snapshot_keep(&less, &less_now);
		}
		snapshot_filter(&more, may_be_ours, h);
		snapshot_filter(&less, is_loss, NULL);
		waited = clock_ms() - start;
		if (waited > h->slowest_ms)
			h->slowest_ms = waited;
		if (gone && !more.count && !less.count)
			return true;
		if (waited > SETTLE_MS)
			break;
		pause_us(POLL_MS * 1000);
	}
	if (!gone)
		end_processes();
	print_lines("new", &more);
	print_lines("missing", &less);
	return false;
}

static void report(struct host *h, bool good, const char *what)
{
	printf("%s %s\n", good ? "ok" : "not ok", what);
	fflush(stdout);
	if (!good)
		h->failed++;
}

static void test_complete_run(struct host *h)
{
	AUTO_TEXT struct text text = { 0 };
	int64_t start = clock_ms();
	AUTO_CLOSE int out = -1;
	pid_t pid = start_run(h, check_words, &out);
	int status = finish_run(pid, out, &text);

	h->run_ms = clock_ms() - start;
	report(h, status == 0 && text.len > 0, "a run ends with status 0");
	report(h, is_untouched(h), "the host is untouched after a run");
}

static void test_interrupted_run(struct host *h)
{
	AUTO_TEXT struct text text = { 0 };
	AUTO_CLOSE int out = -1;
	pid_t pid = start_run(h, check_words, &out);
	struct pollfd pfd = { out, POLLIN, 0 };
	int status;

	/* its first words: then it is in the middle */
	poll(&pfd, 1, RUN_MS);
	kill(pid, SIGINT);
	status = finish_run(pid, out, &text);
	report(h, WIFEXITED(status) && WEXITSTATUS(status) == 130, "SIGINT: status 130");
	report(h, text.str && strstr(text.str, " isolated, ") && strstr(text.str, "interrupted: "),
	       "SIGINT: a summary all the same");
	report(h, is_untouched(h), "SIGINT: the host is untouched");
}

/* Kills the main process of each run at a random moment before `span_ms`. */
static void test_kills(struct host *h, const char *const *words, int rounds, int64_t span_ms,
		       unsigned int *seed)
{
	int bad = 0;

	h->slowest_ms = 0;
	for (int i = 0; i < rounds; i++) {
		int64_t moment_us = rand_r(seed) % (span_ms * 1000);
		AUTO_CLOSE int out = -1;
		pid_t pid = start_run(h, words, &out);

		pause_us(moment_us);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		if (!is_untouched(h)) {
			printf("#   round %d, killed after %lld us\n", i, (long long)moment_us);
			bad++;
		}
	}
	printf("%s %s: the host is untouched within %d ms after each of %d kills (slowest %lld ms)\n",
	       bad ? "not ok" : "ok", words[0], SETTLE_MS, rounds, (long long)h->slowest_ms);
	fflush(stdout);
	h->failed += bad;
}

/* A mount namespace of our own, in which temporary directories are empty. */
static bool prepare(void)
{
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return false;
	for (size_t i = 0; temporary[i]; i++)
		if (access(temporary[i], F_OK) == 0 &&
		    mount("tmpfs", temporary[i], "tmpfs", 0, "mode=1777") < 0)
			return false;
	return mkdir(MQUEUE, 0755) == 0 && mount("mqueue", MQUEUE, "mqueue", 0, NULL) == 0 &&
	       prctl(PR_SET_CHILD_SUBREAPER, 1) == 0;
}

/* Modules of the kernel that are loaded at first use bring sysctls that stay: load them first. */
static void warm_up(struct host *h)
{
	AUTO_TEXT struct text text = { 0 };
	AUTO_CLOSE int out = -1;
	pid_t pid = start_run(h, nat_words, &out);

	finish_run(pid, out, &text);
	while (!processes_gone())
		pause_us(POLL_MS * 1000);
}

/* A test that sees nothing would always pass: here it has to see something. */
static void test_the_test(struct host *h)
{
	bool seen;

	mkdir("/tmp/left-behind", 0755);
	printf("# on purpose:\n");
	seen = !is_untouched(h);
	rmdir("/tmp/left-behind");
	report(h, seen, "what is left behind is seen");
}

/* Adds a key of a name, and counts the lines of state that come with it; the key goes at our end. */
static size_t lines_of_key(const char *name, bool *ret_made)
{
	AUTO_SNAPSHOT struct snapshot before = { 0 }, after = { 0 }, more = { 0 };

	snapshot_take(&before, MQUEUE, temporary);
	*ret_made = syscall(SYS_add_key, "user", name, "x", 1UL, KEY_SPEC_PROCESS_KEYRING) >= 0;
	snapshot_take(&after, MQUEUE, temporary);
	snapshot_minus(&after, &before, &more);
	snapshot_filter(&more, is_key, NULL);
	return more.count;
}

/* Of keys only those count that nsproof could have made; where none can be made, none is left. */
static void test_keys(struct host *h)
{
	static const struct {
		const char *name;
		size_t lines;
	} keys[] = {
		{ "ns0123abcd", 1 },   { "0123456789abcdef0123456789abcdef", 1 },
		{ "nsproof:left", 1 }, { "somebody", 0 },
		{ "ns0123abcde", 0 },
	};
	bool good = true, made = true;

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		size_t lines = lines_of_key(keys[i].name, &made);

		if (made && lines != keys[i].lines) {
			printf("#   key %s: %zu lines\n", keys[i].name, lines);
			good = false;
		}
	}
	report(h, good, "a key of ours is seen, one of somebody else is not");
}

/* usage: test_untouched NSPROOF IMAGE [ROUNDS [SEED]] */
int main(int argc, char **argv)
{
	struct host h = { 0 };
	int rounds = argc > 3 ? atoi(argv[3]) : 50;
	unsigned int seed = argc > 4 ? (unsigned int)strtoul(argv[4], NULL, 10)
				     : (unsigned int)time(NULL);

	if (geteuid() != 0)
		return SKIPPED;
	if (argc < 3)
		return 2;
	h.program = open(argv[1], O_PATH | O_CLOEXEC);
	/* inherited on purpose: it is named by its number */
	h.image = open(argv[2], O_RDONLY);
	if (h.program < 0 || h.image < 0 || !prepare()) {
		perror("cannot prepare");
		return 2;
	}
	printf("# %d rounds, seed %u\n", rounds, seed);
	warm_up(&h);
	test_keys(&h);
	snapshot_take(&h.before, MQUEUE, temporary);
	printf("# %zu lines of state\n", h.before.count);
	test_the_test(&h);
	test_complete_run(&h);
	test_interrupted_run(&h);
	if (h.run_ms > 0) {
		test_kills(&h, check_words, rounds, h.run_ms, &seed);
		test_kills(&h, run_words, rounds / 5, START_MS, &seed);
		test_kills(&h, walk_words, rounds / 5, h.run_ms, &seed);
	}
	report(&h, is_untouched(&h), "the host is untouched in the end");
	snapshot_done(&h.before);
	return h.failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
