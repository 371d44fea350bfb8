// SPDX-License-Identifier: MIT
/*
 * Canaries of interprocess communication: System V objects, message queues, POSIX shared memory and
 * their limits. They outlive the process that made them, so they are only ever planted in an arena.
 */
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "check/canary.h"

struct message {
	long type;
	char text[sizeof(((struct scene *)0)->token)];
};

union semun {
	int val;
	unsigned short *array;
};

/* A key that no other arm takes; never 0, which is IPC_PRIVATE. */
static int key_of(struct scene *s)
{
	int key = (int)strtol(&s->name[4], NULL, 16) | 1;

	scene_arg(s, "key", "%d", key);
	return key;
}

/* A number of the token's that fits wherever one is asked for: 1000 to 25999. */
static int value_of(const struct scene *s)
{
	char digits[5];

	snprintf(digits, sizeof(digits), "%.4s", s->token);
	return 1000 + (int)(strtol(digits, NULL, 16) % 25000);
}

static int make_sem(struct scene *s, int count, int mode, struct err *err)
{
	int id = semget(key_of(s), count, IPC_CREAT | IPC_EXCL | mode);

	if (id < 0)
		return err_sys(err, "semget");
	s->number = id + 1L;
	scene_arg(s, "id", "%d", id);
	return id;
}

static int plant_sem(struct scene *s, struct err *err)
{
	unsigned short values[sizeof(s->token)];
	int count = (int)strlen(s->token), id = make_sem(s, count, 0644, err);

	for (int i = 0; i < count; i++)
		values[i] = (unsigned char)s->token[i];
	if (id < 0)
		return id;
	if (semctl(id, 0, SETALL, (union semun){ .array = values }) < 0)
		return err_sys(err, "semctl");
	return 0;
}

static void remove_sem(struct scene *s)
{
	if (s->number > 0)
		semctl((int)(s->number - 1), 0, IPC_RMID);
}

const struct canary canary_sem = {
	.about = "System V semaphores that anybody may read, whose values spell the token",
	.lasts = true,
	.plant = plant_sem,
	.remove = remove_sem,
};

static int plant_sem_op(struct scene *s, struct err *err)
{
	int id = make_sem(s, 1, 0666, err);

	if (id < 0)
		return id;
	scene_arg(s, "value", "%d", value_of(s));
	return semctl(id, 0, SETVAL, (union semun){ .val = 0 }) < 0 ? err_sys(err, "semctl") : 0;
}

static int sem_has_value(struct scene *s, struct err *err)
{
	int value = semctl((int)(s->number - 1), 0, GETVAL);

	return value < 0 ? err_sys(err, "semctl") : value == value_of(s);
}

const struct canary canary_sem_op = {
	.about = "a System V semaphore that anybody may raise, which is read again afterwards",
	.plant = plant_sem_op,
	.witness = sem_has_value,
	.remove = remove_sem,
};

static int plant_msg_send(struct scene *s, struct err *err)
{
	int id = msgget(key_of(s), IPC_CREAT | IPC_EXCL | 0666);

	if (id < 0)
		return err_sys(err, "msgget");
	s->number = id + 1L;
	scene_arg(s, "id", "%d", id);
	scene_arg(s, "message", "%s", s->token);
	return 0;
}

static int plant_msg(struct scene *s, struct err *err)
{
	struct message message = { .type = 1 };
	int r = plant_msg_send(s, err);

	s->arg_count -= r == 0; /* the message is what the probe is to find out */
	if (r < 0)
		return r;
	memcpy(message.text, s->token, sizeof(message.text));
	if (msgsnd((int)(s->number - 1), &message, sizeof(message.text), IPC_NOWAIT) < 0)
		return err_sys(err, "msgsnd");
	return 0;
}

static void remove_msg(struct scene *s)
{
	if (s->number > 0)
		msgctl((int)(s->number - 1), IPC_RMID, NULL);
}

static int message_arrived(struct scene *s, struct err *err)
{
	struct message message = { 0 };
	ssize_t got = msgrcv((int)(s->number - 1), &message, sizeof(message.text) - 1, 0,
			     IPC_NOWAIT | MSG_NOERROR);

	if (got < 0)
		return errno == ENOMSG ? 0 : err_sys(err, "msgrcv");
	return !strcmp(message.text, s->token);
}

const struct canary canary_msg = {
	.about = "a System V message queue that anybody may read, with the token as a message",
	.plant = plant_msg,
	.remove = remove_msg,
};

const struct canary canary_msg_send = {
	.about = "a System V message queue that anybody may write to, which is read afterwards",
	.plant = plant_msg_send,
	.witness = message_arrived,
	.remove = remove_msg,
};

