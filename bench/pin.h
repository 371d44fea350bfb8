// SPDX-License-Identifier: MIT
/*
 * Binding a scenario to two processors: one for who starts a container and one for the container. On
 * more, the scheduler moves them about, and the same code takes different times.
 */
#ifndef NSPROOF_BENCH_PIN_H
#define NSPROOF_BENCH_PIN_H

#include <sched.h>
#include <stdbool.h>

#include "bench/scenario.h"

/*
 * Pure: the last two processors of `allowed`; not the first, which takes most interrupts. False,
 * with *ret untouched: there are no more than two, and nothing to choose.
 */
bool pin_choose(const cpu_set_t *allowed, cpu_set_t *ret);

/* Whether scenarios are bound on this machine: sched_getaffinity(2). */
bool pin_is_possible(void);

/* Binds the calling process, where there is a choice and the scenario does not want them all. */
void pin_scenario(const struct scenario *s);

#endif
