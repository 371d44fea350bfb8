// SPDX-License-Identifier: MIT
/*
 * Privileged calls, each with arguments that do no harm when they are allowed: what does not exist,
 * what is not valid, or the caller's own. Before the kernel looks at any of them it asks for the
 * capability, so that another errno than the refusal says that the caller has it. capabilities(7)
 */
#include <fcntl.h>
#include <limits.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "probe.h"

#define NOWHERE "/nonexistent/nsprobe"

/* A call that can't succeed: with `wanted` it got past the question whether it may. */
static struct answer got_past(const char *call, long result, int wanted)
{
	if (result >= 0)
		return failed("%s succeeded, which it cannot", call);
	if (errno != wanted)
		return blocked_errno(errno, "%s", call);
	return reached(NO_TOKEN, "%s is allowed", call);
}

/* A call that succeeds when it is allowed. */
static struct answer was_allowed(const char *call, long result)
{
	if (result < 0)
		return blocked_errno(errno, "%s", call);
	return reached(NO_TOKEN, "%s is allowed", call);
}

/* The same, with a descriptor as its result. */
static struct answer gave_descriptor(const char *call, long fd)
{
	struct answer answer = was_allowed(call, fd);

	if (fd >= 0)
		close((int)fd);
	return answer;
}

PROBE(cap_swapon, "asks to swap to a file that does not exist")
{
	return got_past("swapon()", syscall(SYS_swapon, NOWHERE, 0), ENOENT);
}

PROBE(cap_acct, "asks to account processes into a file that does not exist")
{
	return got_past("acct()", syscall(SYS_acct, NOWHERE), ENOENT);
}

PROBE(cap_kexec_load, "asks for another kernel, with flags that do not exist")
{
	/* never with flags 0: without segments that drops the image that is loaded */
	return got_past("kexec_load()", syscall(SYS_kexec_load, 0UL, 0UL, NULL, ~0UL), EINVAL);
}

PROBE(cap_module_load, "asks to load a module from no descriptor")
{
	return got_past("finit_module()", syscall(SYS_finit_module, -1, "", 0), EBADF);
}

PROBE(cap_module_unload, "asks to unload a module that does not exist")
{
	return got_past("delete_module()", syscall(SYS_delete_module, "nsprobe_absent", O_NONBLOCK),
			ENOENT);
}

PROBE(cap_bpf_enumerate, "asks for the BPF program behind the last possible one")
{
	union bpf_attr attr = { .start_id = INT_MAX - 1 };

	return got_past("bpf(BPF_PROG_GET_NEXT_ID)",
			syscall(SYS_bpf, BPF_PROG_GET_NEXT_ID, &attr, sizeof(attr)), ENOENT);
}

PROBE(cap_syslog_unread, "asks how much of the kernel log nobody has read")
{
	/* 9, SYSLOG_ACTION_SIZE_UNREAD: privileged whatever kernel.dmesg_restrict says */
	return was_allowed("syslog(SIZE_UNREAD)", syscall(SYS_syslog, 9, NULL, 0));
}

PROBE(cap_vhangup, "hangs up its terminal, in a session that has none")
{
	int status;
	pid_t pid = (pid_t)MUST(fork());

	/* a child can always leave its session, and so has no terminal that could be lost */
	if (pid == 0) {
		if (setsid() < 0)
			_exit(255);
		_exit(syscall(SYS_vhangup) < 0 ? errno : 0);
	}
	MUST(waitpid(pid, &status, 0));
	if (!WIFEXITED(status) || WEXITSTATUS(status) == 255)
		return failed("no session without a terminal");
	errno = WEXITSTATUS(status);
	return was_allowed("vhangup()", errno ? -1 : 0);
}

PROBE(cap_reboot, "asks for a reboot with wrong magic numbers")
{
	return got_past("reboot()", syscall(SYS_reboot, 1, 2, 3, NULL), EINVAL);
}

PROBE(cap_perf_system_wide, "opens a counter on a whole processor")
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.disabled = 1,
	};

	return gave_descriptor("perf_event_open()", syscall(SYS_perf_event_open, &attr, -1, 0, -1,
							    PERF_FLAG_FD_CLOEXEC));
}

PROBE(cap_fanotify_unlimited, "asks for an fanotify group with an unlimited queue")
{
	/* FAN_CLOEXEC | FAN_UNLIMITED_QUEUE */
	return gave_descriptor("fanotify_init()", syscall(SYS_fanotify_init, 0x11, O_RDONLY));
}

PROBE(cap_nice_raise, "raises its own priority by one")
{
	int now;

	errno = 0;
	now = getpriority(PRIO_PROCESS, 0);
	if (now == -1 && errno)
		return failed("getpriority(): %s", strerror(errno));
	return was_allowed("setpriority()", setpriority(PRIO_PROCESS, 0, now - 1));
}

PROBE(cap_sched_fifo, "asks for real-time scheduling, and gives it back")
{
	struct sched_param lowest = { .sched_priority = 1 }, none = { 0 };
	/* musl refuses to schedule processes: it would mean threads */
	long result = syscall(SYS_sched_setscheduler, 0, SCHED_FIFO, &lowest);
	struct answer answer = was_allowed("sched_setscheduler(SCHED_FIFO)", result);

	if (result == 0)
		MUST(syscall(SYS_sched_setscheduler, 0, SCHED_OTHER, &none));
	return answer;
}

PROBE(cap_ioprio_realtime, "asks for the lowest real-time input and output")
{
	/* IOPRIO_WHO_PROCESS; IOPRIO_CLASS_RT in the upper bits: linux/ioprio.h */
	return was_allowed("ioprio_set()", syscall(SYS_ioprio_set, 1, 0, 1 << 13 | 7));
}

PROBE(cap_rlimit_raise, "lowers the hard limit of core files and raises it again")
{
	struct rlimit limit = { 0, 0 };

	MUST(setrlimit(RLIMIT_CORE, &limit));
	limit.rlim_max = 1;
	return was_allowed("setrlimit()", setrlimit(RLIMIT_CORE, &limit));
}

PROBE(cap_mlock_unlimited, "locks a page where the limit is none")
{
	static char page[4096];
	struct rlimit limit = { 0, 0 };

	MUST(setrlimit(RLIMIT_MEMLOCK, &limit));
	return was_allowed("mlock()", mlock(page, sizeof(page)));
}

PROBE(cap_pipe_size, "makes a pipe twice as large as anybody may")
{
	AUTO_FREE char *text = read_all("/proc/sys/fs/pipe-max-size", NULL);
	long most = text ? strtol(text, NULL, 10) : 0;
	int ends[2];

	if (most < 4096 || most > INT_MAX / 2)
		return failed("/proc/sys/fs/pipe-max-size cannot be used");
	MUST(pipe2(ends, O_CLOEXEC));
	return was_allowed("F_SETPIPE_SZ", fcntl(ends[1], F_SETPIPE_SZ, (int)most * 2));
}

PROBE(cap_oom_score, "asks never to be chosen when memory runs out")
{
	AUTO_CLOSE int fd = (int)MUST(open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC));

	return was_allowed("-1000 in oom_score_adj", write(fd, "-1000", 5));
}

PROBE(cap_raw_socket, "opens a raw socket")
{
	return gave_descriptor("socket(SOCK_RAW)",
			       socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP));
}

PROBE(cap_chroot, "changes its root directory to its root directory")
{
	return was_allowed("chroot(\"/\")", chroot("/"));
}

PROBE(cap_new_namespace, "makes a uts namespace")
{
	return was_allowed("unshare(CLONE_NEWUTS)", unshare(CLONE_NEWUTS));
}
