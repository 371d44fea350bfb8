// SPDX-License-Identifier: MIT
/*
 * Inside bench/: one more veth pair, as a sample, in a network namespace that holds a number of them.
 * For net/ and scale/veths.
 */
#ifndef NSPROOF_BENCH_LINKS_H
#define NSPROOF_BENCH_LINKS_H

#include "base/err.h"
#include "bench/sample.h"
#include "bench/scenario.h"

/*
 * Makes the calling process a network namespace of its own with a bridge, a second one for the inner
 * ends, and `count` pairs between them. `port`: the pair of a sample becomes a port of the bridge.
 * -EOPNOTSUPP: the kernel has no veth or no bridge.
 */
int links_open(const struct bench_env *env, long count, bool port, void **ret, struct err *err);
void links_close(void *state);

/* Makes a pair, up and settled, and removes it: the parts are "make" and "remove". */
int links_sample(void *state, struct bench_sample *ret, struct err *err);
int links_floor(void *state, struct bench_sample *ret, struct err *err);

/* The same, but to remove it is no part of the sample. */
int links_sample_make(void *state, struct bench_sample *ret, struct err *err);
int links_floor_make(void *state, struct bench_sample *ret, struct err *err);

#endif
