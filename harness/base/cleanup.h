// SPDX-License-Identifier: MIT
/*
 * Ownership by attribute: a variable says at its declaration how it is released. errno survives
 * every cleanup, so that a failing call can be reported after the scope has been left. A transfer
 * is visible: STEAL_FD() and STEAL_PTR() hand the value on and disarm the cleanup.
 */
#ifndef NSPROOF_BASE_CLEANUP_H
#define NSPROOF_BASE_CLEANUP_H

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Closes *fd unless it is negative, and sets it to -1. Keeps errno. */
static inline void fd_close(int *fd)
{
	int keep = errno;

	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	errno = keep;
}

static inline void mem_freep(void *ptr)
{
	int keep = errno;

	free(*(void **)ptr);
	errno = keep;
}

static inline void file_closep(FILE **file)
{
	int keep = errno;

	if (*file)
		fclose(*file);
	errno = keep;
}

static inline void dir_closep(DIR **dir)
{
	int keep = errno;

	if (*dir)
		closedir(*dir);
	errno = keep;
}

#define AUTO_CLOSE __attribute__((cleanup(fd_close)))
#define AUTO_FREE  __attribute__((cleanup(mem_freep)))
#define AUTO_FILE  __attribute__((cleanup(file_closep)))
#define AUTO_DIR   __attribute__((cleanup(dir_closep)))

#define STEAL_FD(fd)                                                                               \
	__extension__({                                                                            \
		int steal_ = (fd);                                                                 \
		(fd) = -1;                                                                         \
		steal_;                                                                            \
	})

#define STEAL_PTR(ptr)                                                                             \
	__extension__({                                                                            \
		__typeof__(ptr) steal_ = (ptr);                                                    \
		(ptr) = NULL;                                                                      \
		steal_;                                                                            \
	})

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#endif