/* A queue that anybody may use, whatever the umask. Returns its descriptor. */
static int make_queue(struct scene *s, int flags, struct err *err)
{
	struct mq_attr attr = { .mq_maxmsg = 1, .mq_msgsize = sizeof(s->token) };
	int queue;

	snprintf(s->path, sizeof(s->path), "/%s", s->name);
	queue = mq_open(s->path, O_CREAT | O_EXCL | O_CLOEXEC | O_NONBLOCK | flags, 0666, &attr);
	s->fds[0] = queue;
	if (queue < 0 || fchmod(queue, 0666) < 0)
		return err_sys(err, "mq_open");
	return queue;
}

static void remove_queue(struct scene *s)
{
	if (s->path[0])
		mq_unlink(s->path);
}

static int plant_mq_send(struct scene *s, struct err *err)
{
	int queue = make_queue(s, O_RDONLY, err);

	scene_arg(s, "name", "%s", s->path);
	scene_arg(s, "message", "%s", s->token);
	return queue < 0 ? queue : 0;
}

static int queue_has_token(struct scene *s, struct err *err)
{
	char text[sizeof(s->token) + 1] = "";
	ssize_t got = mq_receive(s->fds[0], text, sizeof(text), NULL);

	if (got < 0)
		return errno == EAGAIN ? 0 : err_sys(err, "mq_receive");
	return !strcmp(text, s->token);
}

const struct canary canary_mq_send = {
	.about = "a POSIX message queue that anybody may write to, which is read afterwards",
	.plant = plant_mq_send,
	.witness = queue_has_token,
	.remove = remove_queue,
};

static int plant_mq_fd(struct scene *s, struct err *err)
{
	int queue = make_queue(s, O_RDWR, err);

	if (queue < 0)
		return queue;
	if (mq_send(queue, s->token, strlen(s->token), 0) < 0)
		return err_sys(err, "mq_send");
	/* left open on purpose, and not as one of the three that the container gets anew */
	s->fds[1] = fcntl(queue, F_DUPFD, 3);
	if (s->fds[1] < 0)
		return err_sys(err, "fcntl");
	scene_arg(s, "fd", "%d", s->fds[1]);
	return 0;
}

const struct canary canary_mq_fd = {
	.about = "a POSIX message queue that the creator left open, with the token as a message",
	.plant = plant_mq_fd,
	.remove = remove_queue,
};

static int plant_dev_shm(struct scene *s, struct err *err)
{
	scene_arg(s, "name", "/%s", s->name);
	snprintf(s->path, sizeof(s->path), "/dev/shm/%s", s->name);
	return canary_write(s, AT_FDCWD, s->path, 0644, err);
}

static void remove_dev_shm(struct scene *s)
{
	if (s->path[0])
		unlink(s->path);
}

const struct canary canary_dev_shm = {
	.about = "POSIX shared memory that anybody may read, with the token in it",
	.lasts = true,
	.plant = plant_dev_shm,
	.remove = remove_dev_shm,
};

/* A limit whose value is remembered, watched and put back. */
static int save_limit(struct scene *s, const char *path, struct err *err)
{
	AUTO_TEXT struct text text = { 0 };

	if (file_read(AT_FDCWD, path, sizeof(s->saved) - 1, &text) < 0)
		return err_set(err, EIO, "%s: cannot be read", path);
	snprintf(s->path, sizeof(s->path), "%s", path);
	snprintf(s->saved, sizeof(s->saved), "%s", text.str);
	scene_arg(s, "value", "%d", value_of(s));
	return 0;
}

static int limit_has_value(struct scene *s, struct err *err)
{
	AUTO_TEXT struct text text = { 0 };

	if (file_read(AT_FDCWD, s->path, sizeof(s->saved) - 1, &text) < 0)
		return err_set(err, EIO, "%s: cannot be read", s->path);
	return strtol(text.str, NULL, 10) == value_of(s);
}

static void restore_limit(struct scene *s)
{
	if (s->saved[0])
		file_write(AT_FDCWD, s->path, s->saved);
}

static int plant_msgmax(struct scene *s, struct err *err)
{
	return save_limit(s, "/proc/sys/kernel/msgmax", err);
}

const struct canary canary_msgmax = {
	.about = "the host's kernel.msgmax, which is read again afterwards",
	.plant = plant_msgmax,
	.witness = limit_has_value,
	.remove = restore_limit,
};

static int plant_msg_max(struct scene *s, struct err *err)
{
	return save_limit(s, "/proc/sys/fs/mqueue/msg_max", err);
}

const struct canary canary_msg_max = {
	.about = "the host's fs.mqueue.msg_max, which is read again afterwards",
	.plant = plant_msg_max,
	.witness = limit_has_value,
	.remove = restore_limit,
};
