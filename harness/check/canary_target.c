// SPDX-License-Identifier: MIT
/*
 * A process that holds the token wherever a process can hold a number: whoever can ask the kernel
 * about it, or look at it through /proc, brings the token back. It is a copy of its creator that
 * only sleeps, and dies with it.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "check/canary.h"

enum { START_MS = 5000, MAP_SIZE = 4096 };

/* Nothing is mapped there: the kernel finds no list when the process ends. */
#define ROBUST_LIST_BASE UINT64_C(0x400000000000)

static _Noreturn void sleep_as(struct scene *s, int (*prepare)(struct scene *), int ready,
			       pid_t creator)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != creator || prepare(s) < 0 || write(ready, "", 1) != 1)
		_exit(1);
	for (;;)
		pause();
}

/* Starts the process; returns when `prepare`, called in it, has returned 0. */
static int spawn_target(struct scene *s, int (*prepare)(struct scene *), struct err *err)
{
	AUTO_CLOSE int in = -1, out = -1;
	struct pollfd pfd = { .events = POLLIN };
	pid_t creator = getpid();
	int fds[2], n;
	char byte;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return err_sys(err, "pipe");
	in = pfd.fd = fds[0];
	out = fds[1];
	s->pid = fork();
	if (s->pid < 0)
		return err_sys(err, "fork");
	if (s->pid == 0)
		sleep_as(s, prepare, out, creator);
	scene_arg(s, "pid", "%d", s->pid);
	fd_close(&out);
	do
		n = poll(&pfd, 1, START_MS);
	while (n < 0 && errno == EINTR);
	if (n <= 0 || read(in, &byte, 1) != 1)
		return err_set(err, ESRCH, "the canary process cannot prepare itself");
	return 0;
}

/* A token that is a number, for what can hold nothing else. */
static void set_number(struct scene *s)
{
	s->token[7] = '\0';
	s->number = 1L << 28 | strtol(s->token, NULL, 16);
	snprintf(s->token, sizeof(s->token), "%ld", s->number);
}

static int hold_the_token(struct scene *s)
{
	uint64_t list = ROBUST_LIST_BASE + (uint64_t)s->number;
	struct flock lock = { .l_type = F_WRLCK, .l_start = s->number, .l_len = 1 };
	struct rlimit limit;

	if (setsid() < 0 || getrlimit(RLIMIT_RSS, &limit) < 0)
		return -1;
	limit.rlim_cur = (rlim_t)s->number; /* RLIMIT_RSS limits nothing: getrlimit(2) */
	if (setrlimit(RLIMIT_RSS, &limit) < 0)
		return -1;
	if (prctl(PR_SET_NAME, s->token) < 0 || prctl(PR_SET_TIMERSLACK, s->number) < 0)
		return -1;
	if (syscall(SYS_set_robust_list, list, sizeof(struct robust_list_head)) < 0)
		return -1;
	return fcntl(s->fds[0], F_SETLK, &lock);
}

