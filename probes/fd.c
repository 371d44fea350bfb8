// SPDX-License-Identifier: MIT
/*
 * Descriptors that were left open: a directory of the host is a door past every root, and a file or
 * socket needs no permission any more. openat(2), unix(7), socket(7)
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "leaked.h"

#define FD_LAST     1023
#define LIMIT_MS    2000
#define IOC_SKNS    0x894C /* SIOCGSKNS, linux/sockios.h */
#define IOC_PTYPEER 0x5441 /* TIOCGPTPEER, asm-generic/ioctls.h */

int leaked_fd(void)
{
	int fd = (int)arg_int("fd", STDERR_FILENO + 1, INT_MAX);

	return fcntl(fd, F_GETFD) < 0 ? -1 : fd;
}

struct answer not_leaked(void)
{
	return blocked("EBADF", "the descriptor was not inherited");
}

PROBE(fd_dir_fd_openat, "opens the canary file below every inherited descriptor")
{
	const char *name = arg_str("name");

	if (*name == '/')
		return failed("the argument name= must be relative");
	for (int dir = STDERR_FILENO + 1; dir <= FD_LAST; dir++) {
		AUTO_CLOSE int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
		const char *token = fd < 0 ? NULL : read_token(fd);

		if (token)
			return reached(token, "an inherited directory descriptor leads to it");
	}
	return blocked("absent", "no inherited descriptor leads to it");
}

PROBE(fd_only_0_1_2, "looks for an open descriptor beyond 0, 1 and 2")
{
	for (int fd = STDERR_FILENO + 1; fd <= FD_LAST; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			return reached(NO_TOKEN, "a descriptor beyond 2 is open");
	return blocked("absent", "there are only 0, 1 and 2");
}

/* The inherited directory that holds this name; -1 if none does. */
static int find_directory(const char *name)
{
	if (*name == '/')
		die("the argument name= must be relative");
	for (int dir = STDERR_FILENO + 1; dir <= FD_LAST; dir++)
		if (!faccessat(dir, name, F_OK, 0))
			return dir;
	return -1;
}

PROBE(fd_dir_fd_fchdir, "makes an inherited directory its working directory")
{
	const char *name = arg_str("name");
	int dir = find_directory(name);

	if (dir < 0)
		return blocked("absent", "no inherited descriptor leads to it");
	MUST(fchdir(dir));
	return token_of_file(AT_FDCWD, name);
}

PROBE(fd_dir_fd_chroot, "makes an inherited directory its root")
{
	const char *name = arg_str("name");
	int dir = find_directory(name);
	char path[PATH_MAX];

	if (dir < 0)
		return blocked("absent", "no inherited descriptor leads to it");
	MUST(fchdir(dir));
	if (chroot("."))
		return blocked_errno(errno, "chroot to the inherited directory");
	snprintf(path, sizeof(path), "/%s", name);
	return token_of_file(AT_FDCWD, path);
}

PROBE(fd_file_read, "reads from the inherited file")
{
	int fd = leaked_fd();
	const char *token;

	if (fd < 0)
		return not_leaked();
	token = read_token(fd);
	if (!token)
		return blocked_errno(errno, "reading the inherited file");
	return reached(token, "read from the inherited file");
}

PROBE(fd_reopen_for_write, "opens the inherited file again in /proc/self/fd, for writing")
{
	AUTO_CLOSE int again = -1;
	int fd = leaked_fd();
	char path[64];

	if (fd < 0)
		return not_leaked();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	again = open(path, O_WRONLY | O_CLOEXEC);
	if (again < 0)
		return blocked_errno(errno, "opening it again for writing");
	return reached(NO_TOKEN, "what was open for reading is open for writing too");
}

PROBE(fd_lock_released, "releases the lock that the creator holds on an inherited file")
{
	int fd = leaked_fd();

	if (fd < 0)
		return not_leaked();
	if (flock(fd, LOCK_UN))
		return blocked_errno(errno, "flock(fd, LOCK_UN)");
	return acted("flock(fd, LOCK_UN)");
}

PROBE(fd_offset_moved, "moves the position of an inherited file")
{
	off_t offset = (off_t)arg_int("offset", 1, INT_MAX);
	int fd = leaked_fd();

	if (fd < 0)
		return not_leaked();
	if (lseek(fd, offset, SEEK_SET) < 0)
		return blocked_errno(errno, "lseek(fd)");
	return acted("lseek(fd)");
}

/* Nothing to read at once is a fault, not an answer. */
static struct answer token_of_socket(int sock, const char *what)
{
	struct pollfd pfd = { sock, POLLIN, 0 };
	const char *token;

	if (MUST(poll(&pfd, 1, LIMIT_MS)) == 0)
		return failed("%s: nothing comes", what);
	token = read_token(sock);
	if (!token)
		return blocked_errno(errno, "%s", what);
	return reached(token, "%s", what);
}

PROBE(fd_socket_read, "reads from the inherited socket")
{
	int fd = leaked_fd();

	return fd < 0 ? not_leaked() : token_of_socket(fd, "reading from the inherited socket");
}

PROBE(fd_scm_rights, "receives a descriptor from the inherited socket")
{
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	char byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = &control,
			      .msg_controllen = sizeof(control) };
	AUTO_CLOSE int passed = -1;
	const struct cmsghdr *cmsg;
	const char *token;
	int fd = leaked_fd();

	if (fd < 0)
		return not_leaked();
	if (recvmsg(fd, &msg, MSG_CMSG_CLOEXEC | MSG_DONTWAIT) < 0)
		return blocked_errno(errno, "receiving a descriptor");
	cmsg = CMSG_FIRSTHDR(&msg);
	if (!cmsg || cmsg->cmsg_type != SCM_RIGHTS)
		return blocked("absent", "the message came without its descriptor");
	memcpy(&passed, CMSG_DATA(cmsg), sizeof(passed));
	token = read_token(passed);
	if (!token)
		return blocked_errno(errno, "reading from the descriptor that came");
	return reached(token, "read from a descriptor that came through the socket");
}

