// SPDX-License-Identifier: MIT
/*
 * Inside bench/: when the kernel has really freed network namespaces. It does so some time after
 * their last process is gone, from a work queue, and says so to nobody; but a user namespace counts
 * its network namespaces, and counts down at the very end: /proc/sys/user/max_net_namespaces,
 * namespaces(7). While one too many is left, unshare(2) fails with ENOSPC.
 */
#ifndef NSPROOF_BENCH_TEARDOWN_H
#define NSPROOF_BENCH_TEARDOWN_H

#include "base/err.h"
#include "bench/sample.h"
#include "bench/scenario.h"

/*
 * row->number namespaces end at once; the sample begins when their process is reaped. The floor is
 * one grace period of RCU, membarrier(2), of which the kernel waits for several meanwhile.
 * -EOPNOTSUPP: no user namespaces, or no such counter.
 */
int teardown_open(const struct bench_env *env, const struct scenario *row, void **ret,
		  struct err *err);
int teardown_sample(void *state, struct bench_sample *ret, struct err *err);
int teardown_floor(void *state, struct bench_sample *ret, struct err *err);
void teardown_close(void *state);

/*
 * Returns when every network namespace that has ended before is freed: the kernel takes them in turn.
 * -ETIMEDOUT: not within 30 s.
 */
int teardown_await_all(struct err *err);

#endif
