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

#include "base/cleanup.h"
#include "check/canary.h"

/* In the child of vfork(2): system calls only. */
static _Noreturn void become_canary(const struct scene *s, char *const *argv, char *const *envp,
				    pid_t creator)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() == creator)
		execveat(s->ground->probe_fd, "", argv, envp, AT_EMPTY_PATH);
	_exit(127);
}

int canary_spawn(struct scene *s, struct err *err)
{
	char environment[sizeof("NSPROOF_TOKEN=") + sizeof(s->token)];
	char *const argv[] = { s->name, "sleep", s->token, NULL };
	char *const envp[] = { environment, NULL };
	pid_t creator = getpid(), pid;

	snprintf(environment, sizeof(environment), "NSPROOF_TOKEN=%s", s->token);
	/* vfork: when it returns, the program and with it the command line is in place */
	pid = vfork();
	if (pid == 0)
		become_canary(s, argv, envp, creator);
	if (pid < 0)
		return err_sys(err, "vfork");
	s->pid = pid;
	scene_arg(s, "pid", "%d", pid);
	return 0;
}

void canary_kill(struct scene *s)
{
	if (s->pid <= 0)
		return;
	kill(s->pid, SIGKILL);
	while (waitpid(s->pid, NULL, 0) < 0 && errno == EINTR)
		;
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
	.plant = plant,
	.remove = canary_kill,
};
