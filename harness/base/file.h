// SPDX-License-Identifier: MIT
/* Small helpers for files and descriptors. All descriptors that they open are close-on-exec. */
#ifndef NSPROOF_BASE_FILE_H
#define NSPROOF_BASE_FILE_H

#include <stddef.h>
#include <sys/types.h>

#include "base/text.h"

/* Read or write all of it, through EINTR and short counts. Return 0, or a negative errno;
 * fd_read_full() returns the number of bytes, fewer than `len` only at end of file. */
ssize_t fd_read_full(int fd, void *buf, size_t len);
int fd_write_full(int fd, const void *buf, size_t len);

/* Reads the rest of a descriptor, at most `max` bytes (-EFBIG beyond), and appends it. */
int fd_read_text(int fd, size_t max, struct text *ret);

/* Open below `dirfd` (or AT_FDCWD), read or write a small file in one go, close.
 * file_write() neither creates nor truncates: it is for /proc, /sys and cgroup files. */
int file_read(int dirfd, const char *path, size_t max, struct text *ret);
int file_write(int dirfd, const char *path, const char *str);

/* Random bytes from the kernel as lower-case hexadecimal into out[2 * bytes + 1]. */
void random_hex(size_t bytes, char *out);

#endif
