// SPDX-License-Identifier: MIT
/* The core's own seccomp filter. */
#ifndef NSPROOF_CONTAINER_FILTER_H
#define NSPROOF_CONTAINER_FILTER_H

#include <linux/filter.h>

#include "base/err.h"

/*
 * The filter of GUARD_SECCOMP, compiled by libseccomp: everything is allowed but what acts on the
 * whole kernel (keys, modules, kexec, bpf, perf, clocks, swap, raw io ...), which gets EPERM. Built
 * once a process and kept; the pointer is valid for ever. NULL on failure.
 */
const struct sock_fprog *container_filter(struct err *err);

#endif
