// SPDX-License-Identifier: MIT
/* Needs that the kernel's answer to a question about ourselves decides: see needs.h. */
#include <errno.h>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/kcmp.h>
#include <linux/netlink.h>
#include <linux/perf_event.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/cleanup.h"
#include "check/needs.h"

/* linux/pidfd.h of newer kernels; the size of the argument is part of the number: 64 bytes */
struct pidfd_info_v0 {
	uint64_t words[8];
};
#define PIDFD_GET_UTS       _IO(0xff, 10)
#define PIDFD_GET_INFO_CALL _IOWR(0xff, 11, struct pidfd_info_v0)

static int try_pidfd_ioctl(unsigned long request, void *arg, const char *name, struct err *err)
{
	AUTO_CLOSE int fd = (int)syscall(SYS_pidfd_open, getpid(), 0);
	int result;

	if (fd < 0)
		return err_sys(err, "pidfd_open");
	result = ioctl(fd, request, arg);
	if (result < 0)
		return err_sys(err, "%s", name);
	if (result > 0)
		close(result);
	return 0;
}

static int try_descriptor(const char *name, long fd, struct err *err)
{
	if (fd < 0)
		return err_sys(err, "%s", name);
	close((int)fd);
	return 0;
}

static int try_pidfs_handle(struct err *err)
{
	AUTO_CLOSE int fd = (int)syscall(SYS_pidfd_open, getpid(), 0);
	union {
		struct file_handle handle;
		unsigned char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} h = { .handle.handle_bytes = MAX_HANDLE_SZ };
	int mount, opened;

	if (fd < 0 || name_to_handle_at(fd, "", &h.handle, &mount, AT_EMPTY_PATH) < 0)
		return err_sys(err, "name_to_handle_at");
	opened = open_by_handle_at(fd, &h.handle, O_CLOEXEC);
	if (opened < 0)
		return err_sys(err, "open_by_handle_at");
	close(opened);
	return 0;
}

static int try_perf_self(struct err *err)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_TASK_CLOCK,
		.disabled = 1,
		.exclude_kernel = 1,
	};
	AUTO_CLOSE int fd = (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1,
					 PERF_FLAG_FD_CLOEXEC);

	return fd < 0 ? err_sys(err, "perf_event_open") : 0;
}

static int try_file(const char *path, int flags, struct err *err)
{
	AUTO_CLOSE int fd = open(path, flags | O_CLOEXEC | O_NONBLOCK);
	ssize_t got;
	char byte;

	if (fd < 0)
		return err_sys(err, "%s", path);
	if (flags != O_RDONLY)
		return 0;
	got = read(fd, &byte, 1);
	/* one byte is not enough for a pagemap: EINVAL */
	if (got < 0 && errno != EINVAL)
		return err_sys(err, "%s", path);
	return got == 0 ? err_set(err, ENODATA, "%s: it is empty", path) : 0;
}

/* Only zeros, or addresses; on some kernels the first symbols lie at 0 for everybody. */
static int try_kallsyms(struct err *err)
{
	AUTO_CLOSE int fd = open("/proc/kallsyms", O_RDONLY | O_CLOEXEC);
	char text[4097] = "", *rest = text, *line;

	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 0)
		return err_sys(err, "/proc/kallsyms");
	while ((line = strsep(&rest, "\n")))
		if (strtoull(line, NULL, 16) != 0)
			return 0;
	return err_set(err, EPERM, "/proc/kallsyms: it shows no address");
}

/* Asks for a list of sockets; its beginning or its end is there when send() returns. */
static int ask_for_sockets(int sock, const void *what, size_t len, const char *name,
			   struct err *err)
{
	struct {
		struct nlmsghdr head;
		union {
			struct inet_diag_req_v2 inet;
			struct unix_diag_req local;
			int error; /* negative, of NLMSG_ERROR and NLMSG_DONE */
			char room[8192];
		} body;
	} msg = { .head = { .nlmsg_len = (uint32_t)(NLMSG_HDRLEN + len),
			    .nlmsg_type = SOCK_DIAG_BY_FAMILY,
			    .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP } };

	memcpy(&msg.body, what, len);
	if (send(sock, &msg, msg.head.nlmsg_len, 0) < 0 ||
	    recv(sock, &msg, sizeof(msg), MSG_DONTWAIT) < 0)
		return err_sys(err, "sock_diag, %s", name);
	if ((msg.head.nlmsg_type == NLMSG_ERROR || msg.head.nlmsg_type == NLMSG_DONE) &&
	    msg.body.error < 0)
		return err_set(err, -msg.body.error, "sock_diag, %s: %s", name,
			       strerror(-msg.body.error));
	return 0;
}

