// SPDX-License-Identifier: MIT
/* What a report says about the machine. */
#ifndef NSPROOF_MACHINE_H
#define NSPROOF_MACHINE_H

struct machine {
	char kernel[65];        /* uname -r */
	char architecture[65];  /* uname -m */
	char distribution[128]; /* PRETTY_NAME of os-release(5), or "unknown" */
};

void machine_read(struct machine *ret);

#endif
