// SPDX-License-Identifier: MIT
/* What a report says about the machine, and the switches that turn user namespaces off. */
#ifndef NSPROOF_MACHINE_H
#define NSPROOF_MACHINE_H

#include <stdbool.h>
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

/* Sysctls that decide whether a user namespace can be made; -1: this kernel has none of the name.
 */
struct userns_switches {
	long max_user_namespaces;  /* user.max_user_namespaces, of this user namespace */
	long unprivileged_clone;   /* kernel.unprivileged_userns_clone (Debian, Arch) */
	long apparmor_restriction; /* kernel.apparmor_restrict_unprivileged_userns (Ubuntu) */
};

void machine_read_switches(struct userns_switches *ret);

/* Pure: which setting keeps user namespaces away, and how to change it; NULL: none of them does. */
const char *machine_switched_off(const struct userns_switches *switches, bool root);

#endif
