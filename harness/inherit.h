// SPDX-License-Identifier: MIT
/* What a process inherits from who started it. */
#ifndef NSPROOF_INHERIT_H
#define NSPROOF_INHERIT_H

/* What we inherit must not decide how we behave: descriptors, signals, the file mode mask. */
void inherit_reset(void);

#endif
