// SPDX-License-Identifier: MIT
/* Processes: can the container name, see or signal one of the host? pid_namespaces(7) */
#include <ctype.h>
#include <dirent.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>

#include "process.h"

pid_t arg_pid(void)
{
	pid_t pid = (pid_t)arg_int("pid", 1, INT_MAX);

	if (pid == getpid())
		die("the canary's number is also the probe's own: nothing can be told");
	return pid;
}

struct answer by_effect(long result, const char *call)
{
	if (result < 0)
		return blocked_errno(errno, "%s", call);
	return reached(NO_TOKEN, "%s works", call);
}

/*
 * The token of the canary process, from a command line "NAME sleep TOKEN" with NULs between the
 * words; NULL when it is another process.
 */
static const char *canary_token(const char *cmdline, size_t len, const char *name)
{
	const char *word = cmdline, *end = cmdline + len;

	if (strcmp(word, name) != 0)
		return NULL;
	for (int i = 0; i < 2; i++) {
		word += strlen(word) + 1;
		if (word >= end)
			return NULL;
	}
	return word;
}

PROBE(pid_kill_0, "sends signal 0 to the canary process")
{
	pid_t pid = arg_pid();

	MUST(kill(getpid(), 0));
	if (kill(pid, 0))
		return blocked_errno(errno, "kill(pid, 0)");
	return reached(NO_TOKEN, "kill(pid, 0) is allowed");
}

PROBE(pid_pidfd_open, "opens a pidfd of the canary process")
{
	pid_t pid = arg_pid();
	AUTO_CLOSE int fd = -1;

	fd = (int)MUST(syscall(SYS_pidfd_open, getpid(), 0));
	close(fd);
	fd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (fd < 0)
		return blocked_errno(errno, "pidfd_open(pid)");
	return reached(NO_TOKEN, "pidfd_open(pid) gives a descriptor");
}

PROBE(pid_getppid_zero, "looks whether it is PID 1 without a parent")
{
	if (getpid() == 1 && getppid() == 0)
		return reached(NO_TOKEN, "getpid() is 1 and getppid() is 0");
	return blocked("absent", getpid() == 1 ? "there is a parent" : "getpid() is not 1");
}

PROBE(pid_host_process_in_proc, "looks for the canary's command line in every /proc/PID")
{
	const char *name = arg_str("name");
	AUTO_FREE char *own = read_all("/proc/self/cmdline", NULL);
	const struct dirent *entry;
	DIR *proc;

	if (!own || !*own)
		return failed("/proc/self/cmdline cannot be read");
	proc = opendir("/proc");
	if (!proc)
		return failed("/proc: %s", strerror(errno));
	while ((entry = readdir(proc))) {
		char path[300];
		AUTO_FREE char *cmdline = NULL;
		const char *token;
		size_t len;

		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		snprintf(path, sizeof(path), "/proc/%s/cmdline", entry->d_name);
		cmdline = read_all(path, &len);
		token = cmdline ? canary_token(cmdline, len, name) : NULL;
		if (token) {
			closedir(proc);
			return reached(token, "its command line stands in /proc");
		}
	}
	closedir(proc);
	return blocked("absent", "no process in /proc has its command line");
}

PROBE(pid_host_cmdline, "reads /proc/PID/cmdline of the canary process")
{
	long long pid = arg_int("pid", 1, INT_MAX);
	const char *name = arg_str("name"), *token;
	AUTO_FREE char *cmdline = NULL;
	char path[64];
	size_t len;

	snprintf(path, sizeof(path), "/proc/%lld/cmdline", pid);
	cmdline = read_all(path, &len);
	if (!cmdline)
		return blocked_errno(errno, "reading /proc/PID/cmdline");
	token = canary_token(cmdline, len, name);
	if (!token)
		return blocked("absent", "/proc/PID/cmdline is of another process");
	return reached(token, "read /proc/PID/cmdline");
}
