// SPDX-License-Identifier: MIT
/*
 * Canaries that are descriptors left open, without close-on-exec: files, sockets and terminals. The
 * probe gets the number as fd=; everything is gone with the process that planted it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "check/canary.h"
#include "check/needs.h"

enum { ARRIVAL_MS = 1000, LEAKED_FROM = 32 };

int canary_leave_open(int *fd, struct err *err)
{
	int high = fcntl(*fd, F_DUPFD, LEAKED_FROM);

	if (high < 0)
		return err_sys(err, "leave a descriptor open");
	fd_close(fd);
	*fd = high;
	return 0;
}

int canary_leak(struct scene *s, int *fd, struct err *err)
{
	int r = canary_leave_open(fd, err);

	if (r == 0)
		scene_arg(s, "fd", "%d", *fd);
	return r;
}

int canary_memfd(struct scene *s, struct err *err)
{
	AUTO_CLOSE int fd = memfd_create("canary", MFD_CLOEXEC);
	char line[sizeof(s->token) + 1];

	snprintf(line, sizeof(line), "%s\n", s->token);
	if (fd < 0 || fd_write_full(fd, line, strlen(line)) < 0 || lseek(fd, 0, SEEK_SET) < 0)
		return err_sys(err, "memfd");
	return STEAL_FD(fd);
}

/* A file with the token, opened once or twice and then unlinked. */
static int plant_unlinked(struct scene *s, int count, struct err *err)
{
	const char *dir = s->ground->arena ? "/tmp" : s->ground->spawner->dir;
	int r;

	snprintf(s->path, sizeof(s->path), "%s/%s", dir, s->name);
	r = canary_write(s, AT_FDCWD, s->path, 0644, err);
	for (int i = 0; r == 0 && i < count; i++) {
		s->fds[i] = open(s->path, O_RDONLY | O_CLOEXEC);
		if (s->fds[i] < 0)
			r = err_sys(err, "%s", s->path);
	}
	unlink(s->path);
	return r < 0 ? r : canary_leak(s, &s->fds[0], err);
}

static int plant_file(struct scene *s, struct err *err)
{
	return plant_unlinked(s, 1, err);
}

const struct canary canary_leak_file = {
	.about = "an unlinked file with the token that the creator left open for reading",
	.dies_with_us = true,
	.plant = plant_file,
};

static int plant_lock(struct scene *s, struct err *err)
{
	int r = plant_unlinked(s, 2, err);

	if (r == 0 && flock(s->fds[0], LOCK_EX | LOCK_NB) < 0)
		r = err_sys(err, "flock");
	return r;
}

static int lock_is_gone(struct scene *s, struct err *err)
{
	if (flock(s->fds[1], LOCK_EX | LOCK_NB) == 0)
		return 1;
	return errno == EWOULDBLOCK ? 0 : err_sys(err, "flock");
}

const struct canary canary_leak_lock = {
	.about = "a file that the creator left open, and holds locked",
	.dies_with_us = true,
	.plant = plant_lock,
	.witness = lock_is_gone,
};

enum { OFFSET = 4096 };

static int plant_offset(struct scene *s, struct err *err)
{
	scene_arg(s, "offset", "%d", OFFSET);
	return plant_unlinked(s, 1, err);
}

static int offset_has_moved(struct scene *s, struct err *err)
{
	off_t now = lseek(s->fds[0], 0, SEEK_CUR);

	return now < 0 ? err_sys(err, "lseek") : now == OFFSET;
}

const struct canary canary_leak_offset = {
	.about = "a file that the creator left open, and reads from",
	.dies_with_us = true,
	.plant = plant_offset,
	.witness = offset_has_moved,
};

static int send_token(struct scene *s, int sock, struct err *err)
{
	char line[sizeof(s->token) + 1];
	int len = snprintf(line, sizeof(line), "%s\n", s->token);

	if (send(sock, line, (size_t)len, MSG_NOSIGNAL | MSG_DONTWAIT) != len)
		return err_sys(err, "send the token");
	return 0;
}

static int plant_socket(struct scene *s, struct err *err)
{
	int r;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, s->fds) < 0)
		return err_sys(err, "socketpair");
	r = send_token(s, s->fds[1], err);
	return r < 0 ? r : canary_leak(s, &s->fds[0], err);
}

const struct canary canary_leak_socket = {
	.about = "a connected socket that the creator left open, with the token on its way",
	.dies_with_us = true,
	.plant = plant_socket,
};

static int plant_rights(struct scene *s, struct err *err)
{
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec byte = { (char[]){ '!' }, 1 };
	struct msghdr msg = { .msg_iov = &byte,
			      .msg_iovlen = 1,
			      .msg_control = &control,
			      .msg_controllen = sizeof(control) };
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);

	s->fds[2] = canary_memfd(s, err);
	if (s->fds[2] < 0)
		return s->fds[2];
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, s->fds) < 0)
		return err_sys(err, "socketpair");
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cmsg), &s->fds[2], sizeof(int));
	if (sendmsg(s->fds[1], &msg, MSG_NOSIGNAL | MSG_DONTWAIT) != 1)
		return err_sys(err, "send a descriptor");
	return canary_leak(s, &s->fds[0], err);
}

const struct canary canary_leak_rights = {
	.about = "a socket that the creator left open, with a descriptor on its way",
	.dies_with_us = true,
	.plant = plant_rights,
};

