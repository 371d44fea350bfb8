// SPDX-License-Identifier: MIT
/* Canaries that are objects or values of the kernel, reached by a name or a number. */
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <string.h>
#include <sys/shm.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "check/canary.h"

static int save_hostname(struct scene *s, struct err *err)
{
	return gethostname(s->saved, sizeof(s->saved)) < 0 ? err_sys(err, "gethostname") : 0;
}

static void restore_hostname(struct scene *s)
{
	if (s->saved[0])
		sethostname(s->saved, strlen(s->saved));
}

static int plant_hostname(struct scene *s, struct err *err)
{
	scene_arg(s, "name", "%s", s->token);
	return save_hostname(s, err);
}

static int hostname_is_token(struct scene *s, struct err *err)
{
	char now[72];

	if (gethostname(now, sizeof(now)) < 0)
		return err_sys(err, "gethostname");
	return !strcmp(now, s->token);
}

const struct canary canary_hostname = {
	.about = "the host's name, which is read again afterwards",
	.plant = plant_hostname,
	.witness = hostname_is_token,
	.remove = restore_hostname,
};

static int rename_host(struct scene *s, struct err *err)
{
	return sethostname(s->token, strlen(s->token)) < 0 ? err_sys(err, "sethostname") : 0;
}

const struct canary canary_rename = {
	.about = "the host's name, which becomes the token while the probe waits",
	.plant = save_hostname,
	.stimulus = rename_host,
	.remove = restore_hostname,
};

static int plant_shm(struct scene *s, struct err *err)
{
	int key = (int)strtol(&s->name[4], NULL, 16) | 1;
	int id = shmget(key, 4096, IPC_CREAT | IPC_EXCL | 0644);
	char *at;

	if (id < 0)
		return err_sys(err, "shmget");
	s->number = id + 1L;
	scene_arg(s, "key", "%d", key);
	scene_arg(s, "id", "%d", id);
	at = shmat(id, NULL, 0);
	if (at == (void *)-1)
		return err_sys(err, "shmat");
	snprintf(at, 4096, "%s", s->token);
	shmdt(at);
	return 0;
}

static void remove_shm(struct scene *s)
{
	if (s->number > 0)
		shmctl((int)(s->number - 1), IPC_RMID, NULL);
}

const struct canary canary_shm = {
	.about = "a System V shared memory segment that anybody may read, with the token in it",
	.lasts = true,
	.plant = plant_shm,
	.remove = remove_shm,
};

static int plant_mqueue(struct scene *s, struct err *err)
{
	struct mq_attr attr = { .mq_maxmsg = 1, .mq_msgsize = sizeof(s->token) };
	mqd_t queue;
	int r = 0;

	snprintf(s->path, sizeof(s->path), "/%s", s->name);
	scene_arg(s, "name", "%s", s->path);
	queue = mq_open(s->path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644, &attr);
	if (queue < 0)
		return err_sys(err, "mq_open");
	if (mq_send(queue, s->token, strlen(s->token), 0) < 0)
		r = err_sys(err, "mq_send");
	mq_close(queue);
	return r;
}

static void remove_mqueue(struct scene *s)
{
	if (s->path[0])
		mq_unlink(s->path);
}

const struct canary canary_mqueue = {
	.about = "a POSIX message queue that anybody may read, with the token as a message",
	.plant = plant_mqueue,
	.remove = remove_mqueue,
};

static int plant_cgroup(struct scene *s, struct err *err)
{
	(void)err;
	snprintf(s->leaf, sizeof(s->leaf), "%s-%s", s->name, s->token);
	scene_arg(s, "name", "%s", s->name);
	return 0;
}

const struct canary canary_cgroup = {
	.about = "the container's own cgroup, whose name on the host is the token",
	.plant = plant_cgroup,
};

static int plant_boot_id(struct scene *s, struct err *err)
{
	AUTO_TEXT struct text text = { 0 };
	int r = file_read(AT_FDCWD, "/proc/sys/kernel/random/boot_id", 64, &text);

	if (r < 0)
		return err_set(err, -r, "boot_id: cannot be read");
	snprintf(s->token, sizeof(s->token), "%.*s", (int)strcspn(text.str, "\n"), text.str);
	return 0;
}

const struct canary canary_boot_id = {
	.about = "the host's boot id",
	.dies_with_us = true,
	.plant = plant_boot_id,
};
