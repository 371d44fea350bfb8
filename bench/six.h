// SPDX-License-Identifier: MIT
/* Inside bench/: whether a runtime made what it was asked for, from what nsprobe prints. Pure. */
#ifndef NSPROOF_BENCH_SIX_H
#define NSPROOF_BENCH_SIX_H

#include "base/err.h"

/*
 * Two outputs of "nsprobe namespaces": outside, and inside the container. Inside it has to be PID 1,
 * and each of the six namespaces another one. Lines of somebody else don't matter. -EOPNOTSUPP: it
 * is not so, and the text says which; -EPROTO: they don't say.
 */
int six_check(const char *outside, const char *inside, struct err *err);

#endif
