// SPDX-License-Identifier: MIT
/* Named stages over one socket pair: see stage.h. unix(7), SCM_RIGHTS. */
#include "container/stage.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "base/cleanup.h"

union fd_control {
	char space[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

int stage_post(int sock, const struct stage_message *message, int fd)
{
	struct iovec iov = { (void *)message, sizeof(*message) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	union fd_control control = { 0 };

	if (fd >= 0) {
		struct cmsghdr *cmsg;

		msg.msg_control = &control;
		msg.msg_controllen = sizeof(control);
		cmsg = CMSG_FIRSTHDR(&msg);
		cmsg->cmsg_level = SOL_SOCKET;
		cmsg->cmsg_type = SCM_RIGHTS;
		cmsg->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(cmsg), &fd, sizeof(int));
	}
	return sendmsg(sock, &msg, MSG_NOSIGNAL) == sizeof(*message) ? 0 : -errno;
}

static void take_fd(struct msghdr *msg, int *ret_fd)
{
	AUTO_CLOSE int fd = -1;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c))
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
			memcpy(&fd, CMSG_DATA(c), sizeof(int));
	/* nobody wants it: it is closed */
	if (ret_fd)
		*ret_fd = STEAL_FD(fd);
}

int stage_await(int sock, int timeout_ms, struct stage_message *ret, int *ret_fd)
{
	struct pollfd pfd = { sock, POLLIN, 0 };
	struct stage_message message;
	struct iovec iov = { &message, sizeof(message) };
	union fd_control control = { 0 };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = &control,
			      .msg_controllen = sizeof(control) };
	ssize_t got;
	int n;

	do
		n = poll(&pfd, 1, timeout_ms);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return n < 0 ? -errno : -ETIMEDOUT;
	got = recvmsg(sock, &msg, MSG_CMSG_CLOEXEC);
	if (got == 0 || (got < 0 && errno == ECONNRESET))
		return 0;
	if (got != sizeof(message)) {
		int num = got < 0 ? errno : EPROTO;

		if (got > 0)
			take_fd(&msg, NULL);
		return -num;
	}
	take_fd(&msg, ret_fd);
	*ret = message;
	return 1;
}
