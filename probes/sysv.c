// SPDX-License-Identifier: MIT
/* System V objects of the host: shared memory, semaphores, queues. ipc_namespaces(7), sysvipc(7) */
#include <limits.h>
#include <stdio.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

#include "probe.h"

#define TOKEN_ROOM 64

union semun {
	int val;
	struct semid_ds *buf;
	unsigned short *array;
};

static key_t arg_key(void)
{
	return (key_t)arg_int("key", INT_MIN, UINT_MAX);
}

static int arg_id(void)
{
	return (int)arg_int("id", 0, INT_MAX);
}

/* Attaches a segment, which tells what is in it. */
static struct answer attach(int id, const char *call)
{
	const void *mem = shmat(id, NULL, SHM_RDONLY);
	struct shmid_ds info;
	char text[256];
	size_t len;

	if ((intptr_t)mem == -1)
		return blocked_errno(errno, "%s", call);
	MUST(shmctl(id, IPC_STAT, &info));
	len = info.shm_segsz < sizeof(text) ? info.shm_segsz : sizeof(text) - 1;
	memcpy(text, mem, len);
	MUST(shmdt(mem));
	return reached(first_line(text, len, sizeof(text)), "attached the segment read-only");
}

PROBE(ipc_shm_by_key, "attaches the canary's shared memory by its key")
{
	int id = shmget(arg_key(), 0, 0);

	if (id < 0)
		return blocked_errno(errno, "shmget(key)");
	return attach(id, "the segment is there, shmat()");
}

PROBE(ipc_shm_by_id, "attaches the canary's shared memory by its number")
{
	return attach(arg_id(), "shmat(id)");
}

PROBE(ipc_shm_stat, "asks for the state of the canary's shared memory")
{
	struct shmid_ds info;

	if (shmctl(arg_id(), IPC_STAT, &info))
		return blocked_errno(errno, "shmctl(id, IPC_STAT)");
	if (info.shm_perm.__key != arg_key())
		return failed("another segment has its number");
	return reached(NO_TOKEN, "shmctl(id, IPC_STAT) tells its key");
}

PROBE(ipc_shm_list, "goes through the list of all shared memory and attaches the canary's")
{
	key_t key = arg_key();
	struct shmid_ds info;
	struct shm_info all;
	int last = (int)MUST(shmctl(0, SHM_INFO, (struct shmid_ds *)&all));

	for (int i = 0; i <= last; i++) {
		int id = shmctl(i, SHM_STAT, &info);

		if (id >= 0 && info.shm_perm.__key == key)
			return attach(id, "it is in the list, shmat()");
	}
	return blocked("absent", "no segment in the list has its key");
}

/* Looks for "KEY ID" at the beginning of a line. */
static struct answer find_line(const char *path)
{
	long long key = arg_key(), id = arg_id();
	AUTO_FREE char *text = read_all(path, NULL);
	char *rest = text, *line;
	long long seen_key, seen_id;

	if (!text)
		return failed("%s: %s", path, strerror(errno));
	while ((line = strsep(&rest, "\n")))
		if (sscanf(line, "%lld %lld", &seen_key, &seen_id) == 2 && seen_key == key &&
		    seen_id == id)
			return reached(NO_TOKEN, "%s has its line", path);
	return blocked("absent", "%s has no line for it", path);
}

PROBE(ipc_proc_sysvipc_shm, "looks for the canary's key in /proc/sysvipc/shm")
{
	return find_line("/proc/sysvipc/shm");
}

PROBE(ipc_proc_sysvipc_sem, "looks for the canary's key in /proc/sysvipc/sem")
{
	return find_line("/proc/sysvipc/sem");
}

PROBE(ipc_proc_sysvipc_msg, "looks for the canary's key in /proc/sysvipc/msg")
{
	return find_line("/proc/sysvipc/msg");
}

/* The values of the semaphores are the characters of the token. */
static struct answer read_semaphores(int id, const char *call)
{
	struct semid_ds info;
	unsigned short values[TOKEN_ROOM];
	char token[TOKEN_ROOM] = "";

	if (semctl(id, 0, IPC_STAT, (union semun){ .buf = &info }) < 0)
		return blocked_errno(errno, "%s", call);
	if (info.sem_nsems >= TOKEN_ROOM)
		return failed("another set of semaphores has its number");
	MUST(semctl(id, 0, GETALL, (union semun){ .array = values }));
	for (unsigned int i = 0; i < info.sem_nsems; i++)
		token[i] = (char)values[i];
	return reached(token, "read the values");
}

PROBE(ipc_sem_by_key, "reads the canary's semaphores by their key")
{
	int id = semget(arg_key(), 0, 0);

	if (id < 0)
		return blocked_errno(errno, "semget(key)");
	return read_semaphores(id, "the semaphores are there, semctl()");
}

PROBE(ipc_sem_by_id, "reads the canary's semaphores by their number")
{
	return read_semaphores(arg_id(), "semctl(id)");
}

PROBE(ipc_sem_op_arrives, "makes or opens a semaphore with the canary's key and raises it")
{
	struct sembuf op = { .sem_op = (short)arg_int("value", 1, SHRT_MAX),
			     .sem_flg = IPC_NOWAIT };
	int id = (int)MUST(semget(arg_key(), 1, IPC_CREAT | 0600));

	MUST(semop(id, &op, 1));
	return acted("raised the semaphore");
}

struct message {
	long type;
	char text[TOKEN_ROOM];
};

static struct answer take_message(int id, const char *call)
{
	struct message message = { 0 };
	ssize_t len = msgrcv(id, &message, sizeof(message.text), 0, IPC_NOWAIT | MSG_NOERROR);

	if (len < 0)
		return blocked_errno(errno, "%s", call);
	return reached(first_line(message.text, (size_t)len, sizeof(message.text)),
		       "received a message");
}

PROBE(ipc_msg_by_key, "takes a message from the canary's queue by its key")
{
	int id = msgget(arg_key(), 0);

	if (id < 0)
		return blocked_errno(errno, "msgget(key)");
	return take_message(id, "the queue is there, msgrcv()");
}

PROBE(ipc_msg_by_id, "takes a message from the canary's queue by its number")
{
	return take_message(arg_id(), "msgrcv(id)");
}

PROBE(ipc_msg_send_arrives, "makes or opens a queue with the canary's key and sends a message")
{
	const char *text = arg_str("message");
	struct message message = { .type = 1 };
	int id = (int)MUST(msgget(arg_key(), IPC_CREAT | 0600));

	snprintf(message.text, sizeof(message.text), "%s", text);
	MUST(msgsnd(id, &message, strlen(message.text), IPC_NOWAIT));
	return acted("sent a message");
}
