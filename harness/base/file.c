// SPDX-License-Identifier: MIT
/* Small helpers for files and descriptors: see file.h. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/cleanup.h"

ssize_t fd_read_full(int fd, void *buf, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t got = read(fd, (char *)buf + done, len - done);

		if (got == 0)
			break;
		if (got < 0 && errno != EINTR)
			return -errno;
		if (got > 0)
			done += (size_t)got;
	}
	return (ssize_t)done;
}

int fd_write_full(int fd, const void *buf, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t put = write(fd, (const char *)buf + done, len - done);

		if (put < 0 && errno != EINTR)
			return -errno;
		if (put > 0)
			done += (size_t)put;
	}
	return 0;
}

int fd_read_text(int fd, size_t max, struct text *ret)
{
	char buf[4096];
	size_t total = 0;

	for (;;) {
		ssize_t got = read(fd, buf, sizeof(buf));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			break;
		total += (size_t)got;
		if (total > max)
			return -EFBIG;
		text_addn(ret, buf, (size_t)got);
	}
	if (!ret->str)
		text_add(ret, "");
	return ret->failed ? -ENOMEM : 0;
}

int file_read(int dirfd, const char *path, size_t max, struct text *ret)
{
	AUTO_CLOSE int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : fd_read_text(fd, max, ret);
}

int file_write(int dirfd, const char *path, const char *str)
{
	AUTO_CLOSE int fd = openat(dirfd, path, O_WRONLY | O_CLOEXEC);

	ssize_t put;

	if (fd < 0)
		return -errno;
	/* one write(2): /proc and cgroup files take their value whole */
	put = write(fd, str, strlen(str));
	if (put < 0)
		return -errno;
	return put == (ssize_t)strlen(str) ? 0 : -EIO;
}

void random_hex(size_t bytes, char *out)
{
	uint8_t raw[64];

	if (bytes > sizeof(raw))
		bytes = sizeof(raw);
	/* up to 256 bytes are never cut short: getrandom(2) */
	while (getrandom(raw, bytes, 0) < 0 && errno == EINTR)
		;
	text_hex(raw, bytes, out);
}