PROBE(fd_listener_accept, "accepts a connection at the inherited listener")
{
	AUTO_CLOSE int sock = -1;
	int fd = leaked_fd();

	if (fd < 0)
		return not_leaked();
	sock = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (sock < 0)
		return blocked_errno(errno, "accepting a connection");
	return token_of_socket(sock, "reading from the host's caller");
}

PROBE(fd_socket_sends_as_host, "sends to the host's loopback through the inherited socket")
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons((in_port_t)arg_int("port", 1, 65535)),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const char *word = arg_str("word");
	int fd = leaked_fd();

	if (fd < 0)
		return not_leaked();
	if (sendto(fd, word, strlen(word), MSG_DONTWAIT, (struct sockaddr *)&to, sizeof(to)) < 0)
		return blocked_errno(errno, "sending through the inherited socket");
	return acted("sent through the inherited socket");
}

PROBE(fd_socket_names_netns, "asks the inherited socket for its network namespace")
{
	AUTO_CLOSE int netns = -1;
	int fd = leaked_fd();

	if (fd < 0)
		return not_leaked();
	netns = ioctl(fd, IOC_SKNS);
	if (netns < 0)
		return blocked_errno(errno, "ioctl(SIOCGSKNS)");
	return reached(NO_TOKEN, "ioctl(SIOCGSKNS) gives the network namespace");
}

PROBE(fd_pty_peer, "opens the other end of the inherited terminal, without a path")
{
	AUTO_CLOSE int peer = -1;
	int fd = leaked_fd();

	if (fd < 0)
		return not_leaked();
	peer = ioctl(fd, IOC_PTYPEER, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (peer < 0)
		return blocked_errno(errno, "ioctl(TIOCGPTPEER)");
	return token_of_socket(peer, "reading what is typed at the host's terminal");
}