static int try_sock_diag(struct err *err)
{
	struct inet_diag_req_v2 tcp = { .sdiag_family = AF_INET, .sdiag_protocol = IPPROTO_TCP };
	struct unix_diag_req local = { .sdiag_family = AF_UNIX };
	int type = SOCK_RAW | SOCK_CLOEXEC;
	AUTO_CLOSE int first = socket(AF_NETLINK, type, NETLINK_SOCK_DIAG);
	AUTO_CLOSE int second = socket(AF_NETLINK, type, NETLINK_SOCK_DIAG);
	int r;

	if (first < 0 || second < 0)
		return err_sys(err, "NETLINK_SOCK_DIAG");
	r = ask_for_sockets(first, &tcp, sizeof(tcp), "TCP", err);
	return r < 0 ? r : ask_for_sockets(second, &local, sizeof(local), "Unix", err);
}

static int try_call(const char *name, long result, struct err *err)
{
	return result < 0 ? err_sys(err, "%s", name) : 0;
}

/* A child that waits to be ended; its number, or -errno. */
static pid_t start_child(struct err *err)
{
	pid_t parent = getpid(), pid = fork();

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		while (getppid() == parent)
			pause();
		_exit(0);
	}
	return pid < 0 ? err_sys(err, "fork") : pid;
}

static void end_child(pid_t pid)
{
	kill(pid, SIGKILL);
	child_reap(pid);
}

static int try_ptrace(struct err *err)
{
	char from = 'x', to;
	struct iovec remote = { &from, 1 }, local = { &to, 1 };
	pid_t child = start_child(err);
	int r;

	if (child < 0)
		return child;
	r = ptrace(PTRACE_SEIZE, child, NULL, NULL) < 0 ? err_sys(err, "ptrace") : 0;
	end_child(child);
	if (r == 0 && process_vm_readv(getpid(), &local, 1, &remote, 1, 0) < 0)
		r = err_sys(err, "process_vm_readv");
	return r;
}

static int try_pidfd_getfd(struct err *err)
{
	AUTO_CLOSE int fd = (int)syscall(SYS_pidfd_open, getpid(), 0);

	if (fd < 0)
		return err_sys(err, "pidfd_open");
	return try_descriptor("pidfd_getfd", syscall(SYS_pidfd_getfd, fd, fd, 0), err);
}

int need_try_timerslack(struct err *err)
{
	pid_t child = start_child(err);
	char path[48];
	int r;

	if (child < 0)
		return child;
	snprintf(path, sizeof(path), "/proc/%d/timerslack_ns", child);
	r = try_file(path, O_RDONLY, err);
	end_child(child);
	return r;
}

int need_try_process(enum need need, struct err *err)
{
	struct pidfd_info_v0 info = { { 1 } };
	pid_t self = getpid();

	switch (need) {
	case NEED_KCMP:
		return try_call("kcmp", syscall(SYS_kcmp, self, self, KCMP_FILES, 0, 0), err);
	case NEED_NUMA:
		return try_call("move_pages", syscall(SYS_move_pages, 0, 0UL, NULL, NULL, NULL, 0),
				err);
	case NEED_PERF_SELF:
		return try_perf_self(err);
	case NEED_PIDFD_INFO:
		return try_pidfd_ioctl(PIDFD_GET_INFO_CALL, &info, "PIDFD_GET_INFO", err);
	case NEED_PIDFD_NAMESPACE:
		return try_pidfd_ioctl(PIDFD_GET_UTS, NULL, "PIDFD_GET_UTS_NAMESPACE", err);
	case NEED_PIDFS_HANDLE:
		return try_pidfs_handle(err);
	case NEED_PTRACE:
		return try_ptrace(err);
	case NEED_PIDFD_GETFD:
		return try_pidfd_getfd(err);
	case NEED_PROC_IO:
		return try_file("/proc/self/io", O_RDONLY, err);
	case NEED_TIMER_LIST:
		return try_file("/proc/timer_list", O_RDONLY, err);
	case NEED_KPAGECOUNT:
		return try_file("/proc/kpagecount", O_RDONLY, err);
	case NEED_PAGEMAP:
		return try_file("/proc/self/pagemap", O_RDONLY, err);
	case NEED_KMSG:
		return try_file("/proc/kmsg", O_PATH, err);
	case NEED_IRQ_AFFINITY:
		return try_file("/proc/irq/default_smp_affinity", O_RDONLY, err);
	case NEED_IOPORTS:
		return try_file("/proc/ioports", O_RDONLY, err);
	case NEED_KALLSYMS:
		return try_kallsyms(err);
	case NEED_SOCK_DIAG:
		return try_sock_diag(err);
	case NEED_TERMINALS:
		return need_try_terminals(err);
	default:
		return err_set(err, EINVAL, "unknown need");
	}
}
