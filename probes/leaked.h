// SPDX-License-Identifier: MIT
/* The descriptor that the creator left open, in a probe's hands. */
#ifndef NSPROBE_LEAKED_H
#define NSPROBE_LEAKED_H

#include "probe.h"

/*
 * What the argument fd= names; -1 when nothing is open there. To be called before the probe opens
 * anything itself, which might get that number.
 */
int leaked_fd(void);

/* The answer when there is none. */
struct answer not_leaked(void);

#endif
