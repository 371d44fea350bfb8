// SPDX-License-Identifier: MIT
/*
 * Inside bench/: where programs that are not ours run. They see the machine, but all its mounts are
 * read-only, what they have to write to is memory of our own, their processes are in a pid namespace
 * that ends with us, and their cgroups are below ours.
 */
#ifndef NSPROOF_BENCH_SANDBOX_H
#define NSPROOF_BENCH_SANDBOX_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "bench/scenario.h"

struct sandbox {
	char dir[48];     /* on a tmpfs of its own */
	char program[64]; /* this program, to be started from it */
	char probe[64];   /* nsprobe: env->idle_fd, as a file */
	bool has_cgroups; /* /sys/fs/cgroup is a cgroup2 that can be written to */
	pid_t init;       /* of the pid namespace */
	int leash;        /* its end is init's end */
};

#define SANDBOX_INIT                                                                               \
	{                                                                                          \
		.leash = -1                                                                        \
	}

/*
 * Makes the calling process, which must be a scenario's, start all its children there; it can't leave
 * any more, and its own /proc is that of the children.
 * -EOPNOTSUPP: this machine can't.
 */
int sandbox_enter(struct sandbox *s, const struct bench_env *env, struct err *err);

/* Kills what still runs there; safe twice. */
void sandbox_done(struct sandbox *s);

#define AUTO_SANDBOX __attribute__((cleanup(sandbox_done)))

/* All that is left in `from` (a descriptor of a regular file), as an executable file. */
int sandbox_install(int from, const char *path, struct err *err);

#endif
