// SPDX-License-Identifier: MIT
/*
 * System calls that the C library has no wrapper for (glibc 2.36), under their own names with the
 * prefix sys_. Like the library's wrappers they return -1 and set errno.
 */
#ifndef NSPROOF_KERNEL_SYS_H
#define NSPROOF_KERNEL_SYS_H

#include <stdint.h>
#include <sys/types.h>

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U /* memfd_create(2), Linux 6.3; not in the headers of 6.1 */
#endif

/*
 * clone3(2) used like fork(2): the child returns 0 on a copy of the stack. cgroup_fd < 0: stay in
 * the parent's cgroup; else CLONE_INTO_CGROUP is added (an O_PATH descriptor of a cgroup v2
 * directory will do). *ret_pidfd gets a close-on-exec pidfd unless the pointer is NULL.
 */
pid_t sys_clone3(uint64_t flags, int exit_signal, int cgroup_fd, int *ret_pidfd);

/* openat2(2); O_CLOEXEC is added to the flags. */
int sys_openat2(int dirfd, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve);

int sys_pivot_root(const char *new_root, const char *put_old); /* pivot_root(2) */

/* A new anonymous session keyring for the caller: keyctl(2), KEYCTL_JOIN_SESSION_KEYRING. */
int sys_join_session_keyring(void);

#endif
