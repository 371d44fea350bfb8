// SPDX-License-Identifier: MIT
/* Descriptors that were left open: a directory of the host is a door past every root. openat(2) */
#include <fcntl.h>

#include "probe.h"

#define FD_LAST 1023

PROBE(fd_dir_fd_openat, "opens the canary file below every inherited descriptor")
{
	const char *name = arg_str("name");

	if (*name == '/')
		return failed("the argument name= must be relative");
	for (int dir = STDERR_FILENO + 1; dir <= FD_LAST; dir++) {
		AUTO_CLOSE int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
		const char *token = fd < 0 ? NULL : read_token(fd);

		if (token)
			return reached(token, "an inherited directory descriptor leads to it");
	}
	return blocked("absent", "no inherited descriptor leads to it");
}
