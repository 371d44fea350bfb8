// SPDX-License-Identifier: MIT
/*
 * Ways past every path: file handles, marks on file systems, and what namespaces, processes, rings
 * and mounts that were left open lead to. open_by_handle_at(2), fanotify(7), pidfd_getfd(2)
 */
#include <fcntl.h>
#include <limits.h>
#include <linux/fanotify.h>
#include <linux/io_uring.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "leaked.h"
#include "mnt.h"

#define HANDLE_MAX 128
#define NSFS_ROOT  (-10003) /* FD_NSFS_ROOT, Linux 6.18 */
#define RING_PAGE  4096

/* The file behind type= and handle=; -1 and errno. */
static int open_handle(int mount, int flags)
{
	union {
		struct file_handle handle;
		unsigned char room[sizeof(struct file_handle) + HANDLE_MAX];
	} h = { .handle.handle_type = (int)arg_int("type", INT_MIN, INT_MAX) };
	const char *hex = arg_str("handle");
	unsigned int byte;

	for (; sscanf(hex, "%2x", &byte) == 1 && h.handle.handle_bytes < HANDLE_MAX; hex += 2)
		h.handle.f_handle[h.handle.handle_bytes++] = (unsigned char)byte;
	return (int)syscall(SYS_open_by_handle_at, mount, &h, flags | O_CLOEXEC);
}

PROBE(fd_open_by_handle, "opens the canary file by its handle, from a directory that is bound in")
{
	AUTO_CLOSE int mount = (int)MUST(open(arg_str("dir"), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	AUTO_CLOSE int fd = open_handle(mount, O_RDONLY);
	const char *token;

	if (fd < 0)
		return blocked_errno(errno, "open_by_handle_at");
	token = read_token(fd);
	if (!token)
		return failed("reading the file: %s", strerror(errno));
	return reached(token, "its handle opens a file that no path leads to");
}

PROBE(fd_nsfs_handle, "opens the host's uts namespace by its file handle")
{
	unsigned long long ino = (unsigned long long)arg_int("ino", 1, LLONG_MAX);
	AUTO_CLOSE int fd = open_handle(NSFS_ROOT, O_RDONLY);
	struct stat st;

	if (fd < 0)
		return blocked_errno(errno, "open_by_handle_at(FD_NSFS_ROOT)");
	MUST(fstat(fd, &st));
	if (st.st_ino != ino)
		return failed("the handle opens another namespace");
	return reached(NO_TOKEN, "open_by_handle_at(FD_NSFS_ROOT) opens it");
}

/* The token from the regular file of an event; NULL for other files. */
static const char *token_of_event(int fd)
{
	struct stat st;

	return fstat(fd, &st) || !S_ISREG(st.st_mode) ? NULL : read_token(fd);
}

PROBE(fd_fanotify_filesystem,
      "marks the file system of a directory that is bound in, and waits for opened files")
{
	unsigned int files = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
	AUTO_CLOSE int group = (int)syscall(SYS_fanotify_init,
					    FAN_CLASS_NOTIF | FAN_CLOEXEC | FAN_NONBLOCK, files);
	struct fanotify_event_metadata event;
	const char *token = NULL;

	if (group < 0)
		return blocked_errno(errno, "fanotify_init");
	if (syscall(SYS_fanotify_mark, group, FAN_MARK_ADD | FAN_MARK_FILESYSTEM,
		    (uint64_t)FAN_OPEN, AT_FDCWD, arg_str("dir")))
		return blocked_errno(errno, "fanotify_mark(FAN_MARK_FILESYSTEM)");
	wait_for_go();
	/* room for one event: each read gives one */
	while (!token && read(group, &event, sizeof(event)) == sizeof(event)) {
		AUTO_CLOSE int fd = event.fd;

		token = fd < 0 ? NULL : token_of_event(fd);
	}
	if (!token)
		return blocked("absent", "no event of the host came");
	return reached(token, "an event came with the host's file");
}

PROBE(fd_pidfd_getfd, "takes a descriptor from the creator through its inherited pidfd")
{
	int target = (int)arg_int("target", 0, INT_MAX), fd = leaked_fd();
	AUTO_CLOSE int taken = -1;
	const char *token;

	if (fd < 0)
		return not_leaked();
	taken = (int)syscall(SYS_pidfd_getfd, fd, target, 0);
	if (taken < 0)
		return blocked_errno(errno, "pidfd_getfd");
	token = read_token(taken);
	if (!token)
		return failed("reading the file: %s", strerror(errno));
	return reached(token, "pidfd_getfd gives a file that was not left open");
}

PROBE(fd_nsfd_setns, "enters the inherited uts namespace")
{
	int fd = leaked_fd();

	if (fd < 0)
		return not_leaked();
	if (setns(fd, CLONE_NEWUTS))
		return blocked_errno(errno, "setns(CLONE_NEWUTS)");
	return reached(NO_TOKEN, "setns(CLONE_NEWUTS) enters it");
}

PROBE(fd_perf_read, "reads the inherited counter")
{
	uint64_t count;
	int fd = leaked_fd();

	if (fd < 0)
		return not_leaked();
	if (read(fd, &count, sizeof(count)) != sizeof(count))
		return blocked_errno(errno, "reading the counter");
	return reached(NO_TOKEN, "the counter was read");
}

PROBE(fd_mount_attach, "attaches the inherited mount to /tmp")
{
	const char *name = arg_str("name");
	int fd = leaked_fd();
	char path[128];

	if (fd < 0)
		return not_leaked();
	if (sys_move_mount(fd, "", AT_FDCWD, "/tmp", 0))
		return blocked_errno(errno, "move_mount");
	snprintf(path, sizeof(path), "/tmp/%s", name);
	return token_of_file(AT_FDCWD, path);
}

static char *map_ring(int fd, off_t offset)
{
	void *at = mmap(NULL, RING_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);

	if (at == MAP_FAILED)
		die("mapping the ring: %s", strerror(errno));
	return at;
}

PROBE(fd_io_uring_read, "reads a registered file through the inherited io_uring")
{
	size_t tail = (size_t)arg_int("tail", 0, RING_PAGE - 4);
	size_t array = (size_t)arg_int("array", 0, RING_PAGE - 4);
	size_t cqes = (size_t)arg_int("cqes", 0, RING_PAGE - sizeof(struct io_uring_cqe));
	const struct io_uring_cqe *done;
	struct io_uring_sqe *request;
	char text[128], *ring;
	int fd = leaked_fd();

	if (fd < 0)
		return not_leaked();
	ring = map_ring(fd, IORING_OFF_SQ_RING);
	request = (struct io_uring_sqe *)map_ring(fd, IORING_OFF_SQES);
	*request = (struct io_uring_sqe){ .opcode = IORING_OP_READ,
					  .flags = IOSQE_FIXED_FILE,
					  .addr = (uintptr_t)text,
					  .len = sizeof(text) - 1 };
	*(uint32_t *)(ring + array) = 0;
	__atomic_store_n((uint32_t *)(ring + tail), 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) < 0)
		return blocked_errno(errno, "io_uring_enter");
	done = (const struct io_uring_cqe *)(ring + cqes);
	if (done->res < 0)
		return blocked_errno(-done->res, "reading through the ring");
	return reached(first_line(text, (size_t)done->res, sizeof(text)),
		       "a file was read that only the ring has");
}
