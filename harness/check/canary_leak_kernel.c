// SPDX-License-Identifier: MIT
/*
 * Canaries that are descriptors left open: objects of the kernel that have no file. The probe gets
 * the number as fd=.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/bpf.h>
#include <linux/userfaultfd.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "check/canary.h"
#include "kernel/mount.h"

/* The token cut to a number that fits everywhere: 28 bits, never 0. */
static void number_token(struct scene *s)
{
	s->token[7] = '\0';
	s->number = strtol(s->token, NULL, 16) | 1;
	snprintf(s->token, sizeof(s->token), "%lx", (unsigned long)s->number);
}

static int plant_eventfd(struct scene *s, struct err *err)
{
	number_token(s);
	scene_arg(s, "number", "%ld", s->number);
	s->fds[0] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return s->fds[0] < 0 ? err_sys(err, "eventfd") : canary_leak(s, &s->fds[0], err);
}

static int event_has_come(struct scene *s, struct err *err)
{
	eventfd_t value;

	if (eventfd_read(s->fds[0], &value) < 0)
		return errno == EAGAIN ? 0 : err_sys(err, "eventfd");
	return value == (eventfd_t)s->number;
}

const struct canary canary_leak_eventfd = {
	.about = "an eventfd that the creator left open, and waits for",
	.dies_with_us = true,
	.plant = plant_eventfd,
	.witness = event_has_come,
};

/* Watches a descriptor that is not left open itself. */
static int plant_epoll(struct scene *s, struct err *err)
{
	struct epoll_event event = { .events = EPOLLIN };

	number_token(s);
	event.data.u64 = (uint64_t)s->number;
	s->fds[0] = epoll_create1(EPOLL_CLOEXEC);
	s->fds[1] = eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK);
	if (s->fds[0] < 0 || s->fds[1] < 0 ||
	    epoll_ctl(s->fds[0], EPOLL_CTL_ADD, s->fds[1], &event) < 0)
		return err_sys(err, "epoll");
	return canary_leak(s, &s->fds[0], err);
}

const struct canary canary_leak_epoll = {
	.about = "an epoll instance that the creator left open, with the token in an event",
	.dies_with_us = true,
	.plant = plant_epoll,
};

static int plant_timerfd(struct scene *s, struct err *err)
{
	struct itimerspec spec = { 0 };

	number_token(s);
	spec.it_interval.tv_sec = spec.it_value.tv_sec = (time_t)s->number;
	s->fds[0] = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (s->fds[0] < 0 || timerfd_settime(s->fds[0], 0, &spec, NULL) < 0)
		return err_sys(err, "timerfd");
	return canary_leak(s, &s->fds[0], err);
}

const struct canary canary_leak_timerfd = {
	.about = "a timer that the creator left open, with the token as its interval",
	.dies_with_us = true,
	.plant = plant_timerfd,
};

