// SPDX-License-Identifier: MIT
/*
 * The seccomp filter, by calls that ask for no privilege: only the filter can refuse them. All of
 * them act on the caller alone. seccomp(2)
 */
#include <fcntl.h>
#include <linux/keyctl.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/wait.h>

#include "probe.h"

static struct answer not_filtered(const char *call, long result)
{
	if (result < 0)
		return blocked_errno(errno, "%s", call);
	return reached(NO_TOKEN, "%s is allowed", call);
}

PROBE(cap_seccomp_active, "asks for its seccomp mode")
{
	if (MUST(prctl(PR_GET_SECCOMP)) == SECCOMP_MODE_FILTER)
		return reached(NO_TOKEN, "a filter is in force");
	return blocked("absent", "no filter is in force");
}

PROBE(cap_seccomp_keyctl, "asks for its own thread keyring")
{
	return not_filtered("keyctl()",
			    syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_THREAD_KEYRING, 1));
}

PROBE(cap_seccomp_add_key, "adds a key to its own thread keyring")
{
	return not_filtered("add_key()", syscall(SYS_add_key, "user", "nsprobe", "x", 1,
						 KEY_SPEC_THREAD_KEYRING));
}

PROBE(cap_seccomp_adjtimex, "reads the state of the system's clock")
{
	/* no modes: nothing is adjusted */
	struct timex timex = { 0 };

	return not_filtered("adjtimex()", syscall(SYS_adjtimex, &timex));
}

PROBE(cap_seccomp_io_uring, "sets up an io_uring with one entry")
{
	/* struct io_uring_params, whose size is part of the ABI */
	char params[120] = { 0 };

	return not_filtered("io_uring_setup()", syscall(SYS_io_uring_setup, 1, params));
}

PROBE(cap_seccomp_userfaultfd, "asks for a userfaultfd for its own faults")
{
	/* 1: UFFD_USER_MODE_ONLY, which asks for no privilege */
	return not_filtered("userfaultfd()", syscall(SYS_userfaultfd, O_CLOEXEC | 1));
}

#ifdef __x86_64__
/* keyctl(KEYCTL_GET_KEYRING_ID, KEY_SPEC_THREAD_KEYRING, 1) as a 32-bit program would call it */
static long keyctl_by_int_80(void)
{
	long result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(288L), "b"((long)KEYCTL_GET_KEYRING_ID),
			   "c"((long)KEY_SPEC_THREAD_KEYRING), "d"(1L)
			 : "memory", "r8", "r9", "r10", "r11");
	return (int)result;
}
#else
static long keyctl_by_int_80(void)
{
	return -ENOSYS;
}
#endif

PROBE(cap_seccomp_compat, "asks for its own thread keyring by a 32-bit system call")
{
	int status;
	pid_t pid = (pid_t)MUST(fork());

	/* a filter may well end whoever tries this */
	if (pid == 0) {
		long result;

		prctl(PR_SET_DUMPABLE, 0);
		result = keyctl_by_int_80();
		_exit(result < 0 ? (int)-result : 0);
	}
	MUST(waitpid(pid, &status, 0));
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
		return blocked("absent", "the kernel ends whoever calls int 0x80");
	if (!WIFEXITED(status))
		return failed("int 0x80 ended by signal %d", WTERMSIG(status));
	errno = WEXITSTATUS(status);
	return not_filtered("int 0x80", errno ? -1 : 0);
}
