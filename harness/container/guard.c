// SPDX-License-Identifier: MIT
/* The one table of guards: see guard.h. */
#include "container/guard.h"

#include <assert.h>

static_assert(GUARD_COUNT <= 64, "a guard_set has 64 bits");

const struct guard_info guard_table[GUARD_COUNT] = {
	[GUARD_USER] = { "user", "user namespace" },
	[GUARD_MNT] = { "mnt", "mount namespace" },
	[GUARD_PID] = { "pid", "pid namespace" },
	[GUARD_NET] = { "net", "network namespace" },
	[GUARD_IPC] = { "ipc", "ipc namespace" },
	[GUARD_UTS] = { "uts", "uts namespace" },
	[GUARD_CGROUP] = { "cgroup", "cgroup namespace" },
	[GUARD_TIME] = { "time", "time namespace with an offset of its own" },
	[GUARD_IDS] = { "ids", "user and group ids mapped to a host range without id 0",
			GUARD(USER) },
	/* whoever mounts without it, mounts on the host too */
	[GUARD_PRIVATE] = { "private", "private mount propagation", GUARD(MNT) },
	[GUARD_ROOT] = { "root", "root directory of its own", GUARD(PRIVATE) },
	[GUARD_PIVOT] = { "pivot", "pivot_root instead of chroot", GUARD(ROOT) },
	[GUARD_DETACH] = { "detach", "old root detached", GUARD(PIVOT) },
	[GUARD_CWD] = { "cwd", "working directory inside the root", GUARD(ROOT) },
	[GUARD_PROC] = { "proc", "fresh /proc", GUARD(PRIVATE) | GUARD(PID) },
	[GUARD_SYS] = { "sys", "fresh /sys", GUARD(PRIVATE) | GUARD(NET) },
	[GUARD_RO_SYS] = { "ro-sys", "read-only /sys", GUARD(SYS) },
	[GUARD_DEV] = { "dev", "minimal /dev with its own devpts and shm", GUARD(PRIVATE) },
	[GUARD_MQUEUE] = { "mqueue", "fresh /dev/mqueue", GUARD(DEV) | GUARD(IPC) },
	[GUARD_CGROUP2] = { "cgroup2", "fresh /sys/fs/cgroup", GUARD(SYS) | GUARD(CGROUP) },
	[GUARD_TMP] = { "tmp", "tmpfs on /tmp and /run", GUARD(PRIVATE) },
	[GUARD_MASK] = { "mask", "masked paths in /proc and /sys", GUARD(PRIVATE) },
	[GUARD_RO_PROC] = { "ro-proc", "read-only /proc/sys and its like", GUARD(PRIVATE) },
	[GUARD_FDS] = { "fds", "every descriptor but 0, 1 and 2 closed" },
	[GUARD_CAPS] = { "caps", "all capabilities dropped" },
	[GUARD_NNP] = { "nnp", "no_new_privs" },
	[GUARD_SECCOMP] = { "seccomp", "seccomp filter" },
	[GUARD_SESSION] = { "session", "session of its own" },
	[GUARD_KEYRING] = { "keyring", "session keyring of its own" },
	[GUARD_ENV] = { "env", "clean environment" },
	[GUARD_LEAF] = { "leaf", "cgroup v2 directory of its own" },
	[PROVIDE_HOSTNAME] = { "hostname", "hostname", GUARD(UTS) },
	[PROVIDE_LO] = { "lo", "loopback up", GUARD(NET) },
	[PROVIDE_VETH] = { "veth", "veth pair with addresses and a default route", GUARD(NET) },
	[PROVIDE_NAT] = { "nat", "masquerade on the way out", PROVIDE(VETH) },
};

static guard_set bit(int guard)
{
	return UINT64_C(1) << guard;
}

guard_set guard_closure(guard_set set)
{
	guard_set before;

	do {
		before = set;
		for (int g = 0; g < GUARD_COUNT; g++)
			if (set & bit(g))
		set |= guard_table[g].requires;
	} while (set != before);
	return set;
}

guard_set guard_effective(guard_set set)
{
	guard_set before;

	do {
		before = set;
		for (int g = 0; g < GUARD_COUNT; g++)
			if (guard_table[g].requires & ~set)
				set &= ~bit(g);
	} while (set != before);
	return set;
}

uint64_t guard_clone_flags(guard_set set)
{
	uint64_t flags = 0;

	for (int ns = 0; ns < NS_COUNT; ns++)
		if (set & bit(ns))
			flags |= ns_table[ns].flag;
	return flags;
}

void guard_names(guard_set set, struct text *out)
{
	const char *plus = "";

	if (!set)
		text_add(out, "none");
	if ((set & GUARDS_SEALED) == GUARDS_SEALED) {
		text_add(out, "all");
		set &= ~GUARDS_SEALED;
		plus = "+";
	}
	for (int g = 0; g < GUARD_COUNT; g++) {
		if (!(set & bit(g)))
			continue;
		text_addf(out, "%s%s", plus, guard_table[g].name);
		plus = "+";
	}
}
