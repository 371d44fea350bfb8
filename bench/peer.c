// SPDX-License-Identifier: MIT
/* Starting, asking and ending a server of samples: see peer.h. */
#include "bench/peer.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "bench/serve.h"
#include "kernel/sys.h"

enum { END_MS = 10000, COPY_SIZE = 1 << 18 };

/* what 'nsproof' ends with, of its exit statuses, when it does not know the scenario */
enum { NOTHING = 4, USAGE = 2 };

int peer_greeting(const char *line, char *ret, struct err *err)
{
	if (text_starts(line, SERVE_SKIPPED))
		return err_set(err, EOPNOTSUPP, "%s", line + strlen(SERVE_SKIPPED));
	if (text_starts(line, SERVE_ERROR))
		return err_set(err, ECANCELED, "%s", line + strlen(SERVE_ERROR));
	if (!text_starts(line, SERVE_READY))
		return err_set(err, EPROTO, "it does not say that it is ready but '%s'", line);
	snprintf(ret, 16, "%s", line + strlen(SERVE_READY));
	return 0;
}

int peer_answer(const char *line, double *ret, struct err *err)
{
	char *end;
	double value;

	if (text_starts(line, SERVE_ERROR))
		return err_set(err, ECANCELED, "%s", line + strlen(SERVE_ERROR));
	value = strtod(line, &end);
	if (end == line || *end || !isfinite(value) || value < 0)
		return err_set(err, EPROTO, "'%s' is no sample", line);
	*ret = value;
	return 0;
}

/*
 * A copy of the program in memory: the same program in two files was seen to differ by up to 5 %, and
 * two fresh copies were not.
 */
static int copy_program(const char *path, struct err *err)
{
	AUTO_CLOSE int from = open(path, O_RDONLY | O_CLOEXEC);
	AUTO_CLOSE int to = memfd_create("nsproof", MFD_CLOEXEC | MFD_EXEC);
	AUTO_FREE char *buf = malloc(COPY_SIZE);
	ssize_t got;

	if (from < 0)
		return err_sys(err, "cannot be opened");
	if (to < 0) /* before Linux 6.3 every memfd could be executed */
		to = memfd_create("nsproof", MFD_CLOEXEC);
	if (to < 0 || !buf)
		return err_sys(err, "a copy of the program");
	while ((got = fd_read_full(from, buf, COPY_SIZE)) > 0)
		if (fd_write_full(to, buf, (size_t)got) < 0)
			return err_sys(err, "a copy of the program");
	if (got < 0)
		return err_sys(err, "cannot be read");
	return STEAL_FD(to);
}

static _Noreturn void run_program(const char *const *argv, int program, int talk, int complaints,
				  pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	/* the terminal's ^C is for us: we stop after the sample in hand */
	setpgid(0, 0);
	if (dup2(talk, 0) < 0 || dup2(talk, 1) < 0 || dup2(complaints, 2) < 0)
		_exit(127);
	execveat(program, "", (char *const *)argv, environ, AT_EMPTY_PATH);
	dprintf(2, "%s\n", strerror(errno));
	_exit(127);
}