/* An event stays in the queue when what it tells of is gone. */
static int plant_inotify(struct scene *s, struct err *err)
{
	const char *dir = s->ground->arena ? "/tmp" : s->ground->spawner->dir;
	AUTO_CLOSE int dir_fd = -1;
	int r = 0;

	snprintf(s->path, sizeof(s->path), "%s/%s", dir, s->name);
	if (mkdir(s->path, 0755) < 0)
		return err_sys(err, "%s", s->path);
	dir_fd = open(s->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	s->fds[0] = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (dir_fd < 0 || s->fds[0] < 0 || inotify_add_watch(s->fds[0], s->path, IN_CREATE) < 0)
		r = err_sys(err, "inotify");
	else
		r = canary_write(s, dir_fd, s->token, 0644, err);
	if (r == 0)
		unlinkat(dir_fd, s->token, 0);
	rmdir(s->path);
	return r < 0 ? r : canary_leak(s, &s->fds[0], err);
}

const struct canary canary_leak_inotify = {
	.about = "an inotify instance that the creator left open, with the token as a file name",
	.dies_with_us = true,
	.plant = plant_inotify,
};

static int plant_mqd(struct scene *s, struct err *err)
{
	struct mq_attr attr = { .mq_maxmsg = 1, .mq_msgsize = sizeof(s->token) };

	snprintf(s->path, sizeof(s->path), "/%s", s->name);
	s->fds[0] = mq_open(s->path, O_RDWR | O_CREAT | O_EXCL | O_NONBLOCK | O_CLOEXEC, 0600,
			    &attr);
	if (s->fds[0] < 0)
		return err_sys(err, "mq_open");
	mq_unlink(s->path);
	if (mq_send(s->fds[0], s->token, strlen(s->token), 0) < 0)
		return err_sys(err, "mq_send");
	return canary_leak(s, &s->fds[0], err);
}

/* Not on the real host: between its two calls it has a name that would stay. */
const struct canary canary_leak_mqueue = {
	.about = "a message queue that the creator left open, with the token in a message",
	.plant = plant_mqd,
};

static int plant_mount(struct scene *s, struct err *err)
{
	int r;

	s->fds[0] = mount_new("tmpfs", "mode=755", 0, err);
	if (s->fds[0] < 0)
		return s->fds[0];
	scene_arg(s, "name", "%s", s->name);
	r = canary_write(s, s->fds[0], s->name, 0644, err);
	return r < 0 ? r : canary_leak(s, &s->fds[0], err);
}

const struct canary canary_leak_mount = {
	.about = "a mount that is attached nowhere, left open, with the token in a file",
	.dies_with_us = true,
	.plant = plant_mount,
};

/* A page of the creator's memory that nobody has touched, to be filled through the descriptor. */
static int plant_uffd(struct scene *s, struct err *err)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	long size = sysconf(_SC_PAGESIZE);
	void *page = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);

	if (page == MAP_FAILED)
		return err_sys(err, "mmap");
	s->number = (long)page;
	range.range.start = (uintptr_t)page;
	range.range.len = (uint64_t)size;
	s->fds[0] = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK | UFFD_USER_MODE_ONLY);
	if (s->fds[0] < 0 || ioctl(s->fds[0], UFFDIO_API, &api) < 0 ||
	    ioctl(s->fds[0], UFFDIO_REGISTER, &range) < 0)
		return err_sys(err, "userfaultfd");
	scene_arg(s, "address", "%ld", s->number);
	scene_arg(s, "word", "%s", s->token);
	return canary_leak(s, &s->fds[0], err);
}

/* Without the registration an empty page reads as zeros, and nobody waits for it to be filled. */
static int page_was_filled(struct scene *s, struct err *err)
{
	struct uffdio_range range = { .start = (uint64_t)s->number,
				      .len = (uint64_t)sysconf(_SC_PAGESIZE) };

	if (ioctl(s->fds[0], UFFDIO_UNREGISTER, &range) < 0)
		return err_sys(err, "userfaultfd");
	return strcmp((const char *)s->number, s->token) == 0;
}

static void remove_uffd(struct scene *s)
{
	if (s->number)
		munmap((void *)s->number, (size_t)sysconf(_SC_PAGESIZE));
}

const struct canary canary_leak_uffd = {
	.about = "a userfaultfd that the creator left open, with a page of its memory",
	.dies_with_us = true,
	.plant = plant_uffd,
	.witness = page_was_filled,
	.remove = remove_uffd,
};

static int plant_bpf_map(struct scene *s, struct err *err)
{
	union bpf_attr create = { .map_type = BPF_MAP_TYPE_ARRAY,
				  .key_size = sizeof(uint32_t),
				  .value_size = sizeof(s->token),
				  .max_entries = 1 };
	union bpf_attr update = { 0 };
	uint32_t key = 0;

	s->fds[0] = (int)syscall(SYS_bpf, BPF_MAP_CREATE, &create, sizeof(create));
	if (s->fds[0] < 0)
		return err_sys(err, "bpf map");
	update.map_fd = (uint32_t)s->fds[0];
	update.key = (uintptr_t)&key;
	update.value = (uintptr_t)s->token;
	if (syscall(SYS_bpf, BPF_MAP_UPDATE_ELEM, &update, sizeof(update)) < 0)
		return err_sys(err, "bpf map");
	return canary_leak(s, &s->fds[0], err);
}

const struct canary canary_leak_bpf_map = {
	.about = "a bpf map that the creator left open, with the token as its value",
	.dies_with_us = true,
	.plant = plant_bpf_map,
};
