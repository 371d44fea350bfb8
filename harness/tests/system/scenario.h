// SPDX-License-Identifier: MIT
/*
 * System tests act in scenarios: functions that run as PID 1 of network, mount and pid namespaces
 * of their own, with a fresh /proc, and fail by filling an err. Nothing of them outlives the call.
 */
#ifndef NSPROOF_TESTS_SCENARIO_H
#define NSPROOF_TESTS_SCENARIO_H

#include "base/err.h"

enum { SCENARIO_MS = 30000 };

typedef int scenario_fn(struct err *err);

/* Runs it; 0, or what it failed with. -ETIMEDOUT: killed after SCENARIO_MS. */
int scenario_run(scenario_fn *scenario, struct err *err);

/* Turns an expected result into success: `got` is `want`, and the text of `err` holds `text`. */
int scenario_expect(int got, int want, struct err *err, const char *text);

/* Fails unless a file holds `part`. */
int scenario_file_has(const char *path, const char *part, struct err *err);

/* Fails if the network namespace has any link but the loopback. */
int scenario_only_loopback(struct err *err);

#endif
