// SPDX-License-Identifier: MIT
/* What a report says about the machine. */
#ifndef NSPROOF_MACHINE_H
#define NSPROOF_MACHINE_H

#include <stddef.h>

struct machine {
	char kernel[65];        /* uname -r */
	char architecture[65];  /* uname -m */
	char distribution[128]; /* PRETTY_NAME of os-release(5), or "unknown" */
	char cpu[128];          /* "model name" of /proc/cpuinfo, or "unknown" */
	char governor[32];      /* of the first processor's frequency, or "none" */
	size_t cpus;            /* that we may run on */
};

void machine_read(struct machine *ret);

#endif
