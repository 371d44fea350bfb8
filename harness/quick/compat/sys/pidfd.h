// SPDX-License-Identifier: MIT
/* For musl, which has no wrappers of these calls: as glibc's <sys/pidfd.h>. pidfd_open(2) */
#ifndef NSPROOF_QUICK_SYS_PIDFD_H
#define NSPROOF_QUICK_SYS_PIDFD_H

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

static inline int pidfd_open(pid_t pid, unsigned int flags)
{
	return (int)syscall(SYS_pidfd_open, pid, flags);
}

static inline int pidfd_send_signal(int pidfd, int sig, siginfo_t *info, unsigned int flags)
{
	return (int)syscall(SYS_pidfd_send_signal, pidfd, sig, info, flags);
}

#endif
