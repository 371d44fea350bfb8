// SPDX-License-Identifier: MIT
/* Suite fd: handles, marks, and what leads further than to itself when it was left open. */
#include <errno.h>

#include "check/canary.h"
#include "check/suites.h"

static const struct check checks[] = {
	{
		.id = "fd/open-by-handle",
		.question = "Does a bound directory open host files beside it, by their handles?",
		.canary = &canary_file_handle,
		.base = GUARD(ROOT),
		.walls = { WALL(USER), WALL(CAPS), WALL(SECCOMP) },
		.blocked_as = { EPERM, ESTALE },
		.needs = NEED(INIT_CAPS) | NEED(FILE_HANDLE),
		.reference = "open_by_handle_at(2), user_namespaces(7)",
	},
	{
		.id = "fd/nsfs-handle",
		.question = "Does the handle of a host namespace open it?",
		.canary = &canary_ns_handle,
		.base = GUARD(UTS),
		.walls = { WALL(USER), WALL(CAPS), WALL(SECCOMP) },
		.blocked_as = { EPERM, ESTALE },
		.needs = NEED(INIT_CAPS) | NEED(NSFS_HANDLE) | NEED(FILE_HANDLE),
		.effect = "open_by_handle_at(2) opens that very namespace",
		.reference = "open_by_handle_at(2), ioctl_ns(2), fs/nsfs.c",
	},
	{
		.id = "fd/fanotify-filesystem",
		.question =
			"Can the container watch a file system of the host, and be given its files?",
		.canary = &canary_file_watched,
		.walls = { WALL(USER), WALL(CAPS), WALL(SECCOMP) },
		.blocked_as = { EPERM },
		.needs = NEED(INIT_CAPS) | NEED(FANOTIFY),
		.reference = "fanotify_init(2), fanotify_mark(2)",
	},
	{
		.id = "fd/pidfd-getfd",
		.question =
			"Can the container take descriptors from the process of a pidfd that was left open?",
		.canary = &canary_leak_pidfd,
		.walls = { WALL(FDS), WALL(USER), WALL(CAPS) },
		.blocked_as = { EBADF, EPERM },
		.needs = NEED(PIDFD_GETFD),
		.reference = "pidfd_getfd(2), ptrace(2)",
	},
	{
		.id = "fd/nsfd-setns",
		.question = "Can the container enter a namespace that the creator left open?",
		.canary = &canary_leak_nsfd,
		.walls = { WALL(FDS), WALL(USER), WALL(CAPS) },
		.blocked_as = { EBADF, EPERM },
		.effect = "setns(2) succeeds",
		.needs = NEED(SETNS),
		.reference = "setns(2), uts_namespaces(7)",
	},
	{
		.id = "fd/perf-read",
		.question = "Can the container read a counter that the creator left open?",
		.canary = &canary_leak_perf,
		.walls = { WALL(FDS) },
		.blocked_as = { EBADF },
		.needs = NEED(PERF_SELF),
		.effect = "read(2) gives the count",
		.reference = "perf_event_open(2)",
	},
	{
		.id = "fd/mount-attach",
		.question = "Can the container attach a mount that the creator left open?",
		.canary = &canary_leak_mount,
		.base = GUARD(PRIVATE),
		.walls = { WALL(FDS), WALL(CAPS) },
		.blocked_as = { EBADF, EPERM },
		.reference = "move_mount(2), mount_namespaces(7)",
	},
	{
		.id = "fd/io-uring-read",
		.question = "Does an io_uring that was left open read the host's files?",
		.canary = &canary_leak_ring,
		.walls = { WALL(FDS), WALL(SECCOMP) },
		.blocked_as = { EBADF, EPERM },
		.needs = NEED(IO_URING),
		.reference = "io_uring_enter(2), io_uring_register(2)",
	},
};

CHECK_SUITE_PART(fd, fd_handle, checks);
