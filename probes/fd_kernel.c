// SPDX-License-Identifier: MIT
/*
 * Descriptors that were left open: objects of the kernel that have no file. eventfd(2), epoll(7),
 * timerfd_create(2), inotify(7), mq_overview(7), userfaultfd(2), bpf(2)
 */
#include <fcntl.h>
#include <limits.h>
#include <linux/bpf.h>
#include <linux/userfaultfd.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>

#include "leaked.h"

static struct answer reached_number(unsigned long long number, const char *how)
{
	char token[24];

	snprintf(token, sizeof(token), "%llx", number);
	return reached(token, "%s", how);
}

PROBE(fd_eventfd_signal, "adds to the inherited eventfd")
{
	uint64_t number = (uint64_t)arg_int("number", 1, INT_MAX);
	int fd = leaked_fd();

	if (fd < 0)
		return not_leaked();
	if (write(fd, &number, sizeof(number)) != sizeof(number))
		return blocked_errno(errno, "writing to the eventfd");
	return acted("wrote to the eventfd");
}

PROBE(fd_epoll_events, "waits for the host's events at the inherited epoll instance")
{
	struct epoll_event event;
	int fd = leaked_fd();

	if (fd < 0)
		return not_leaked();
	if (MUST(epoll_wait(fd, &event, 1, 0)) != 1)
		return blocked("absent", "there is no event");
	return reached_number(event.data.u64, "an event of a descriptor that is not open here");
}

PROBE(fd_timerfd_read, "reads the setting of the inherited timer")
{
	struct itimerspec spec;
	int fd = leaked_fd();

	if (fd < 0)
		return not_leaked();
	if (timerfd_gettime(fd, &spec))
		return blocked_errno(errno, "timerfd_gettime");
	return reached_number((unsigned long long)spec.it_interval.tv_sec,
			      "timerfd_gettime gives its interval");
}

PROBE(fd_inotify_events, "reads the host's events from the inherited inotify instance")
{
	union {
		struct inotify_event event;
		char room[sizeof(struct inotify_event) + NAME_MAX + 1];
	} buf;
	int fd = leaked_fd();
	ssize_t len;

	if (fd < 0)
		return not_leaked();
	len = read(fd, &buf, sizeof(buf) - 1);
	if (len < 0)
		return blocked_errno(errno, "reading the event");
	if ((size_t)len <= sizeof(buf.event))
		return failed("the event has no name");
	buf.room[len] = '\0';
	return reached(buf.event.name, "an event names a file of the host");
}

PROBE(fd_mqueue_receive, "receives from the inherited message queue")
{
	char text[256];
	int fd = leaked_fd();
	ssize_t len;

	if (fd < 0)
		return not_leaked();
	len = syscall(SYS_mq_timedreceive, fd, text, sizeof(text), NULL, NULL);
	if (len < 0)
		return blocked_errno(errno, "mq_receive");
	return reached(first_line(text, (size_t)len, sizeof(text)), "a message came");
}

PROBE(fd_mount_tree, "opens the canary file on the inherited mount")
{
	const char *name = arg_str("name");
	int fd = leaked_fd();

	return fd < 0 ? not_leaked() : token_of_file(fd, name);
}

PROBE(fd_userfaultfd_fills_memory, "fills a page of the creator through the userfaultfd")
{
	struct uffdio_copy copy = { 0 };
	const char *word = arg_str("word");
	long size = MUST(sysconf(_SC_PAGESIZE));
	int fd = leaked_fd();
	char *page;

	if (fd < 0)
		return not_leaked();
	page = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		return failed("mmap: %s", strerror(errno));
	snprintf(page, (size_t)size, "%s", word);
	copy.dst = (uint64_t)arg_int("address", size, LLONG_MAX);
	copy.src = (uintptr_t)page;
	copy.len = (uint64_t)size;
	if (ioctl(fd, UFFDIO_COPY, &copy))
		return blocked_errno(errno, "ioctl(UFFDIO_COPY)");
	return acted("ioctl(UFFDIO_COPY)");
}

PROBE(fd_bpf_map_lookup, "looks into the inherited bpf map")
{
	union bpf_attr attr = { 0 };
	char value[256] = "";
	uint32_t key = 0;
	int fd = leaked_fd();

	if (fd < 0)
		return not_leaked();
	attr.map_fd = (uint32_t)fd;
	attr.key = (uintptr_t)&key;
	attr.value = (uintptr_t)value;
	if (syscall(SYS_bpf, BPF_MAP_LOOKUP_ELEM, &attr, sizeof(attr)))
		return blocked_errno(errno, "bpf(BPF_MAP_LOOKUP_ELEM)");
	return reached(value, "its value was read");
}
