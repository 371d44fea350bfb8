// SPDX-License-Identifier: MIT
/* POSIX message queues and shared memory, and limits of IPC. ipc_namespaces(7); System V: sysv.c */
#include <fcntl.h>
#include <limits.h>
#include <mqueue.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/shm.h>

#include "probe.h"

/* Takes a message from a queue; `how` says how it was come by. */
static struct answer take_message(int queue, const char *how)
{
	AUTO_FREE char *text = NULL;
	struct mq_attr attr;
	long len;

	MUST(mq_getattr(queue, &attr));
	text = malloc((size_t)attr.mq_msgsize + 1);
	if (!text)
		return failed("out of memory");
	len = MUST(mq_receive(queue, text, (size_t)attr.mq_msgsize, NULL));
	return reached(first_line(text, (size_t)len, (size_t)attr.mq_msgsize + 1),
		       "received a message%s", how);
}

PROBE(ipc_mq_open, "takes a message from the canary's queue")
{
	const char *name = arg_str("name");
	AUTO_CLOSE int queue = (int)mq_open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (queue < 0)
		return blocked_errno(errno, "mq_open()");
	return take_message(queue, "");
}

PROBE(ipc_mqueue_mount, "opens the canary's queue as a file in /dev/mqueue and takes a message")
{
	AUTO_CLOSE int queue = -1;
	char path[128];

	snprintf(path, sizeof(path), "/dev/mqueue%s", arg_str("name"));
	queue = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (queue < 0)
		return blocked_errno(errno, "opening it in /dev/mqueue");
	return take_message(queue, " through /dev/mqueue");
}

PROBE(ipc_mq_fd_leak, "takes a message from the queue that the canary left open")
{
	int queue = (int)arg_int("fd", 3, INT_MAX);
	struct mq_attr attr;

	if (mq_getattr(queue, &attr))
		return blocked_errno(errno, "mq_getattr() of the descriptor");
	return take_message(queue, " through the descriptor");
}

PROBE(ipc_mq_send_arrives, "sends a message to a queue named as the canary's")
{
	const char *message = arg_str("message");
	struct mq_attr attr = { .mq_maxmsg = 1, .mq_msgsize = 64 };
	AUTO_CLOSE int queue = -1;

	queue = (int)MUST(
		mq_open(arg_str("name"), O_CREAT | O_WRONLY | O_NONBLOCK | O_CLOEXEC, 0600, &attr));
	MUST(mq_send(queue, message, strlen(message), 0));
	return acted("sent a message");
}

PROBE(ipc_dev_shm, "opens the canary's POSIX shared memory by its name")
{
	AUTO_CLOSE int fd = shm_open(arg_str("name"), O_RDONLY | O_CLOEXEC, 0);
	const char *token;

	if (fd < 0)
		return blocked_errno(errno, "shm_open()");
	token = read_token(fd);
	if (!token)
		return failed("reading it: %s", strerror(errno));
	return reached(token, "opened it and read it");
}

PROBE(ipc_setns_leaked_fd, "enters the namespace left open and attaches shared memory by its key")
{
	int fd = (int)arg_int("fd", 3, INT_MAX), id;
	key_t key = (key_t)arg_int("key", INT_MIN, UINT_MAX);
	const void *mem;
	char text[64];

	if (setns(fd, CLONE_NEWIPC))
		return blocked_errno(errno, "setns()");
	id = (int)MUST(shmget(key, 0, 0));
	mem = shmat(id, NULL, SHM_RDONLY);
	if ((intptr_t)mem == -1)
		return failed("shmat(): %s", strerror(errno));
	memcpy(text, mem, sizeof(text));
	MUST(shmdt(mem));
	return reached(first_line(text, sizeof(text) - 1, sizeof(text)),
		       "entered it and attached the segment");
}

static struct answer set_limit(const char *path)
{
	int number = (int)arg_int("value", 1, 32767);
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CLOEXEC);
	char value[16];
	int len = snprintf(value, sizeof(value), "%d", number);

	if (fd < 0)
		return blocked_errno(errno, "opening %s for writing", path);
	if (write(fd, value, (size_t)len) != len)
		return blocked_errno(errno, "%s opens, writing", path);
	return acted("wrote %s", path);
}

PROBE(ipc_sysctl_msgmax, "writes kernel.msgmax")
{
	return set_limit("/proc/sys/kernel/msgmax");
}

PROBE(ipc_sysctl_mqueue, "writes fs.mqueue.msg_max")
{
	return set_limit("/proc/sys/fs/mqueue/msg_max");
}
