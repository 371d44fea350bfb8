// SPDX-License-Identifier: MIT
/*
 * Needs that one harmless system call decides: the very call that the probes make, where it has to
 * answer as it does to somebody who may. No privilege, a filter, a lockdown and a kernel built
 * without it all show here, and nowhere later.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/bpf.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/fanotify.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "check/needs.h"

/* The inode number of the initial user namespace: include/linux/proc_ns.h of the kernel */
#define INITIAL_USERNS_INO 0xEFFFFFFDU

static bool has_cap(cap_value_t cap)
{
	cap_flag_value_t on = CAP_CLEAR;
	cap_t caps = cap_get_proc();

	if (caps)
		cap_get_flag(caps, cap, CAP_EFFECTIVE, &on);
	cap_free(caps);
	return on == CAP_SET;
}

static int try_initial_userns(struct err *err)
{
	struct stat st;

	if (stat("/proc/self/ns/user", &st) < 0)
		return err_sys(err, "/proc/self/ns/user");
	if (st.st_ino != INITIAL_USERNS_INO)
		return err_set(err, EPERM, "this is not the initial user namespace");
	return 0;
}

/* All but CAP_SYS_RESOURCE, which is a need of its own: roots without it are not rare. */
static int try_init_caps(struct err *err)
{
	for (cap_value_t cap = 0; cap_get_bound(cap) >= 0; cap++)
		if (cap != CAP_SYS_RESOURCE && !has_cap(cap))
			return err_set(err, EPERM, "capability %d is missing", (int)cap);
	return try_initial_userns(err);
}

static int try_resource(struct err *err)
{
	if (!has_cap(CAP_SYS_RESOURCE))
		return err_set(err, EPERM, "CAP_SYS_RESOURCE is missing");
	return try_initial_userns(err);
}

static int try_unfiltered(struct err *err)
{
	if (prctl(PR_GET_SECCOMP) != 0)
		return err_set(err, EPERM, "a seccomp filter is on nsproof itself");
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 0)
		return err_set(err, EPERM, "no_new_privs is on nsproof itself");
	return 0;
}

static int try_compat32(struct err *err)
{
#if defined(__x86_64__)
	int status;
	pid_t pid = fork();

	/* where the kernel was built without, this ends the child by SIGSEGV */
	if (pid == 0) {
		long result;

		prctl(PR_SET_DUMPABLE, 0);
		__asm__ volatile("int $0x80"
				 : "=a"(result)
				 : "a"(20) /* getpid */
				 : "memory", "r8", "r9", "r10", "r11");
		_exit(result == getpid() ? 0 : 1);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return err_sys(err, "fork");
	return status == 0 ? 0 : err_set(err, ENOSYS, "int 0x80 does not answer");
#else
	return err_set(err, ENOSYS, "this is not x86-64");
#endif
}

/* What the kernel says is restricted: an unprivileged process that may profile all would be blind.
 */
static int try_perf(struct err *err)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.disabled = 1,
	};
	AUTO_TEXT struct text text = { 0 };
	AUTO_CLOSE int fd = -1;
	int r = file_read(AT_FDCWD, "/proc/sys/kernel/perf_event_paranoid", 16, &text);

	if (r < 0)
		return err_set(err, -r, "kernel.perf_event_paranoid: cannot be read");
	if (atoi(text.str) < 1)
		return err_set(err, EPERM, "kernel.perf_event_paranoid is below 1");
	fd = (int)syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	return fd < 0 ? err_sys(err, "perf_event_open") : 0;
}

/* A call that has to fail, and with which errno when it is allowed; 0: it has to succeed. */
static int expect(const char *name, long result, int wanted, struct err *err)
{
	int num = result < 0 ? errno : 0;

	if (num == wanted)
		return 0;
	return err_set(err, num ? num : EINVAL, "%s: %s", name,
		       num ? strerror(num) : "it succeeds where it can't");
}

static int try_descriptor(const char *name, long fd, struct err *err)
{
	if (fd < 0)
		return err_sys(err, "%s", name);
	close((int)fd);
	return 0;
}

