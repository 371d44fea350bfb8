// SPDX-License-Identifier: MIT
/* Users: is root in here root out there? And a rule about user namespaces. user_namespaces(7) */
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "probe.h"

PROBE(user_read_root_only_file, "opens a file that only the host's root may read")
{
	return token_of_file(AT_FDCWD, arg_str("path"));
}

PROBE(user_clone_newuser_fs, "asks for a user namespace that shares its root and cwd")
{
	struct clone_args clone = { .flags = CLONE_NEWUSER | CLONE_FS, .exit_signal = SIGCHLD };
	int status;
	long pid;

	/* the legal twin: the same without sharing */
	if (arg_given("twin") && arg_int("twin", 0, 1))
		clone.flags = CLONE_NEWUSER;
	pid = syscall(SYS_clone3, &clone, sizeof(clone));
	if (pid == 0)
		_exit(0);
	if (pid < 0)
		return blocked_errno(errno, "clone3()");
	MUST(waitpid((pid_t)pid, &status, 0));
	return reached(NO_TOKEN, "clone3() made the child");
}
