// SPDX-License-Identifier: MIT
/* The one table of namespaces, from which every loop, flag, path, report row and test derives. */
#ifndef NSPROOF_KERNEL_NS_H
#define NSPROOF_KERNEL_NS_H

#include <stdint.h>

/* The order in which namespaces are entered: the user namespace first, it gives the rights. */
enum ns {
	NS_USER,
	NS_MNT,
	NS_PID,
	NS_NET,
	NS_IPC,
	NS_UTS,
	NS_CGROUP,
	NS_TIME,
	NS_COUNT,
};

extern const struct ns_info {
	const char *name;  /* as in /proc/PID/ns/ */
	uint64_t flag;     /* CLONE_NEW*: namespaces(7) */
	const char *hides; /* what a namespace of one's own keeps apart */
} ns_table[NS_COUNT];

#endif
