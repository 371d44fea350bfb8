// SPDX-License-Identifier: MIT
/*
 * Ways to a process that need no number: pidfds, namespaces and sockets that the creator left open,
 * file handles. pidfd_open(2), ioctl_ns(2), unix(7)
 */
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "process.h"

#define NS_GET_PARENT_CALL  _IO(0xb7, 2)                          /* linux/nsfs.h */
#define PIDFD_GET_UTS       _IO(0xff, 10)                         /* linux/pidfd.h, Linux 6.11 */
#define PIDFD_GET_INFO_CALL _IOWR(0xff, 11, struct pidfd_info_v0) /* Linux 6.13 */

enum { PEER_LIMIT_S = 5, HANDLE_MAX = 128 };

/* The size is part of the number of the request: PIDFD_INFO_SIZE_VER0. linux/pidfd.h */
struct pidfd_info_v0 {
	uint64_t mask, cgroupid;
	uint32_t pid, tgid, ppid;
	uint32_t ids[8];
	int32_t exit_code;
};

static int arg_fd(const char *key)
{
	return (int)arg_int(key, 3, INT_MAX);
}

static struct answer pid_as_token(long pid, const char *what)
{
	char token[24];

	/* a process that the reader's namespace has no number for: pid_namespaces(7) */
	if (pid <= 0)
		return blocked("absent", "%s has no number in here", what);
	snprintf(token, sizeof(token), "%ld", pid);
	return reached(token, "%s has a number in here", what);
}

PROBE(pid_pidfd_signal_inherited, "sends signal 0 through an inherited pidfd")
{
	AUTO_CLOSE int own = (int)MUST(syscall(SYS_pidfd_open, getpid(), 0));

	MUST(syscall(SYS_pidfd_send_signal, own, 0, NULL, 0));
	return by_effect(syscall(SYS_pidfd_send_signal, arg_fd("fd"), 0, NULL, 0),
			 "pidfd_send_signal(fd, 0)");
}

PROBE(pid_pidfd_info_inherited, "asks an inherited pidfd about its process")
{
	AUTO_CLOSE int own = (int)MUST(syscall(SYS_pidfd_open, getpid(), 0));
	struct pidfd_info_v0 info = { .mask = 1 };

	MUST(ioctl(own, PIDFD_GET_INFO_CALL, &info));
	if (ioctl(arg_fd("fd"), PIDFD_GET_INFO_CALL, &info))
		return blocked_errno(errno, "ioctl(fd, PIDFD_GET_INFO)");
	return pid_as_token(info.pid, "the process behind the pidfd");
}

PROBE(pid_pidfd_fdinfo, "reads the pid behind an inherited pidfd from fdinfo")
{
	AUTO_FREE char *text = NULL;
	const char *line;
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", arg_fd("fd"));
	text = read_all(path, NULL);
	if (!text)
		return blocked_errno(errno, "reading /proc/self/fdinfo");
	line = strstr(text, "\nPid:");
	if (!line)
		return failed("fdinfo has no line \"Pid:\"");
	return pid_as_token(strtol(line + 5, NULL, 10), "the process in fdinfo");
}

PROBE(pid_pidfd_namespace, "opens a namespace of the process behind an inherited pidfd")
{
	AUTO_CLOSE int own = (int)MUST(syscall(SYS_pidfd_open, getpid(), 0));

	MUST(ioctl(own, PIDFD_GET_UTS, 0));
	return by_effect(ioctl(arg_fd("fd"), PIDFD_GET_UTS, 0),
			 "ioctl(fd, PIDFD_GET_UTS_NAMESPACE)");
}

PROBE(pid_setns_by_pidfd, "enters a namespace of the process behind an inherited pidfd")
{
	return by_effect(setns(arg_fd("fd"), CLONE_NEWUTS), "setns(pidfd, CLONE_NEWUTS)");
}

PROBE(pid_setns_parent, "wants its children in the host's pid namespace")
{
	return by_effect(setns(arg_fd("fd"), CLONE_NEWPID), "setns(fd, CLONE_NEWPID)");
}

/* The legal twin: a namespace of the probe's own making has a parent that it may see. */
static int child_namespace(pid_t *ret_child)
{
	MUST(unshare(CLONE_NEWPID));
	*ret_child = (pid_t)MUST(fork());
	if (*ret_child == 0)
		for (;;)
			pause();
	return (int)MUST(open("/proc/self/ns/pid_for_children", O_RDONLY | O_CLOEXEC));
}

PROBE(pid_ns_get_parent, "asks for the parent of its pid namespace")
{
	bool twin = arg_given("twin") && arg_int("twin", 0, 1);
	AUTO_CLOSE int fd = -1;
	struct answer answer;
	pid_t child = 0;

	fd = twin ? child_namespace(&child)
		  : (int)MUST(open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC));
	answer = by_effect(ioctl(fd, NS_GET_PARENT_CALL), "ioctl(NS_GET_PARENT)");
	if (child > 0) {
		MUST(kill(child, SIGKILL));
		MUST(waitpid(child, NULL, 0));
	}
	return answer;
}

PROBE(pid_peercred_translated, "asks a socket for the pid of the host's server")
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	if (getsockopt(arg_fd("client"), SOL_SOCKET, SO_PEERCRED, &peer, &len))
		return blocked_errno(errno, "SO_PEERCRED");
	return pid_as_token(peer.pid, "the peer");
}

PROBE(pid_scm_creds_translated, "receives a byte with the credentials of its sender")
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(struct ucred))];
	} control;
	struct timeval limit = { .tv_sec = PEER_LIMIT_S };
	char byte;
	struct iovec to = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &to,
			      .msg_iovlen = 1,
			      .msg_control = &control,
			      .msg_controllen = sizeof(control) };
	const struct cmsghdr *c;
	struct ucred sender;
	int fd = arg_fd("inbox");

	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) ||
	    recvmsg(fd, &msg, MSG_CMSG_CLOEXEC) < 0)
		return blocked_errno(errno, "receiving from the inherited socket");
	c = CMSG_FIRSTHDR(&msg);
	if (!c || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_CREDENTIALS)
		return failed("the message carries no credentials");
	memcpy(&sender, CMSG_DATA(c), sizeof(sender));
	return pid_as_token(sender.pid, "the sender");
}

PROBE(pid_pidfs_handle, "opens a pidfd of the canary process by its file handle")
{
	union {
		struct file_handle handle;
		unsigned char room[sizeof(struct file_handle) + HANDLE_MAX];
	} h = { .handle.handle_type = (int)arg_int("type", INT_MIN, INT_MAX) };
	AUTO_CLOSE int own = (int)MUST(syscall(SYS_pidfd_open, getpid(), 0));
	const char *hex = arg_str("handle");
	unsigned int byte;

	for (; sscanf(hex, "%2x", &byte) == 1 && h.handle.handle_bytes < HANDLE_MAX; hex += 2)
		h.handle.f_handle[h.handle.handle_bytes++] = (unsigned char)byte;
	return by_effect(syscall(SYS_open_by_handle_at, own, &h, O_CLOEXEC),
			 "open_by_handle_at(pidfs)");
}
