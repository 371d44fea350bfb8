// SPDX-License-Identifier: MIT
/* Scenarios on a disposable host: see scenario.h. */
#include "scenario.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

static int fresh_proc(struct err *err)
{
	if (mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) < 0)
		return err_sys(err, "make mounts private");
	if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
		return err_sys(err, "mount proc");
	return 0;
}

/* Runs a scenario as PID 1 and sends its err through the pipe; never returns. */
static __attribute__((noreturn)) void be_host(scenario_fn *scenario, int out)
{
	struct err err = { 0 };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (fresh_proc(&err) == 0)
		scenario(&err);
	_exit(fd_write_full(out, &err, sizeof(err)) < 0);
}

static __attribute__((noreturn)) void make_host(scenario_fn *scenario, int out)
{
	struct err err = { 0 };
	pid_t pid;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (unshare(CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID) < 0) {
		err_sys(&err, "unshare");
		_exit(fd_write_full(out, &err, sizeof(err)) < 0);
	}
	pid = fork();
	if (pid == 0)
		be_host(scenario, out);
	close(out);
	_exit(pid < 0 || waitpid(pid, NULL, 0) != pid);
}

int scenario_run(scenario_fn *scenario, struct err *err)
{
	struct pollfd p = { .events = POLLIN };
	struct err answer = { 0 };
	int ends[2], status = 0;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(err, "pipe");
	pid = fork();
	if (pid == 0)
		make_host(scenario, ends[1]);
	close(ends[1]);
	p.fd = ends[0];
	if (pid < 0 || poll(&p, 1, SCENARIO_MS) <= 0)
		err_set(&answer, ETIMEDOUT, "the scenario did not end");
	else if (fd_read_full(ends[0], &answer, sizeof(answer)) != (ssize_t)sizeof(answer))
		err_set(&answer, ECHILD, "the scenario ended without an answer");
	close(ends[0]);
	if (pid > 0) {
		kill(pid, answer.num == ETIMEDOUT ? SIGKILL : 0);
		waitpid(pid, &status, 0);
	}
	if (answer.num == 0 && status != 0)
		err_set(&answer, ECHILD, "the host ended with status %#x", (unsigned int)status);
	if (answer.num)
		*err = answer;
	return -answer.num;
}

int scenario_expect(int got, int want, struct err *err, const char *text)
{
	if (got == want && (want == 0 || strstr(err->text, text))) {
		*err = (struct err){ 0 };
		return 0;
	}
	return err_set(err, EPROTO, "got %d, not %d with '%s': %.200s", got, want, text,
		       strdupa(err->text));
}

int scenario_file_has(const char *path, const char *part, struct err *err)
{
	AUTO_TEXT struct text t = { 0 };
	int r = file_read(AT_FDCWD, path, 65536, &t);

	if (r < 0)
		return err_set(err, -r, "read %s", path);
	return strstr(t.str, part) ? 0 : err_set(err, EPROTO, "%s lacks '%s'", path, part);
}

int scenario_only_loopback(struct err *err)
{
	struct if_nameindex *links = if_nameindex();
	bool alone = links && links[0].if_index && !links[1].if_index;

	if (links)
		if_freenameindex(links);
	return alone ? 0 : err_set(err, EPROTO, "links are left");
}
