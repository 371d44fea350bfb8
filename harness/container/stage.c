// SPDX-License-Identifier: MIT
/* Named stages over one socket pair: see stage.h. unix(7). */
#include "container/stage.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

int stage_post(int sock, const struct stage_message *message)
{
	ssize_t sent = send(sock, message, sizeof(*message), MSG_NOSIGNAL);

	return sent == (ssize_t)sizeof(*message) ? 0 : -errno;
}

int stage_await(int sock, int timeout_ms, struct stage_message *ret)
{
	struct pollfd pfd = { sock, POLLIN, 0 };
	struct stage_message message;
	ssize_t got;
	int n;

	do
		n = poll(&pfd, 1, timeout_ms);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return n < 0 ? -errno : -ETIMEDOUT;
	got = recv(sock, &message, sizeof(message), 0);
	if (got == 0 || (got < 0 && errno == ECONNRESET))
		return 0;
	if (got != (ssize_t)sizeof(message))
		return got < 0 ? -errno : -EPROTO;
	*ret = message;
	return 1;
}
