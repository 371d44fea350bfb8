// SPDX-License-Identifier: MIT
/* New user namespaces: see userns.h. */
#include "userns.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/prctl.h>

#include "probe.h"

bool is_twin(void)
{
	return arg_given("twin") && arg_int("twin", 0, 1);
}

void userns_enter(int more)
{
	MUST(unshare(CLONE_NEWUSER | more));
	/* files in /proc of a process that is not dumpable belong to the initial root */
	MUST(prctl(PR_SET_DUMPABLE, 1));
}

static void proc_path(char *path, size_t size, pid_t pid, const char *file)
{
	if (pid)
		snprintf(path, size, "/proc/%d/%s", (int)pid, file);
	else
		snprintf(path, size, "/proc/self/%s", file);
}

int userns_write(pid_t pid, const char *file, const char *text)
{
	AUTO_CLOSE int fd = -1;
	char path[64];

	proc_path(path, sizeof(path), pid, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	return write(fd, text, strlen(text)) < 0 ? -1 : 0;
}

const char *userns_map(char *text, unsigned int id)
{
	snprintf(text, 32, "0 %u 1", id);
	return text;
}

/* In the child: stays until nobody holds the other end of `life`. */
static _Noreturn void stay(int more, int ready, int life)
{
	char byte;

	if (unshare(CLONE_NEWUSER | more) < 0 || prctl(PR_SET_DUMPABLE, 1) < 0 ||
	    write(ready, "", 1) != 1)
		_exit(1);
	while (read(life, &byte, 1) < 0 && errno == EINTR)
		;
	_exit(0);
}

pid_t userns_child(int more)
{
	int ready[2], life[2];
	pid_t pid;
	char byte;

	MUST(pipe2(ready, O_CLOEXEC));
	MUST(pipe2(life, O_CLOEXEC));
	pid = (pid_t)MUST(fork());
	if (pid == 0) {
		close(ready[0]);
		close(life[1]);
		stay(more, ready[1], life[0]);
	}
	close(ready[1]);
	close(life[0]);
	/* life[1] stays open until the probe ends */
	if (read(ready[0], &byte, 1) != 1)
		die("no child in a new user namespace");
	close(ready[0]);
	return pid;
}

int userns_open(pid_t pid, const char *name)
{
	char file[32], path[64];

	snprintf(file, sizeof(file), "ns/%s", name);
	proc_path(path, sizeof(path), pid, file);
	return (int)MUST(open(path, O_RDONLY | O_CLOEXEC));
}
