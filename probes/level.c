// SPDX-License-Identifier: MIT
/* Processes and namespaces below the container's: see level.h. */
#include "level.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>

bool arg_twin(void)
{
	return arg_given("twin") && arg_int("twin", 0, 1);
}

pid_t level_clone(uint64_t flags)
{
	struct clone_args clone = { .flags = flags, .exit_signal = SIGCHLD };

	return (pid_t)syscall(SYS_clone3, &clone, sizeof(clone));
}

int level_map(const char *file, const char *line)
{
	AUTO_CLOSE int fd = open(file, O_WRONLY | O_CLOEXEC);

	return fd < 0 || write(fd, line, strlen(line)) < 0 ? -1 : 0;
}

/*
 * Refused to a root without capabilities: id 0 is only mapped for who could also set file
 * capabilities. The child has all capabilities all the same, but no ids.
 */
static void map_own(uid_t uid, gid_t gid)
{
	char line[32];

	MUST(level_map("/proc/self/setgroups", "deny"));
	snprintf(line, sizeof(line), "0 %u 1", (unsigned int)uid);
	if (level_map("/proc/self/uid_map", line) && errno != EPERM)
		die("uid_map: %s", strerror(errno));
	snprintf(line, sizeof(line), "0 %u 1", (unsigned int)gid);
	if (level_map("/proc/self/gid_map", line) && errno != EPERM)
		die("gid_map: %s", strerror(errno));
}

bool level_has_ids(void)
{
	return getuid() == 0 && getgid() == 0;
}

pid_t level_fork(uint64_t flags)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();
	pid_t pid = level_clone(flags);

	if (pid == 0 && flags & CLONE_NEWUSER)
		map_own(uid, gid);
	return pid;
}

/* The first line that comes, or NULL. */
static const char *read_answer(int fd)
{
	static char line[512];
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	ssize_t len;

	if (poll(&pfd, 1, LEVEL_LIMIT_MS) != 1)
		return NULL;
	/* an answer is one write, so it is one read */
	len = read(fd, line, sizeof(line) - 1);
	if (len <= 0 || line[len - 1] != '\n')
		return NULL;
	line[len] = '\0';
	return line;
}

struct answer level_ask(uint64_t flags, struct answer (*act)(const void *arg), const void *arg)
{
	AUTO_CLOSE int in = -1, out = -1;
	uid_t uid = geteuid();
	gid_t gid = getegid();
	const char *line;
	int ends[2];
	pid_t pid;

	MUST(pipe2(ends, O_CLOEXEC));
	in = ends[0];
	out = ends[1];
	pid = level_clone(flags);
	if (pid < 0)
		return failed("clone3(): %s", strerror(errno));
	if (pid == 0) {
		/* from here on what it says goes to us, and not out */
		MUST(dup2(out, STDOUT_FILENO));
		if (flags & CLONE_NEWUSER)
			map_own(uid, gid);
		_exit(answer_write(act(arg)));
	}
	close(out);
	out = -1;
	line = read_answer(in);
	level_kill(pid);
	return line ? (struct answer){ line } : failed("the child ended without an answer");
}

pid_t level_sleeper(uint64_t flags)
{
	pid_t pid = (pid_t)MUST(level_clone(flags));

	if (pid == 0) {
		poll(NULL, 0, LEVEL_LIMIT_MS);
		_exit(0);
	}
	return pid;
}

void level_kill(pid_t pid)
{
	kill(pid, SIGKILL);
	level_wait(pid);
}

int level_wait(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			die("waitpid(): %s", strerror(errno));
	return status;
}

void bond_make(struct bond *b)
{
	MUST(pipe2(b->alive, O_CLOEXEC));
	MUST(pipe2(b->stop, O_CLOEXEC));
}

void bond_hold(struct bond *b)
{
	struct pollfd pfd = { .fd = b->stop[0], .events = POLLIN };

	close(b->alive[0]);
	close(b->stop[1]);
	if (write(b->alive[1], "x", 1) == 1)
		poll(&pfd, 1, LEVEL_LIMIT_MS);
	_exit(0);
}

void bond_await(struct bond *b)
{
	struct pollfd pfd = { .fd = b->alive[0], .events = POLLIN };
	char byte;

	close(b->alive[1]);
	close(b->stop[0]);
	if (poll(&pfd, 1, LEVEL_LIMIT_MS) != 1 || read(b->alive[0], &byte, 1) != 1)
		die("a process of the second level did not start");
}

bool bond_alive(struct bond *b, int timeout_ms)
{
	struct pollfd pfd = { .fd = b->alive[0], .events = POLLIN };

	return MUST(poll(&pfd, 1, timeout_ms)) == 0;
}

void bond_release(struct bond *b)
{
	close(b->stop[1]);
	close(b->alive[0]);
}
