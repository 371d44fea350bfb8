// SPDX-License-Identifier: MIT
/* The one table of namespaces: see ns.h. */
#include "kernel/ns.h"

#include <linux/sched.h>

const struct ns_info ns_table[] = {
	[NS_USER] = { "user", CLONE_NEWUSER, "user and group ids, capabilities, keys" },
	[NS_MNT] = { "mnt", CLONE_NEWNS, "mounts" },
	[NS_PID] = { "pid", CLONE_NEWPID, "processes and their ids" },
	[NS_NET] = { "net", CLONE_NEWNET, "links, addresses, routes, ports, abstract sockets" },
	[NS_IPC] = { "ipc", CLONE_NEWIPC, "System V IPC, POSIX message queues" },
	[NS_UTS] = { "uts", CLONE_NEWUTS, "host and domain name" },
	[NS_CGROUP] = { "cgroup", CLONE_NEWCGROUP, "the path to the own cgroup" },
	[NS_TIME] = { "time", CLONE_NEWTIME, "the offsets of the monotonic and boot-time clocks" },
};

_Static_assert(sizeof(ns_table) / sizeof(ns_table[0]) == NS_COUNT, "one row a namespace");
