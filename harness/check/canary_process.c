// SPDX-License-Identifier: MIT
/*
 * The canary process: the probe program asleep under a random name, with the token as an argument
 * and in its environment. It dies with the process that planted it.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "check/canary.h"

enum { START_POLLS = 20000, START_POLL_US = 50 };

/* In the child of vfork(2): system calls only. */
static _Noreturn void become_canary(const struct scene *s, char *const *argv, char *const *envp,
				    pid_t creator)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() == creator)
		execveat(s->ground->probe_fd, "", argv, envp, AT_EMPTY_PATH);
	_exit(127);
}

/*
 * vfork(2) returns when exec has dropped the old memory, a moment before the kernel notes where the
 * new one's arguments and, last of all, environment lie: until then /proc shows neither.
 */
static int await_environment(pid_t pid, struct err *err)
{
	AUTO_TEXT struct text text = { 0 };
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/environ", pid);
	for (int i = 0; i < START_POLLS; i++) {
		int r = file_read(AT_FDCWD, path, 4096, &text);

		if (r < 0)
			return err_set(err, -r, "%s of the canary cannot be read", path);
		if (text.len > 0)
			return 0;
		usleep(START_POLL_US);
	}
	return err_set(err, ETIMEDOUT, "the canary process does not start");
}

int canary_spawn(struct scene *s, struct err *err)
{
	char environment[sizeof("NSPROOF_TOKEN=") + sizeof(s->token)];
	char *const argv[] = { s->name, "sleep", s->token, NULL };
	char *const envp[] = { environment, NULL };
	pid_t creator = getpid(), pid;

	snprintf(environment, sizeof(environment), "NSPROOF_TOKEN=%s", s->token);
	pid = vfork();
	if (pid == 0)
		become_canary(s, argv, envp, creator);
	if (pid < 0)
		return err_sys(err, "vfork");
	s->pid = pid;
	scene_arg(s, "pid", "%d", pid);
	return await_environment(pid, err);
}

void canary_kill(struct scene *s)
{
	if (s->pid <= 0)
		return;
	kill(s->pid, SIGKILL);
	child_reap(s->pid);
	s->pid = 0;
}

static int plant(struct scene *s, struct err *err)
{
	scene_arg(s, "name", "%s", s->name);
	return canary_spawn(s, err);
}

const struct canary canary_process = {
	.about =
		"a sleeping process with a random name, the token in its command line and environment",
	.dies_with_us = true,
	.lasts = true,
	.plant = plant,
	.remove = canary_kill,
};