/* A file without a name on any file system: named, filled and positioned by the token. */
static int open_file(struct scene *s, void **ret_map, struct err *err)
{
	int fd = s->fds[0] = memfd_create(s->token, MFD_CLOEXEC);
	size_t len = strlen(s->token);
	struct stat st;
	void *at;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(err, "memfd_create");
	if (write(fd, s->token, len) != (ssize_t)len || ftruncate(fd, MAP_SIZE) < 0 ||
	    lseek(fd, s->number, SEEK_SET) < 0)
		return err_sys(err, "memfd");
	at = mmap(NULL, MAP_SIZE, PROT_READ, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		return err_sys(err, "mmap");
	*ret_map = at;
	scene_arg(s, "fd", "%d", fd);
	scene_arg(s, "addr", "%lu", (unsigned long)at);
	scene_arg(s, "ino", "%lu", (unsigned long)st.st_ino);
	return 0;
}

static int plant_target(struct scene *s, struct err *err)
{
	void *map = NULL;
	int r;

	set_number(s);
	r = open_file(s, &map, err);
	if (r < 0)
		return r;
	r = spawn_target(s, hold_the_token, err);
	munmap(map, MAP_SIZE); /* the target has its own */
	return r;
}

const struct canary canary_target = {
	.about = "a sleeping process whose name, limit, timer slack, robust list, and "
		 "open, locked and mapped file hold the token",
	.dies_with_us = true,
	.lasts = true,
	.plant = plant_target,
	.remove = canary_kill,
};

static int stay(struct scene *s)
{
	(void)s;
	return 0;
}

/* It inherits the creator's directory. */
static int plant_cwd(struct scene *s, struct err *err)
{
	int r = canary_cwd.plant(s, err);

	return r < 0 ? r : spawn_target(s, stay, err);
}

static void remove_cwd(struct scene *s)
{
	canary_kill(s);
	canary_cwd.remove(s);
}

const struct canary canary_target_cwd = {
	.about = "a sleeping process with the token in a file of its directory",
	.dies_with_us = true,
	.plant = plant_cwd,
	.remove = remove_cwd,
};

static int plant_mount(struct scene *s, struct err *err)
{
	int r = canary_mount_source.plant(s, err);

	return r < 0 ? r : spawn_target(s, stay, err);
}

static void remove_mount(struct scene *s)
{
	canary_kill(s);
	canary_mount_source.remove(s);
}

const struct canary canary_target_mount = {
	.about = "a sleeping process that sees a mount with the token in its source",
	.lasts = true,
	.plant = plant_mount,
	.remove = remove_mount,
};

static int plant_exe(struct scene *s, struct err *err)
{
	struct stat st;

	if (stat("/proc/self/exe", &st) < 0)
		return err_sys(err, "/proc/self/exe");
	scene_arg(s, "ino", "%lu", (unsigned long)st.st_ino);
	scene_arg(s, "dev", "%lu", (unsigned long)st.st_dev);
	return spawn_target(s, stay, err);
}

const struct canary canary_target_exe = {
	.about = "a sleeping process that runs the harness's own program file",
	.dies_with_us = true,
	.plant = plant_exe,
	.remove = canary_kill,
};

/* ---- what the creator left open ---- */

/* Not as one of the first three: those are the probe's own, and a worker may have them free. */
static int leak(int *fd)
{
	int high = *fd < 0 ? -1 : fcntl(*fd, F_DUPFD, 3);

	if (high < 0)
		return -1;
	close(*fd);
	*fd = high;
	return 0;
}

static int plant_pidfd(struct scene *s, struct err *err)
{
	int r = spawn_target(s, stay, err);

	if (r < 0)
		return r;
	snprintf(s->token, sizeof(s->token), "%d", s->pid);
	s->fds[0] = (int)syscall(SYS_pidfd_open, s->pid, 0);
	if (leak(&s->fds[0]) < 0)
		return err_sys(err, "pidfd_open");
	scene_arg(s, "fd", "%d", s->fds[0]);
	return 0;
}

const struct canary canary_target_pidfd = {
	.about = "a pidfd of a sleeping process that the creator left open; the pid is the token",
	.dies_with_us = true,
	.plant = plant_pidfd,
	.remove = canary_kill,
};

static int plant_pidns(struct scene *s, struct err *err)
{
	s->fds[0] = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC);
	if (leak(&s->fds[0]) < 0)
		return err_sys(err, "/proc/self/ns/pid");
	scene_arg(s, "fd", "%d", s->fds[0]);
	return 0;
}

const struct canary canary_pidns = {
	.about = "a descriptor of the host's pid namespace that the creator left open",
	.dies_with_us = true,
	.plant = plant_pidns,
};

/* Credentials of a listener are those of the process that called listen(2): unix(7). */
static int listen_and_write(struct scene *s)
{
	if (listen(s->fds[1], 1) < 0)
		return -1;
	return write(s->fds[2], "", 1) == 1 ? 0 : -1;
}

/* fds[0]: a client of fds[1]; fds[3] is the other end of fds[2]. */
static int open_sockets(struct scene *s, struct err *err)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int on = 1, pair[2];

	s->fds[0] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	s->fds[1] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	/* without a name the kernel makes one up, in the abstract: unix(7), autobind */
	if (leak(&s->fds[0]) < 0 || s->fds[1] < 0 ||
	    bind(s->fds[1], (struct sockaddr *)&name, sizeof(name.sun_family)) < 0)
		return err_sys(err, "unix socket");
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(err, "socketpair");
	s->fds[2] = pair[0];
	s->fds[3] = pair[1];
	if (setsockopt(pair[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) < 0 ||
	    leak(&s->fds[3]) < 0)
		return err_sys(err, "SO_PASSCRED");
	return 0;
}

static int plant_peer(struct scene *s, struct err *err)
{
	struct sockaddr_un name;
	socklen_t len = sizeof(name);
	int r = open_sockets(s, err);

	r = r < 0 ? r : spawn_target(s, listen_and_write, err);
	if (r < 0)
		return r;
	snprintf(s->token, sizeof(s->token), "%d", s->pid);
	if (getsockname(s->fds[1], (struct sockaddr *)&name, &len) < 0 ||
	    connect(s->fds[0], (struct sockaddr *)&name, len) < 0)
		return err_sys(err, "unix socket");
	scene_arg(s, "client", "%d", s->fds[0]);
	scene_arg(s, "inbox", "%d", s->fds[3]);
	return 0;
}

const struct canary canary_target_peer = {
	.about = "sockets that lead to a sleeping process and were left open; its pid is the token",
	.dies_with_us = true,
	.plant = plant_peer,
	.remove = canary_kill,
};

static int plant_handle(struct scene *s, struct err *err)
{
	int r = plant_pidfd(s, err);

	if (r < 0)
		return r;
	if (fcntl(s->fds[0], F_SETFD, FD_CLOEXEC) < 0)
		return err_sys(err, "fcntl");
	return canary_pass_handle(s, s->fds[0], "", AT_EMPTY_PATH, err);
}

const struct canary canary_target_handle = {
	.about = "the file handle of a sleeping process's pidfd",
	.dies_with_us = true,
	.plant = plant_handle,
	.remove = canary_kill,
};
