// SPDX-License-Identifier: MIT
/*
 * Signals to a process of the host, and questions about it, by its number. Each call is first shown
 * to work on the probe itself; no signal is ever sent but 0. pid_namespaces(7)
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>

#include "process.h"

#define IOPRIO_WHO_PROCESS 1 /* ioprio_set(2): libc has no header for it */

PROBE(pid_kill_all_0, "sends signal 0 to every process but itself")
{
	MUST(kill(getpid(), 0));
	/* from PID 1 too this leaves out the caller: kill(2) */
	return by_effect(kill(-1, 0), "kill(-1, 0)");
}

PROBE(pid_kill_pgrp_0, "sends signal 0 to the canary's process group")
{
	pid_t pid = arg_pid();

	/* not by its number: of PID 1 that would mean every process */
	MUST(kill(0, 0));
	return by_effect(kill(-pid, 0), "kill(-pgid, 0)");
}

PROBE(pid_tgkill_0, "sends signal 0 to the canary's thread")
{
	pid_t pid = arg_pid();

	MUST(syscall(SYS_tgkill, getpid(), getpid(), 0));
	return by_effect(syscall(SYS_tgkill, pid, pid, 0), "tgkill(pid, pid, 0)");
}

PROBE(pid_getpgid, "asks for the canary's process group")
{
	pid_t pid = arg_pid();

	MUST(getpgid(getpid()));
	return by_effect(getpgid(pid), "getpgid(pid)");
}

PROBE(pid_getsid, "asks for the canary's session")
{
	pid_t pid = arg_pid();

	MUST(getsid(getpid()));
	return by_effect(getsid(pid), "getsid(pid)");
}

PROBE(pid_getpriority, "asks for the canary's nice value")
{
	pid_t pid = arg_pid();

	/* the system call gives 20 - nice, which is never negative */
	MUST(syscall(SYS_getpriority, PRIO_PROCESS, getpid()));
	return by_effect(syscall(SYS_getpriority, PRIO_PROCESS, pid), "getpriority(pid)");
}

PROBE(pid_sched_getaffinity, "asks on which processors the canary may run")
{
	pid_t pid = arg_pid();
	unsigned long mask[1024 / sizeof(long)];

	MUST(syscall(SYS_sched_getaffinity, getpid(), sizeof(mask), mask));
	return by_effect(syscall(SYS_sched_getaffinity, pid, sizeof(mask), mask),
			 "sched_getaffinity(pid)");
}

PROBE(pid_sched_getattr, "asks for the canary's scheduling policy")
{
	pid_t pid = arg_pid();
	char attr[48]; /* SCHED_ATTR_SIZE_VER0: sched_setattr(2) */

	MUST(syscall(SYS_sched_getattr, getpid(), attr, sizeof(attr), 0));
	return by_effect(syscall(SYS_sched_getattr, pid, attr, sizeof(attr), 0),
			 "sched_getattr(pid)");
}

PROBE(pid_rr_interval, "asks for the canary's time slice")
{
	pid_t pid = arg_pid();
	struct timespec ts;

	MUST(syscall(SYS_sched_rr_get_interval, getpid(), &ts));
	return by_effect(syscall(SYS_sched_rr_get_interval, pid, &ts),
			 "sched_rr_get_interval(pid)");
}

PROBE(pid_ioprio_get, "asks for the canary's input/output priority")
{
	pid_t pid = arg_pid();

	MUST(syscall(SYS_ioprio_get, IOPRIO_WHO_PROCESS, getpid()));
	return by_effect(syscall(SYS_ioprio_get, IOPRIO_WHO_PROCESS, pid), "ioprio_get(pid)");
}

/* The clock of a process is its pid: include/linux/posix-timers.h of the kernel, clock_getcpuclockid(3)
 */
static clockid_t cpu_clock(pid_t pid)
{
	return (clockid_t)(~(unsigned int)pid << 3 | 2);
}

PROBE(pid_cpu_clock, "reads the canary's processor time from its clock")
{
	pid_t pid = arg_pid();
	struct timespec ts;

	MUST(clock_gettime(cpu_clock(getpid()), &ts));
	return by_effect(clock_gettime(cpu_clock(pid), &ts), "clock_gettime(clock of pid)");
}

PROBE(pid_f_setown, "names the canary as who gets signals from a pipe")
{
	pid_t pid = arg_pid();
	int fds[2];

	/* nothing is ever sent: the pipe has no O_ASYNC */
	MUST(pipe2(fds, O_CLOEXEC));
	MUST(fcntl(fds[0], F_SETOWN, getpid()));
	return by_effect(fcntl(fds[0], F_SETOWN, pid), "fcntl(F_SETOWN, pid)");
}

PROBE(pid_prlimit_read, "asks for a resource limit of the canary")
{
	pid_t pid = arg_pid();
	struct rlimit limit;
	char token[24];

	MUST(prlimit(getpid(), RLIMIT_RSS, NULL, &limit));
	if (prlimit(pid, RLIMIT_RSS, NULL, &limit))
		return blocked_errno(errno, "prlimit(pid)");
	snprintf(token, sizeof(token), "%llu", (unsigned long long)limit.rlim_cur);
	return reached(token, "prlimit(pid) gives its limit");
}
