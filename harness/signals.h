// SPDX-License-Identifier: MIT
/* Signals for commands that undo what they have begun before they end. */
#ifndef NSPROOF_SIGNALS_H
#define NSPROOF_SIGNALS_H

#include <signal.h>

/*
 * From now on SIGINT, SIGTERM and SIGHUP only set a flag; the number of the last one, 0 for none,
 * is what the returned pointer shows. What nohup(1) and shells ignore stays ignored. A write beyond
 * RLIMIT_FSIZE is an error (EFBIG), not the end.
 */
const volatile sig_atomic_t *signals_catch(void);

/* From now on they do again what they did before signals_catch(). */
void signals_release(void);

#endif
