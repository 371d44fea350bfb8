// SPDX-License-Identifier: MIT
/* What the probes of processes share. */
#ifndef NSPROBE_PROCESS_H
#define NSPROBE_PROCESS_H

#include <sys/types.h>

#include "probe.h"

/* The canary's pid; it must not happen to be the probe's own number in here. */
pid_t arg_pid(void);

/* A call whose effect is the proof: it has worked, or this is how it failed. */
struct answer by_effect(long result, const char *call);

#endif
