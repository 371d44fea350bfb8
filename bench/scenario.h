// SPDX-License-Identifier: MIT
/*
 * Scenarios as data: one row each, in one file for each theme (ns.c, container.c, ...). A scenario
 * opens its state once, takes a sample as often as it is asked to, and closes. It runs in a process
 * of its own that is a spawner (container/spawner.h), so what it unshares or mounts harms nobody,
 * and what hangs is killed. To add a scenario: one row here, three functions at most.
 */
#ifndef NSPROOF_BENCH_SCENARIO_H
#define NSPROOF_BENCH_SCENARIO_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "bench/sample.h"
#include "container/spawner.h"

/* What every scenario is given. */
struct bench_env {
	int64_t (*now)(void); /* CLOCK_MONOTONIC in nanoseconds, or a test's own */
	const struct spawner *spawner;
	const char *rootfs;  /* a root directory to start containers from */
	bool rootfs_shifted; /* see container_spec */
	int idle_fd;     /* a static program, sealed: with the argument "idle" it ends at once */
	int image_fd;    /* the image that `rootfs` came from, O_PATH; -1: a pipe */
	int cgroup_dir;  /* where leaves can be made; -1: nowhere */
	int results_dir; /* hyperfine's own results go to hyperfine/ in it; -1: nowhere */
};

struct harvest;
struct scenario;

/*
 * Measures several rows in the same rounds, and fills ret[i] for rows[i]: ret[i].err is for what
 * concerns one row alone. `how` is for all of them together.
 */
typedef int bench_together_fn(const struct bench_env *env, const struct scenario *const *rows,
			      size_t count, const struct sampling *how, struct harvest *ret,
			      struct err *err);

struct scenario {
	const char *name;  /* "theme/name" or "theme/name/point" */
	const char *about; /* one line, no full stop */
	/*
	 * Gets ready; *ret is handed to the other functions. -EOPNOTSUPP: this machine can't do it, and
	 * the text says why: it is skipped. Anything else is a failure.
	 */
	int (*open)(const struct bench_env *env, const struct scenario *s, void **ret,
		    struct err *err);
	bench_sample_fn *sample;
	void (*close)(void *state);
	bench_sample_fn *floor; /* the shortest way to the same, on the same state; NULL: none */
	/* instead of the four above: neighbours that have the same function are one measurement */
	bench_together_fn *together;
	const char *const *parts; /* names of the phases, NULL-terminated; NULL: none */
	const char *per;          /* a point of a curve: what `x` counts; NULL: it is none */
	double x;
	const char *unit; /* NULL: "ns" */
	/* what one sample does, for rates; 0: does not apply. Where only open() can tell: work(). */
	void (*work)(void *state, double *ret_bytes, double *ret_files, double *ret_items);
	bool slow;       /* takes long to get ready or to sample: not in --quick */
	bool wide;       /* does more than two things at once: not bound to two processors, pin.h */
	const void *arg; /* the row's own */
	long number;     /* the row's own */
};

/* All rows by theme, ended by NULL. */
struct scenario_theme {
	const char *name;
	const struct scenario *rows;
	size_t count;
};

extern const struct scenario_theme *const scenario_themes[];

const struct scenario *scenario_find(const char *name); /* NULL: there is none */

/* Nanoseconds since `start`, which came from env->now(). */
static inline double bench_since(const struct bench_env *env, int64_t start)
{
	return (double)(env->now() - start);
}

#endif