static int try_bpf(struct err *err)
{
	union bpf_attr attr = { .start_id = INT_MAX - 1 }; /* there is none behind it */

	return expect("bpf", syscall(SYS_bpf, BPF_PROG_GET_NEXT_ID, &attr, sizeof(attr)), ENOENT,
		      err);
}

/* In our process keyring, which goes with us. */
static int try_keys(struct err *err)
{
	long key = syscall(SYS_add_key, "user", "nsproof", "x", 1UL, KEY_SPEC_PROCESS_KEYRING);

	if (key < 0)
		return err_sys(err, "add_key");
	if (syscall(SYS_keyctl, KEYCTL_UNLINK, key, KEY_SPEC_PROCESS_KEYRING) < 0)
		return err_sys(err, "keyctl");
	return 0;
}

/* They may be modules, or not there at all. */
static int try_host_fs(struct err *err)
{
	static const char *const types[] = { "debugfs", "tracefs", "securityfs", "pstore",
					     "devtmpfs" };

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		int r = try_descriptor(types[i], syscall(SYS_fsopen, types[i], FSOPEN_CLOEXEC),
				       err);

		if (r < 0)
			return r;
	}
	return 0;
}

static int try_nsfs_handle(struct err *err)
{
	union {
		struct file_handle handle;
		unsigned char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} h = { .handle.handle_bytes = MAX_HANDLE_SZ };
	int mount;

	if (name_to_handle_at(AT_FDCWD, "/proc/self/ns/uts", &h.handle, &mount, AT_SYMLINK_FOLLOW) <
	    0)
		return err_sys(err, "name_to_handle_at of a namespace");
	return 0;
}

int need_try_kernel(enum need need, struct err *err)
{
	static const char absent[] = "/nonexistent";
	/* room for struct io_uring_params, whose size is part of the ABI: 120 bytes */
	char ring[120] = { 0 };

	switch (need) {
	case NEED_INIT_CAPS:
		return try_init_caps(err);
	case NEED_RESOURCE:
		return try_resource(err);
	case NEED_UNFILTERED:
		return try_unfiltered(err);
	case NEED_KEYS:
		return try_keys(err);
	case NEED_FANOTIFY:
		return try_descriptor("fanotify_init", fanotify_init(FAN_CLOEXEC, O_RDONLY), err);
	case NEED_SWAP:
		return expect("swapon", syscall(SYS_swapon, absent, 0), ENOENT, err);
	case NEED_ACCT:
		return expect("acct", syscall(SYS_acct, absent), ENOENT, err);
	case NEED_BPF:
		return try_bpf(err);
	case NEED_KEXEC:
		/* flags that no kernel knows: 0 would drop a loaded image */
		return expect("kexec_load", syscall(SYS_kexec_load, 0, 0, NULL, ~0UL), EINVAL, err);
	case NEED_MODULES:
		return expect("finit_module", syscall(SYS_finit_module, -1, "", 0), EBADF, err);
	case NEED_SET_CLOCK:
		/* nothing to set: only the permission is asked for */
		return expect("settimeofday", syscall(SYS_settimeofday, NULL, NULL), 0, err);
	case NEED_IO_URING:
		return try_descriptor("io_uring_setup", syscall(SYS_io_uring_setup, 1, ring), err);
	case NEED_USERFAULTFD:
		/* 1: UFFD_USER_MODE_ONLY, Linux 5.11 */
		return try_descriptor("userfaultfd", syscall(SYS_userfaultfd, O_CLOEXEC | 1), err);
	case NEED_HOST_FS:
		return try_host_fs(err);
	case NEED_NSFS_HANDLE:
		return try_nsfs_handle(err);
	case NEED_COMPAT32:
		return try_compat32(err);
	case NEED_PERF:
		return try_perf(err);
	case NEED_STATMOUNT:
		return need_try_statmount(err);
	default:
		return need_try_process(need, err);
	}
}
