// SPDX-License-Identifier: MIT
/* The core's own seccomp filter. */
#ifndef NSPROOF_CONTAINER_FILTER_H
#define NSPROOF_CONTAINER_FILTER_H

#include <linux/filter.h>

/*
 * The filter of GUARD_SECCOMP: everything is allowed but what acts on the whole kernel (keys, modules,
 * kexec, bpf, perf, clocks, swap, raw io ...), which gets EPERM. The pointer is valid for ever.
 */
const struct sock_fprog *container_filter(void);

#endif
