// SPDX-License-Identifier: MIT
/*
 * The optional init of a container: PID 1 that starts the command as its child, forwards signals to
 * it, reaps every orphan, and ends as the command ended. pid_namespaces(7)
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "container/setup.h"

static int exit_status(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/*
 * This PID 1 is a copy of the creator: its command line and its program file belong to the host.
 * The one is wiped, the other can't be opened through /proc/1/exe (CVE-2019-5736).
 */
static void hide_creator(void)
{
	char *start = program_invocation_name;

	if (environ && environ[0] > start)
		memset(start, 0, (size_t)(environ[0] - start));
	prctl(PR_SET_NAME, "init");
	prctl(PR_SET_DUMPABLE, 0);
}

/* Reaps what has ended; returns true when the command is among it. */
static bool reap(pid_t command, int *ret_status)
{
	bool ended = false;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG | __WALL)) > 0) {
		if (pid == command) {
			*ret_status = status;
			ended = true;
		}
	}
	return ended;
}

void init_run(int (*start)(void *arg), void *arg)
{
	sigset_t all, before;
	siginfo_t info;
	pid_t command;
	int status = 0;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	command = fork();
	if (command < 0)
		_exit(127);
	if (command == 0) {
		sigprocmask(SIG_SETMASK, &before, NULL);
		_exit(start(arg));
	}
	hide_creator();
	/* the creator takes the end of its socket for a sign that the command runs */
	close_range(3, ~0U, 0);
	for (;;) {
		int sig = sigwaitinfo(&all, &info);

		if (sig == SIGCHLD && reap(command, &status))
			_exit(exit_status(status));
		if (sig > 0 && sig != SIGCHLD)
			kill(command, sig);
	}
}
