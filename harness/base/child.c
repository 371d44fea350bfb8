// SPDX-License-Identifier: MIT
/* Waiting for children: see child.h. */
#include "base/child.h"

#include <errno.h>
#include <poll.h>
#include <sys/pidfd.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/clock.h"

bool child_ends(pid_t pid, int timeout_ms)
{
	AUTO_CLOSE int pidfd = pidfd_open(pid, 0);
	int64_t deadline = clock_ms() + timeout_ms;
	struct pollfd pfd = { pidfd, POLLIN, 0 };
	bool ended = false;

	while (pidfd >= 0 && !ended && timeout_ms >= 0) {
		ended = poll(&pfd, 1, timeout_ms) > 0;
		timeout_ms = (int)(deadline - clock_ms());
	}
	return ended;
}

int child_reap(pid_t pid)
{
	int status = -1;

	while (waitpid(pid, &status, __WALL) < 0 && errno == EINTR)
		;
	return status;
}
