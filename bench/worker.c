// SPDX-License-Identifier: MIT
/*
 * One scenario in a process of its own: see worker.h. It leaves its samples in a memory file, which
 * has room for any number of them and is there also when the process is not.
 */
#include "bench/worker.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/file.h"
#include "bench/pin.h"

/* beyond the time for sampling: to get ready, to warm up, to take as few samples as count, to clean up;
 * ten times what the slowest scenario needs on a slow machine */
enum { SLACK_MS = 240000 };

/* The head of the memory file; the samples follow, the floor's last. */
struct head {
	struct err err;
	enum sampling_end end;
	double bytes, files, items;
	size_t own, floor;
};

static int sample_one(const struct bench_env *env, const struct scenario *s,
		      const struct sampling *how, struct harvest *h, struct err *err)
{
	struct series both[2] = { { .sample = s->sample }, { .sample = s->floor } };
	void *state = NULL;
	int r = s->open(env, s, &state, err);

	if (r < 0)
		return r;
	both[0].state = both[1].state = state;
	r = sample_rounds(both, s->floor ? 2 : 1, how, &h->end, err);
	if (r == 0 && s->work)
		s->work(state, &h->bytes, &h->files, &h->items);
	s->close(state);
	h->own = both[0];
	h->floor = both[1];
	return r;
}

static int sample_all(const struct bench_env *env, const struct scenario *const *rows, size_t count,
		      const struct sampling *how, struct harvest *h, struct err *err)
{
	if (unshare(CLONE_NEWNS) < 0)
		return err_sys(err, "a mount namespace for the scenario");
	pin_scenario(rows[0]);
	if (rows[0]->together)
		return rows[0]->together(env, rows, count, how, h, err);
	return sample_one(env, rows[0], how, h, err);
}

static int write_samples(int fd, const struct series *s)
{
	return fd_write_full(fd, s->samples, s->count * sizeof(*s->samples));
}

static int write_harvest(int fd, const struct harvest *h)
{
	struct head head = { h->err,   h->end,       h->bytes,      h->files,
			     h->items, h->own.count, h->floor.count };
	int r;

	if (head.err.num)
		head.own = head.floor = 0;
	r = fd_write_full(fd, &head, sizeof(head));
	if (r < 0 || head.err.num)
		return r;
	r = write_samples(fd, &h->own);
	return r < 0 ? r : write_samples(fd, &h->floor);
}

static _Noreturn void work(const struct bench_env *env, const struct scenario *const *rows,
			   size_t count, const struct sampling *how, int file)
{
	struct harvest *h = calloc(count, sizeof(*h));
	struct err err = { 0 };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (!h)
		_exit(1);
	sample_all(env, rows, count, how, h, &err);
	for (size_t i = 0; i < count; i++) {
		if (err.num)
			h[i].err = err;
		if (write_harvest(file, &h[i]) < 0)
			_exit(1);
	}
	_exit(0);
}

static int read_samples(int fd, size_t count, struct series *s)
{
	size_t size = count * sizeof(*s->samples);

	if (count == 0)
		return 0;
	s->samples = malloc(size);
	if (!s->samples)
		return -ENOMEM;
	s->count = s->room = count;
	return fd_read_full(fd, s->samples, size) == (ssize_t)size ? 0 : -EIO;
}

static void read_harvest(int file, struct harvest *h)
{
	struct head head;

	if (fd_read_full(file, &head, sizeof(head)) != sizeof(head)) {
		err_set(&h->err, EPROTO, "the process of the scenario died");
		return;
	}
	h->err = head.err;
	h->end = head.end;
	h->bytes = head.bytes;
	h->files = head.files;
	h->items = head.items;
	if (read_samples(file, head.own, &h->own) < 0 ||
	    read_samples(file, head.floor, &h->floor) < 0)
		err_set(&h->err, EIO, "the samples cannot be read");
}

/* Waits for its end; a stop is passed on once, and the worker ends after the sample in hand. */
static bool wait_for(int pidfd, const struct sampling *how)
{
	int64_t deadline = clock_ms() + how->time_ns / 1000000 + SLACK_MS;
	struct pollfd pfd = { pidfd, POLLIN, 0 };
	bool told = false;

	while (clock_ms() < deadline) {
		if (poll(&pfd, 1, 200) > 0)
			return true;
		if (how->stop && *how->stop && !told) {
			pidfd_send_signal(pidfd, SIGINT, NULL, 0);
			told = true;
		}
	}
	return false;
}

static void run(const struct bench_env *env, const struct scenario *const *rows, size_t count,
		const struct sampling *how, int file, struct err *err)
{
	AUTO_CLOSE int pidfd = -1;
	pid_t pid = fork();

	if (pid == 0)
		work(env, rows, count, how, file);
	if (pid < 0) {
		err_sys(err, "fork");
		return;
	}
	pidfd = pidfd_open(pid, 0);
	if (pidfd < 0 || !wait_for(pidfd, how)) {
		err_set(err, ETIMEDOUT, "the scenario did not end in time");
		kill(pid, SIGKILL);
	}
	child_reap(pid);
}

void worker_run(const struct bench_env *env, const struct scenario *const *rows, size_t count,
		const struct sampling *how, struct harvest *ret)
{
	AUTO_CLOSE int file = memfd_create("samples", MFD_CLOEXEC);
	struct sampling all = *how;
	struct err err = { 0 };

	memset(ret, 0, count * sizeof(*ret));
	all.time_ns *= (int64_t)count;
	if (file < 0)
		err_sys(&err, "memfd_create");
	else
		run(env, rows, count, &all, file, &err);
	if (!err.num && lseek(file, 0, SEEK_SET) < 0)
		err_sys(&err, "lseek");
	for (size_t i = 0; i < count; i++) {
		ret[i].err = err;
		if (!err.num)
			read_harvest(file, &ret[i]);
	}
}

void harvest_done(struct harvest *h)
{
	series_done(&h->own);
	series_done(&h->floor);
}