/* A listener at an abstract address that the kernel chooses, and one who has called. */
static int plant_listener(struct scene *s, struct err *err)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	socklen_t len = sizeof(addr);
	int r;

	s->fds[0] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	s->fds[1] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s->fds[0] < 0 || s->fds[1] < 0)
		return err_sys(err, "socket");
	if (bind(s->fds[0], (struct sockaddr *)&addr, sizeof(sa_family_t)) < 0 ||
	    listen(s->fds[0], 1) < 0 ||
	    getsockname(s->fds[0], (struct sockaddr *)&addr, &len) < 0 ||
	    connect(s->fds[1], (struct sockaddr *)&addr, len) < 0)
		return err_sys(err, "listen at an abstract address");
	r = send_token(s, s->fds[1], err);
	return r < 0 ? r : canary_leak(s, &s->fds[0], err);
}

const struct canary canary_leak_listener = {
	.about = "a listening socket that the creator left open, with a caller who has the token",
	.dies_with_us = true,
	.plant = plant_listener,
};

/* A socket of the host's network, and one on its loopback who listens. */
static int plant_udp(struct scene *s, struct err *err)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(addr);

	s->fds[0] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	s->fds[1] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (s->fds[0] < 0 || s->fds[1] < 0 ||
	    bind(s->fds[1], (struct sockaddr *)&addr, sizeof(addr)) < 0 ||
	    getsockname(s->fds[1], (struct sockaddr *)&addr, &len) < 0)
		return err_sys(err, "a socket on the loopback");
	scene_arg(s, "port", "%u", (unsigned int)ntohs(addr.sin_port));
	scene_arg(s, "word", "%s", s->token);
	return canary_leak(s, &s->fds[0], err);
}

const struct canary canary_leak_netsock = {
	.about = "a socket of the host's network that the creator left open",
	.dies_with_us = true,
	.plant = plant_udp,
};

static int word_has_come(struct scene *s, struct err *err)
{
	struct pollfd pfd = { s->fds[1], POLLIN, 0 };
	char text[sizeof(s->token)] = "";

	if (poll(&pfd, 1, ARRIVAL_MS) < 0)
		return err_sys(err, "poll");
	if (recv(s->fds[1], text, sizeof(text) - 1, MSG_DONTWAIT) < 0)
		return errno == EAGAIN ? 0 : err_sys(err, "recv");
	return strcmp(text, s->token) == 0;
}

const struct canary canary_leak_udp = {
	.about = "a socket of the host's network that was left open, and one that listens there",
	.dies_with_us = true,
	.plant = plant_udp,
	.witness = word_has_come,
};

int canary_open_terminal(struct scene *s, struct err *err)
{
	struct termios mode;
	int unlock = 0, number;

	s->fds[0] = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (s->fds[0] < 0 || ioctl(s->fds[0], TIOCSPTLCK, &unlock) < 0 ||
	    ioctl(s->fds[0], TIOCGPTN, &number) < 0)
		return err_sys(err, "/dev/ptmx");
	snprintf(s->path, sizeof(s->path), "/dev/pts/%d", number);
	s->fds[1] = open(s->path, O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (s->fds[1] < 0 || tcgetattr(s->fds[1], &mode) < 0)
		return err_sys(err, "%s", s->path);
	cfmakeraw(&mode);
	return tcsetattr(s->fds[1], TCSANOW, &mode) < 0 ? err_sys(err, "%s", s->path) : 0;
}

int need_try_terminals(struct err *err)
{
	struct scene s = { .fds = { -1, -1 } };
	int r = canary_open_terminal(&s, err);

	fd_close(&s.fds[0]);
	fd_close(&s.fds[1]);
	return r;
}

/* What is typed waits for whoever reads from the terminal. */
static int type_token(struct scene *s, struct err *err)
{
	struct pollfd pfd = { s->fds[1], POLLIN, 0 };
	char line[sizeof(s->token) + 1];

	snprintf(line, sizeof(line), "%s\n", s->token);
	if (fd_write_full(s->fds[0], line, strlen(line)) < 0 || poll(&pfd, 1, ARRIVAL_MS) != 1)
		return err_set(err, EIO, "%s: what is typed does not arrive", s->path);
	return 0;
}

static int plant_master(struct scene *s, struct err *err)
{
	int r = canary_open_terminal(s, err);

	r = r < 0 ? r : type_token(s, err);
	return r < 0 ? r : canary_leak(s, &s->fds[0], err);
}

const struct canary canary_leak_master = {
	.about = "the master of a terminal that the creator left open, with the token typed in",
	.dies_with_us = true,
	.plant = plant_master,
};

static int plant_slave(struct scene *s, struct err *err)
{
	int r = canary_open_terminal(s, err);

	scene_arg(s, "word", "%s", s->token);
	return r < 0 ? r : canary_leak(s, &s->fds[1], err);
}

static int word_was_typed(struct scene *s, struct err *err)
{
	struct pollfd pfd = { s->fds[1], POLLIN, 0 };
	char text[sizeof(s->token)] = "";

	if (poll(&pfd, 1, ARRIVAL_MS) < 0)
		return err_sys(err, "poll");
	if (read(s->fds[1], text, sizeof(text) - 1) < 0)
		return errno == EAGAIN ? 0 : err_sys(err, "%s", s->path);
	return strcmp(text, s->token) == 0;
}

const struct canary canary_leak_slave = {
	.about = "a terminal of the host that the creator left open",
	.dies_with_us = true,
	.plant = plant_slave,
	.witness = word_was_typed,
};

static int plant_terminal(struct scene *s, struct err *err)
{
	int r = canary_open_terminal(s, err);

	scene_arg(s, "path", "%s", s->path);
	return r < 0 ? r : type_token(s, err);
}

const struct canary canary_terminal = {
	.about = "a terminal of the host, with the token typed in",
	.dies_with_us = true,
	.lasts = true,
	.plant = plant_terminal,
};
