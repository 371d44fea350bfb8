// SPDX-License-Identifier: MIT
/*
 * For benchmarks of whole commands: the shortest program that starts another in a container of six
 * namespaces (nsprobe floor ROOT PROGRAM ...), and what tells whether a runtime has made them
 * (nsprobe namespaces). clone(2), pivot_root(2)
 */
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "probe.h"

#define SIX                                                                                        \
	(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP)

static int enter_and_run(void *arg)
{
	char **words = arg, *none[] = { NULL };

	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	    mount(words[0], words[0], NULL, MS_BIND | MS_REC, NULL) == 0 && chdir(words[0]) == 0 &&
	    mount("proc", "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) == 0 &&
	    syscall(SYS_pivot_root, ".", ".") == 0 && umount2(".", MNT_DETACH) == 0 &&
	    chdir("/") == 0)
		execve(words[1], words + 1, none);
	_exit(127);
}

int floor_run(char **words)
{
	static char stack[16384] __attribute__((aligned(16)));
	int status;
	pid_t pid;

	if (!words[0] || !words[1])
		return 2;
	pid = clone(enter_and_run, stack + sizeof(stack), SIX | CLONE_VM | CLONE_VFORK | SIGCHLD,
		    words);
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int namespaces_print(void)
{
	static const char *const names[] = { "mnt", "pid", "net", "ipc", "uts", "cgroup" };
	char line[64] = "";

	printf("pid=%d\n", (int)getpid());
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char path[32];
		ssize_t len;

		snprintf(path, sizeof(path), "/proc/self/ns/%s", names[i]);
		len = MUST(readlink(path, line, sizeof(line) - 1));
		line[len] = '\0';
		printf("%s\n", line);
	}
	return fflush(stdout) == 0 ? 0 : 1;
}
