// SPDX-License-Identifier: MIT
/*
 * The seccomp filter: a list of what acts on the whole kernel and no container needs. It is a
 * second line behind the capabilities, and the only one for calls that need none (keys, io_uring).
 */
#include "container/filter.h"

#include <errno.h>
#include <seccomp.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"

static const int denied[] = {
	SCMP_SYS(acct),
	SCMP_SYS(add_key),
	SCMP_SYS(adjtimex),
	SCMP_SYS(bpf),
	SCMP_SYS(clock_adjtime),
	SCMP_SYS(clock_settime),
	SCMP_SYS(delete_module),
	SCMP_SYS(fanotify_init),
	SCMP_SYS(finit_module),
	SCMP_SYS(init_module),
	SCMP_SYS(io_uring_enter),
	SCMP_SYS(io_uring_register),
	SCMP_SYS(io_uring_setup),
	SCMP_SYS(ioperm),
	SCMP_SYS(iopl),
	SCMP_SYS(kexec_file_load),
	SCMP_SYS(kexec_load),
	SCMP_SYS(keyctl),
	SCMP_SYS(lookup_dcookie),
	SCMP_SYS(open_by_handle_at),
	SCMP_SYS(perf_event_open),
	SCMP_SYS(quotactl),
	SCMP_SYS(reboot),
	SCMP_SYS(request_key),
	SCMP_SYS(settimeofday),
	SCMP_SYS(swapoff),
	SCMP_SYS(swapon),
	SCMP_SYS(syslog),
	SCMP_SYS(userfaultfd),
	SCMP_SYS(vhangup),
};

static int build(scmp_filter_ctx ctx, struct sock_fprog *ret, struct err *err)
{
	AUTO_CLOSE int fd = memfd_create("filter", MFD_CLOEXEC);
	AUTO_FREE struct sock_filter *code = NULL;
	off_t size;

	/* a tree instead of a list: whoever loads it, the kernel tries every system call on it. One
	 * that libseccomp is too old for (2.5) filters the same. */
	seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	for (size_t i = 0; i < ARRAY_SIZE(denied); i++) {
		int r = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), denied[i], 0);

		if (r < 0)
			return err_set(err, -r, "seccomp filter: system call %d", denied[i]);
	}
	if (fd < 0 || seccomp_export_bpf(ctx, fd) < 0)
		return err_sys(err, "seccomp filter: cannot be compiled");
	size = lseek(fd, 0, SEEK_END);
	code = size > 0 ? malloc((size_t)size) : NULL;
	if (!code || lseek(fd, 0, SEEK_SET) < 0 || fd_read_full(fd, code, (size_t)size) != size)
		return err_sys(err, "seccomp filter: cannot be read back");
	ret->len = (unsigned short)((size_t)size / sizeof(*code));
	ret->filter = STEAL_PTR(code);
	return 0;
}

const struct sock_fprog *container_filter(struct err *err)
{
	static struct sock_fprog filter;
	scmp_filter_ctx ctx;

	if (filter.filter)
		return &filter;
	ctx = seccomp_init(SCMP_ACT_ALLOW);
	if (!ctx) {
		err_set(err, ENOMEM, "seccomp filter: out of memory");
		return NULL;
	}
	build(ctx, &filter, err);
	seccomp_release(ctx);
	return filter.filter ? &filter : NULL;
}
