// SPDX-License-Identifier: MIT
/* Time for deadlines and for measuring. */
#ifndef NSPROOF_BASE_CLOCK_H
#define NSPROOF_BASE_CLOCK_H

#include <stdint.h>

/* CLOCK_MONOTONIC in milliseconds: clock_gettime(2). */
int64_t clock_ms(void);

/* The same in nanoseconds. */
int64_t clock_ns(void);

#endif
