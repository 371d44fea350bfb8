// SPDX-License-Identifier: MIT
/* What can't be read in any order is kept in a file: see spool.h. */
#include "image/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"

/* how often a silent pipe is left to see whether to stop: a signal may come just before the wait */
#define LOOK_MS     200
#define BUFFER_SIZE ((size_t)128 << 10)

/* An open file without a name, and the directory that it lies in. */
struct spool {
	int fd;
	const char *dir;
};

static int open_in(const char *dir)
{
	char path[PATH_MAX];
	int fd = open(dir, O_TMPFILE | O_EXCL | O_RDWR | O_CLOEXEC, 0600);

	/* not every file system can do it: open(2) */
	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
		return fd;
	if (snprintf(path, sizeof(path), "%s/nsproof-XXXXXX", dir) >= (int)sizeof(path))
		return -1;
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		unlink(path);
	return fd;
}

static int spool_open(struct spool *ret, struct err *err)
{
	const char *const dirs[] = { getenv("TMPDIR"), "/var/tmp", "/tmp" };

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		int fd = dirs[i] && *dirs[i] ? open_in(dirs[i]) : -1;

		if (fd >= 0) {
			*ret = (struct spool){ fd, dirs[i] };
			return 0;
		}
	}
	return err_sys(err, "no place for a temporary file in $TMPDIR, /var/tmp or /tmp");
}

static int spool_write(const struct spool *spool, const void *buf, size_t len, struct err *err)
{
	int r = fd_write_full(spool->fd, buf, len);

	if (r == 0)
		return 0;
	errno = -r;
	return err_sys(err, "a temporary file in %s (set TMPDIR for another place)", spool->dir);
}

static int stopped(const volatile sig_atomic_t *stop, struct err *err)
{
	return stop && *stop ? err_set(err, EINTR, "interrupted") : 0;
}

/* The next bytes of the pipe; 0 at its end. */
static ssize_t read_pipe(int fd, void *buf, const volatile sig_atomic_t *stop, struct err *err)
{
	struct pollfd pfd = { fd, POLLIN, 0 };

	for (;;) {
		ssize_t got;

		if (stopped(stop, err) < 0)
			return -err->num;
		if (poll(&pfd, 1, LOOK_MS) <= 0)
			continue;
		got = read(fd, buf, BUFFER_SIZE);
		if (got >= 0)
			return got;
		if (errno != EINTR && errno != EAGAIN)
			return err_sys(err, "reading");
	}
}

int spool_pipe(int fd, uint64_t max, const volatile sig_atomic_t *stop, int *ret_fd,
	       struct err *err)
{
	AUTO_FREE char *buf = malloc(BUFFER_SIZE);
	struct spool spool = { .fd = -1 };
	AUTO_CLOSE int file = -1;
	uint64_t done = 0;
	ssize_t got;
	int r;

	if (!buf)
		return err_set(err, ENOMEM, "out of memory");
	r = spool_open(&spool, err);
	if (r < 0)
		return r;
	file = spool.fd;
	while ((got = read_pipe(fd, buf, stop, err)) > 0) {
		done += (uint64_t)got;
		if (max && done > max)
			return err_set(err, EFBIG, "more than the limit of %llu bytes",
				       (unsigned long long)max);
		r = spool_write(&spool, buf, (size_t)got, err);
		if (r < 0)
			return r;
	}
	if (got < 0)
		return (int)got;
	*ret_fd = STEAL_FD(file);
	return 0;
}

int spool_stream(const struct stream_source *source, const struct stream_limits *limits,
		 const volatile sig_atomic_t *stop, int *ret_fd, struct err *err)
{
	AUTO_STREAM struct stream *stream = NULL;
	struct spool spool = { .fd = -1 };
	AUTO_CLOSE int file = -1;
	const void *piece;
	ssize_t got;
	int r = spool_open(&spool, err);

	if (r < 0)
		return r;
	file = spool.fd;
	r = stream_open(source, limits, &stream, err);
	if (r < 0)
		return r;
	while ((got = stream_next(stream, &piece, err)) > 0) {
		r = stopped(stop, err);
		if (r == 0)
			r = spool_write(&spool, piece, (size_t)got, err);
		if (r < 0)
			return r;
	}
	if (got < 0)
		return (int)got;
	*ret_fd = STEAL_FD(file);
	return 0;
}
