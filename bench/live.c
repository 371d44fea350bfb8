// SPDX-License-Identifier: MIT
/* A crowd of containers: see live.h. */
#include "bench/live.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/resource.h>

#include "base/cleanup.h"
#include "bench/container.h"

enum { OTHER_FILES = 64 };

static const char *const sleep_argv[] = { "sleep", "sleep", "bench", NULL };

/* Each container is held by a descriptor, and the usual limit is just a little too low for 1,000. */
static int allow_files(size_t count, struct err *err)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return err_sys(err, "getrlimit");
	if (limit.rlim_cur >= count + OTHER_FILES)
		return 0;
	if (limit.rlim_max < count + OTHER_FILES)
		return err_set(err, EOPNOTSUPP,
			       "%zu open files are needed, %llu allowed: raise it with ulimit -n",
			       count + OTHER_FILES, (unsigned long long)limit.rlim_max);
	limit.rlim_cur = limit.rlim_max;
	return setrlimit(RLIMIT_NOFILE, &limit) < 0 ? err_sys(err, "setrlimit") : 0;
}

int live_start(const struct bench_env *env, size_t count, struct live *ret, struct err *err)
{
	struct container_spec spec;
	struct live l = { 0 };
	int r = allow_files(count, err);

	if (r < 0)
		return r;
	l.containers = calloc(count + 1, sizeof(*l.containers));
	if (!l.containers)
		return err_set(err, ENOMEM, "out of memory");
	bench_fill_spec(env, bench_six, &spec);
	spec.argv = sleep_argv;
	while (l.count < count && r == 0) {
		r = container_start(&l.containers[l.count], &spec, BENCH_START_MS, err);
		l.count += r == 0;
	}
	if (r < 0) {
		err_wrap(err, "container %zu of %zu", l.count + 1, count);
		live_end(&l);
		return r;
	}
	*ret = l;
	return 0;
}

int live_check(const struct live *l, struct err *err)
{
	AUTO_FREE struct pollfd *fds = calloc(l->count + 1, sizeof(*fds));

	if (!fds)
		return err_set(err, ENOMEM, "out of memory");
	for (size_t i = 0; i < l->count; i++)
		fds[i] = (struct pollfd){ l->containers[i].pidfd, POLLIN, 0 };
	return poll(fds, l->count, 0) == 0
		       ? 0
		       : err_set(err, ECHILD, "a container that should be alive has ended");
}

void live_end(struct live *l)
{
	for (size_t i = 0; i < l->count; i++)
		pidfd_send_signal(l->containers[i].pidfd, SIGKILL, NULL, 0);
	for (size_t i = 0; i < l->count; i++)
		container_done(&l->containers[i]);
	free(l->containers);
	*l = (struct live){ 0 };
}
