// SPDX-License-Identifier: MIT
/* musl's <unistd.h> and what glibc's has beyond it. close_range(2), execveat(2) */
#ifndef NSPROOF_QUICK_UNISTD_H
#define NSPROOF_QUICK_UNISTD_H

#include <sys/syscall.h>
#include_next <unistd.h>

static inline int close_range(unsigned int first, unsigned int last, int flags)
{
	return (int)syscall(SYS_close_range, first, last, flags);
}

static inline int execveat(int dirfd, const char *path, char *const argv[], char *const envp[],
			   int flags)
{
	return (int)syscall(SYS_execveat, dirfd, path, argv, envp, flags);
}

#endif
