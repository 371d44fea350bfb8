// SPDX-License-Identifier: MIT
/*
 * What only somebody who might trace a process may know about it: its memory, its kernel objects,
 * its counters. ptrace(2), "Ptrace access mode checking"
 */
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/kcmp.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include "process.h"

/* canary_target: its list stands at this address plus the token */
#define ROBUST_LIST_BASE UINT64_C(0x400000000000)

PROBE(pid_ptrace_seize, "attaches to the canary process without stopping it")
{
	pid_t pid = arg_pid(), child = (pid_t)MUST(fork());
	struct answer answer;
	int status;

	if (child == 0)
		for (;;)
			pause();
	/* tracing as such works here */
	MUST(ptrace(PTRACE_SEIZE, child, 0, 0));
	/* the end of the tracer detaches it: ptrace(2) */
	answer = by_effect(ptrace(PTRACE_SEIZE, pid, 0, 0), "ptrace(PTRACE_SEIZE, pid)");
	MUST(kill(child, SIGKILL));
	MUST(waitpid(child, &status, 0));
	return answer;
}

PROBE(pid_process_vm_readv, "reads the canary's memory by process_vm_readv")
{
	pid_t pid = arg_pid();
	unsigned long addr = (unsigned long)arg_int("addr", 1, LLONG_MAX);
	char token[64] = "", self[] = "x";
	struct iovec to = { token, sizeof(token) - 1 };
	struct iovec from = { (void *)addr, sizeof(token) - 1 }, own = { self, sizeof(self) };

	MUST(process_vm_readv(getpid(), &to, 1, &own, 1, 0));
	if (process_vm_readv(pid, &to, 1, &from, 1, 0) < 0)
		return blocked_errno(errno, "process_vm_readv(pid)");
	return reached(token, "process_vm_readv(pid) gives its memory");
}

PROBE(pid_proc_mem, "reads the canary's memory through /proc/PID/mem")
{
	pid_t pid = arg_pid();
	off_t addr = (off_t)arg_int("addr", 1, LLONG_MAX);
	AUTO_CLOSE int fd = -1;
	char path[64], token[64] = "";

	fd = (int)MUST(open("/proc/self/mem", O_RDONLY | O_CLOEXEC));
	close(fd);
	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return blocked_errno(errno, "opening /proc/PID/mem");
	MUST(pread(fd, token, sizeof(token) - 1, addr));
	return reached(token, "read /proc/PID/mem");
}

PROBE(pid_kcmp, "compares its files with those of the canary process")
{
	pid_t pid = arg_pid(), self = getpid();

	MUST(syscall(SYS_kcmp, self, self, KCMP_FILES, 0, 0));
	return by_effect(syscall(SYS_kcmp, self, pid, KCMP_FILES, 0, 0), "kcmp(self, pid)");
}

PROBE(pid_robust_list, "asks for the canary's list of robust futexes")
{
	pid_t pid = arg_pid();
	uint64_t list = 0;
	size_t size;
	char token[24];

	MUST(syscall(SYS_get_robust_list, 0, &list, &size));
	if (syscall(SYS_get_robust_list, pid, &list, &size))
		return blocked_errno(errno, "get_robust_list(pid)");
	snprintf(token, sizeof(token), "%" PRIu64, list - ROBUST_LIST_BASE);
	return reached(token, "get_robust_list(pid) gives its address");
}

PROBE(pid_move_pages, "asks about none of the canary's pages")
{
	pid_t pid = arg_pid();

	MUST(syscall(SYS_move_pages, getpid(), 0UL, NULL, NULL, NULL, 0));
	return by_effect(syscall(SYS_move_pages, pid, 0UL, NULL, NULL, NULL, 0), "move_pages(pid)");
}

PROBE(pid_perf_by_pid, "opens a counter on the canary process")
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_TASK_CLOCK,
		.disabled = 1,
		.exclude_kernel = 1,
	};
	pid_t pid = arg_pid();

	return by_effect(syscall(SYS_perf_event_open, &attr, pid, -1, -1, PERF_FLAG_FD_CLOEXEC),
			 "perf_event_open(pid)");
}
