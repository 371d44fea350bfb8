// SPDX-License-Identifier: MIT
/*
 * Canaries that are reached past every path: by file handle, by a mark on a file system, through a
 * namespace, process or ring that the creator left open. open_by_handle_at(2), fanotify(7)
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "check/canary.h"

int canary_pass_handle(struct scene *s, int dirfd, const char *path, int flags, struct err *err)
{
	union {
		struct file_handle handle;
		unsigned char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} h = { .handle.handle_bytes = MAX_HANDLE_SZ };
	char hex[2 * MAX_HANDLE_SZ + 1];
	int mount;

	if (name_to_handle_at(dirfd, path, &h.handle, &mount, flags) < 0)
		return err_sys(err, "name_to_handle_at");
	text_hex(h.handle.f_handle, h.handle.handle_bytes, hex);
	scene_arg(s, "type", "%d", h.handle.handle_type);
	scene_arg(s, "handle", "%s", hex);
	return 0;
}

static int pass_handle(struct scene *s, const char *path, struct err *err)
{
	if (canary_pass_handle(s, AT_FDCWD, path, AT_SYMLINK_FOLLOW, err) < 0)
		return err_wrap(err, "%s", path);
	return 0;
}

/*
 * A directory of the host that is bound into the container, and beside it, on the same file system, a
 * file with the token: no path of the container leads there.
 */
static int plant_beside(struct scene *s, struct err *err)
{
	bool bound = s->guards & GUARD(ROOT);

	snprintf(s->saved, sizeof(s->saved), "/tmp/%s.dir", s->name);
	snprintf(s->path, sizeof(s->path), "/tmp/%s", s->name);
	s->bind = (struct bind_spec){ .source = s->saved, .target = "/run/bound" };
	s->spec.binds = &s->bind;
	s->spec.bind_count = 1;
	scene_arg(s, "dir", "%s", bound ? s->bind.target : s->saved);
	if (mkdir(s->saved, 0755) < 0)
		return err_sys(err, "%s", s->saved);
	return canary_write(s, AT_FDCWD, s->path, 0600, err);
}

static void remove_beside(struct scene *s)
{
	if (!s->path[0])
		return;
	unlink(s->path);
	rmdir(s->saved);
}

static int plant_file_handle(struct scene *s, struct err *err)
{
	int r = plant_beside(s, err);

	return r < 0 ? r : pass_handle(s, s->path, err);
}

const struct canary canary_file_handle = {
	.about = "the handle of a file with the token, beside a directory that is bound in",
	.plant = plant_file_handle,
	.remove = remove_beside,
};

static int open_beside(struct scene *s, struct err *err)
{
	s->fds[0] = open(s->path, O_RDONLY | O_CLOEXEC);
	return s->fds[0] < 0 ? err_sys(err, "%s", s->path) : 0;
}

const struct canary canary_file_watched = {
	.about = "a file with the token, beside a directory that is bound in, opened by the host",
	.plant = plant_beside,
	.stimulus = open_beside,
	.remove = remove_beside,
};

static const char uts_path[] = "/proc/self/ns/uts";

static int plant_ns_handle(struct scene *s, struct err *err)
{
	struct stat st;

	if (stat(uts_path, &st) < 0)
		return err_sys(err, "%s", uts_path);
	scene_arg(s, "ino", "%llu", (unsigned long long)st.st_ino);
	return pass_handle(s, uts_path, err);
}

const struct canary canary_ns_handle = {
	.about = "the file handle of the host's uts namespace",
	.dies_with_us = true,
	.plant = plant_ns_handle,
};

static int plant_nsfd(struct scene *s, struct err *err)
{
	s->fds[0] = open(uts_path, O_RDONLY | O_CLOEXEC);
	return s->fds[0] < 0 ? err_sys(err, "%s", uts_path) : canary_leak(s, &s->fds[0], err);
}

const struct canary canary_leak_nsfd = {
	.about = "the host's uts namespace, left open",
	.dies_with_us = true,
	.plant = plant_nsfd,
};

/* The creator's own pidfd, and a file that the creator has open but not left open. */
static int plant_own_pidfd(struct scene *s, struct err *err)
{
	s->fds[0] = pidfd_open(getpid(), 0);
	if (s->fds[0] < 0)
		return err_sys(err, "pidfd_open");
	s->fds[1] = canary_memfd(s, err);
	if (s->fds[1] < 0)
		return s->fds[1];
	scene_arg(s, "target", "%d", s->fds[1]);
	return canary_leak(s, &s->fds[0], err);
}

const struct canary canary_leak_pidfd = {
	.about = "the creator's pidfd, left open; the creator has a file with the token open",
	.dies_with_us = true,
	.plant = plant_own_pidfd,
};

static int plant_perf(struct scene *s, struct err *err)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_SOFTWARE,
					.size = sizeof(attr),
					.config = PERF_COUNT_SW_TASK_CLOCK,
					.exclude_kernel = 1 };

	s->fds[0] = (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	return s->fds[0] < 0 ? err_sys(err, "perf_event_open") : canary_leak(s, &s->fds[0], err);
}

const struct canary canary_leak_perf = {
	.about = "a counter of the creator's that was left open",
	.dies_with_us = true,
	.plant = plant_perf,
};

/* A ring for one request, with a file that only the ring has. */
static int plant_ring(struct scene *s, struct err *err)
{
	struct io_uring_params params = { 0 };

	s->fds[1] = canary_memfd(s, err);
	if (s->fds[1] < 0)
		return s->fds[1];
	s->fds[0] = (int)syscall(SYS_io_uring_setup, 1, &params);
	if (s->fds[0] < 0)
		return err_sys(err, "io_uring_setup");
	if (syscall(SYS_io_uring_register, s->fds[0], IORING_REGISTER_FILES, &s->fds[1], 1) < 0)
		return err_sys(err, "io_uring_register");
	scene_arg(s, "tail", "%u", params.sq_off.tail);
	scene_arg(s, "array", "%u", params.sq_off.array);
	scene_arg(s, "cqes", "%u", params.cq_off.cqes);
	return canary_leak(s, &s->fds[0], err);
}

const struct canary canary_leak_ring = {
	.about = "an io_uring that the creator left open, with a registered file",
	.dies_with_us = true,
	.plant = plant_ring,
};
