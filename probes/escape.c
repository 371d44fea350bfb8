// SPDX-License-Identifier: MIT
/* Ways out that were taken before: what creators of containers leave within reach. */
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include "probe.h"

PROBE(escape_join_mounts, "joins the mount namespace of the canary process and opens the file")
{
	long long pid = arg_int("pid", 1, INT_MAX);
	const char *file = arg_str("path");
	AUTO_CLOSE int ns = -1;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%lld/ns/mnt", pid);
	ns = open(path, O_RDONLY | O_CLOEXEC);
	if (ns < 0)
		return blocked_errno(errno, "opening /proc/PID/ns/mnt");
	if (setns(ns, CLONE_NEWNS))
		return blocked_errno(errno, "setns()");
	return token_of_file(AT_FDCWD, file);
}

PROBE(escape_core_pattern, "opens core_pattern for writing, and writes nothing")
{
	AUTO_CLOSE int fd = open("/proc/sys/kernel/core_pattern", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return blocked_errno(errno, "opening core_pattern for writing");
	return reached(NO_TOKEN, "core_pattern opens for writing");
}

PROBE(escape_tmp_file, "opens the canary file in /tmp")
{
	return token_of_file(AT_FDCWD, arg_str("path"));
}

PROBE(escape_creator_environment, "looks for the creator's variable in its own environment")
{
	const char *value = getenv(arg_str("name"));

	if (!value)
		return blocked("absent", "the variable is not there");
	return reached(value, "the variable is there");
}

PROBE(escape_engine_socket, "connects to the canary's socket by its path")
{
	AUTO_CLOSE int sock = (int)MUST(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	struct timeval limit = { .tv_sec = 2 };
	const char *path = arg_str("path"), *token;

	if (strlen(path) >= sizeof(to.sun_path))
		return failed("the argument path= is too long");
	strcpy(to.sun_path, path);
	MUST(setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)));
	if (connect(sock, (struct sockaddr *)&to, sizeof(to)))
		return blocked_errno(errno, "connecting to the socket");
	token = read_token(sock);
	if (!token)
		return failed("connected, reading the token: %s", strerror(errno));
	return reached(token, "connected and read the token");
}
