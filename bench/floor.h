// SPDX-License-Identifier: MIT
/*
 * The floor: the shortest code that makes the same container by the same system calls, and nothing
 * else. No tables, no deadlines, no descriptors that are kept closed, no errors that say where: what
 * the core costs beyond it is the price of those.
 */
#ifndef NSPROOF_BENCH_FLOOR_H
#define NSPROOF_BENCH_FLOOR_H

#include "base/err.h"
#include "container/container.h"

/* Starts, waits, reaps. Knows what bench/container.c asks for. -ECHILD: it did not work. */
int floor_container(const struct container_spec *spec, struct err *err);

#endif
