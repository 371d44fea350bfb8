// SPDX-License-Identifier: MIT
/*
 * Runs while nsproof is built: compiles the seccomp filter and prints it as an array for filter.c.
 * So no start has to do it, and the part of the program that starts first (quick/) needs no
 * libseccomp. The filter lists what acts on the whole kernel and no container needs: a second line
 * behind the capabilities, and the only one for calls that need none (keys, io_uring).
 */
#include <linux/filter.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"

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

static int add_rules(scmp_filter_ctx ctx)
{
	/* a tree instead of a list: whoever loads it, the kernel tries every system call on it. One
	 * that libseccomp is too old for (2.5) filters the same. */
	seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	for (size_t i = 0; i < ARRAY_SIZE(denied); i++) {
		int r = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), denied[i], 0);

		if (r < 0)
			return r;
	}
	return 0;
}

/* What libseccomp writes is an array of struct sock_filter. */
static int print_code(FILE *code)
{
	struct sock_filter line;

	rewind(code);
	while (fread(&line, sizeof(line), 1, code) == 1)
		printf("{ 0x%x, %u, %u, 0x%x },\n", line.code, line.jt, line.jf, line.k);
	return ferror(code) || fflush(stdout) != 0 ? -EIO : 0;
}

int main(void)
{
	AUTO_FILE FILE *code = tmpfile();
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
	int r = code && ctx ? add_rules(ctx) : -ENOMEM;

	r = r < 0 ? r : seccomp_export_bpf(ctx, fileno(code));
	r = r < 0 ? r : print_code(code);
	seccomp_release(ctx);
	if (r < 0)
		fprintf(stderr, "the seccomp filter cannot be compiled: error %d\n", -r);
	return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