static int launch(struct peer *p, struct err *err)
{
	AUTO_CLOSE int program = copy_program(p->spec->argv[0], err);
	AUTO_CLOSE int its = -1;
	int pair[2];
	pid_t self = getpid();

	if (program < 0)
		return program;
	p->complaints = memfd_create("complaints", MFD_CLOEXEC);
	if (p->complaints < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(err, "a socket for a server");
	p->talk = pair[0];
	its = pair[1];
	p->pid = fork();
	if (p->pid == 0)
		run_program(p->spec->argv, program, its, p->complaints, self);
	if (p->pid < 0) {
		p->pid = 0;
		return err_sys(err, "fork");
	}
	p->pidfd = pidfd_open(p->pid, 0);
	return p->pidfd < 0 ? err_sys(err, "pidfd_open") : 0;
}

/* Waits for more of its line. A descendant may hold the socket when it is gone: so its pidfd too. */
static int read_more(struct peer *p, int64_t deadline, struct err *err)
{
	struct pollfd fds[] = { { p->talk, POLLIN, 0 }, { p->pidfd, POLLIN, 0 } };
	int64_t left = deadline - clock_ms();
	ssize_t got = 0;

	if (left <= 0)
		return err_set(err, ETIMEDOUT, "no answer in time");
	if (p->len == sizeof(p->line))
		return err_set(err, EPROTO, "an answer without end");
	if (poll(fds, 2, (int)left) <= 0)
		return 0;
	if (fds[0].revents) {
		got = read(p->talk, p->line + p->len, sizeof(p->line) - p->len);
		if (got < 0 && errno == EINTR)
			return 0;
	}
	if (got <= 0)
		return err_set(err, ENODATA, "it ended without an answer");
	p->len += (size_t)got;
	return 0;
}

/* The next line, without its end. -ENODATA: there will be none. */
static int read_line(struct peer *p, int timeout_ms, char *ret, size_t room, struct err *err)
{
	int64_t deadline = clock_ms() + timeout_ms;
	char *end;

	while (!(end = memchr(p->line, '\n', p->len)))
		if (read_more(p, deadline, err) < 0)
			return -err->num;
	snprintf(ret, room, "%.*s", (int)(end - p->line), p->line);
	p->len -= (size_t)(end + 1 - p->line);
	memmove(p->line, end + 1, p->len);
	return 0;
}

/* The first line of its standard error, without the name that it puts in front. */
static void read_complaint(const struct peer *p, char *ret, size_t room)
{
	char raw[400], *at = raw;
	ssize_t got = pread(p->complaints, raw, sizeof(raw) - 1, 0);

	raw[got < 0 ? 0 : got] = '\0';
	at[strcspn(at, "\n")] = '\0';
	if (text_starts(at, "nsproof: "))
		at += strlen("nsproof: ");
	text_escape(ret, room, at, strlen(at));
}

static bool await_end(const struct peer *p, int timeout_ms)
{
	struct pollfd pfd = { p->pidfd, POLLIN, 0 };
	int64_t deadline = clock_ms() + timeout_ms, left;

	while ((left = deadline - clock_ms()) > 0)
		if (poll(&pfd, 1, (int)left) > 0)
			return true;
	return false;
}

/* Its status as for waitpid(2). */
static int reap(struct peer *p)
{
	int status;

	shutdown(p->talk, SHUT_WR);
	if (p->lost || p->pidfd < 0 || !await_end(p, END_MS)) {
		/* what it has started dies with it */
		kill(-p->pid, SIGKILL);
		kill(p->pid, SIGKILL);
	}
	status = child_reap(p->pid);
	p->pid = 0;
	return status;
}

/* It ended before its first line: an nsproof that has no such scenario, or something else. */
static int explain_end(struct peer *p, struct err *err)
{
	int status = reap(p);
	char complaint[300];

	read_complaint(p, complaint, sizeof(complaint));
	if (WIFSIGNALED(status))
		return err_set(err, ECHILD, "signal %d ended it before it was ready",
			       WTERMSIG(status));
	if (WEXITSTATUS(status) == NOTHING)
		return err_set(err, EOPNOTSUPP, "%s", complaint);
	if (WEXITSTATUS(status) > USAGE && WEXITSTATUS(status) < 126)
		return err_set(err, ECHILD, "%s", complaint);
	return err_set(err, EPROTO, "no nsproof that serves samples: %s",
		       *complaint ? complaint : "it says nothing");
}

/* Who is late or talks nonsense is not waited for. */
static int fail(struct peer *p, int r, struct err *err)
{
	p->lost = r == -ETIMEDOUT || r == -EPROTO;
	return err_wrap(err, "%s", p->spec->name);
}

int peer_start(struct peer *p, const struct peer_spec *spec, struct err *err)
{
	char line[sizeof(p->line)];
	int r;

	*p = (struct peer)PEER_INIT;
	p->spec = spec;
	r = launch(p, err);
	r = r < 0 ? r : read_line(p, spec->ready_ms, line, sizeof(line), err);
	if (r == -ENODATA)
		r = explain_end(p, err);
	else if (r == 0)
		r = peer_greeting(line, p->unit, err);
	if (r == 0)
		return 0;
	fail(p, r, err);
	peer_stop(p);
	return r;
}

int peer_sample(void *peer, struct bench_sample *ret, struct err *err)
{
	struct peer *p = peer;
	char line[sizeof(p->line)];
	int r;

	/* when it is gone, reading says so */
	(void)send(p->talk, "\n", 1, MSG_NOSIGNAL);
	r = read_line(p, p->spec->answer_ms, line, sizeof(line), err);
	r = r < 0 ? r : peer_answer(line, &ret->value, err);
	return r < 0 ? fail(p, r, err) : 0;
}

void peer_stop(struct peer *p)
{
	if (p->pid > 0)
		reap(p);
	fd_close(&p->pidfd);
	fd_close(&p->talk);
	fd_close(&p->complaints);
}
