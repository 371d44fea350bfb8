// SPDX-License-Identifier: MIT
/* System V shared memory and POSIX message queues of the host. ipc_namespaces(7) */
#include <fcntl.h>
#include <limits.h>
#include <mqueue.h>
#include <sys/shm.h>

#include "probe.h"

PROBE(ipc_shm_by_key, "attaches the canary's shared memory by its key")
{
	key_t key = (key_t)arg_int("key", INT_MIN, UINT_MAX);
	int id = shmget(key, 0, 0);
	struct shmid_ds info;
	const void *mem;
	char text[256];
	size_t len;

	if (id < 0)
		return blocked_errno(errno, "shmget(key)");
	mem = shmat(id, NULL, SHM_RDONLY);
	if ((intptr_t)mem == -1)
		return blocked_errno(errno, "the segment is there, shmat()");
	MUST(shmctl(id, IPC_STAT, &info));
	len = info.shm_segsz < sizeof(text) ? info.shm_segsz : sizeof(text) - 1;
	memcpy(text, mem, len);
	MUST(shmdt(mem));
	return reached(first_line(text, len, sizeof(text)), "attached the segment read-only");
}

PROBE(ipc_mq_open, "takes a message from the canary's queue")
{
	const char *name = arg_str("name");
	AUTO_CLOSE int queue = (int)mq_open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	AUTO_FREE char *text = NULL;
	struct mq_attr attr;
	long len;

	if (queue < 0)
		return blocked_errno(errno, "mq_open()");
	MUST(mq_getattr(queue, &attr));
	text = malloc((size_t)attr.mq_msgsize + 1);
	if (!text)
		return failed("out of memory");
	len = MUST(mq_receive(queue, text, (size_t)attr.mq_msgsize, NULL));
	return reached(first_line(text, (size_t)len, (size_t)attr.mq_msgsize + 1),
		       "received a message");
}
