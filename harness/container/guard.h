// SPDX-License-Identifier: MIT
/*
 * The one table of guards: isolation mechanisms that can be switched on, each alone, and after them
 * the provisions, steps that give a container something to work with. Switches of the command line,
 * set-up steps, arms and reports all derive from it.
 */
#ifndef NSPROOF_CONTAINER_GUARD_H
#define NSPROOF_CONTAINER_GUARD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "kernel/ns.h"

enum guard {
	/* the namespaces, in the order of ns_table */
	GUARD_USER = NS_USER,
	GUARD_MNT = NS_MNT,
	GUARD_PID = NS_PID,
	GUARD_NET = NS_NET,
	GUARD_IPC = NS_IPC,
	GUARD_UTS = NS_UTS,
	GUARD_CGROUP = NS_CGROUP,
	GUARD_TIME = NS_TIME,
	GUARD_IDS = NS_COUNT, /* ids mapped to a host range without 0 */
	GUARD_PRIVATE,
	GUARD_ROOT,
	GUARD_PIVOT,
	GUARD_DETACH,
	GUARD_CWD,
	GUARD_PROC,
	GUARD_SYS,
	GUARD_RO_SYS,
	GUARD_DEV,
	GUARD_MQUEUE,
	GUARD_CGROUP2,
	GUARD_TMP,
	GUARD_MASK,
	GUARD_RO_PROC,
	GUARD_FDS,
	GUARD_CAPS,
	GUARD_NNP,
	GUARD_SECCOMP,
	GUARD_SESSION,
	GUARD_KEYRING,
	GUARD_ENV,
	GUARD_LEAF,
	/* provisions */
	PROVIDE_HOSTNAME,
	PROVIDE_LO,
	PROVIDE_VETH,
	PROVIDE_NAT,
	GUARD_COUNT,
};

typedef uint64_t guard_set;

#define GUARD(name)   (UINT64_C(1) << GUARD_##name)
#define PROVIDE(name) (UINT64_C(1) << PROVIDE_##name)

#define GUARDS_NAMESPACES ((UINT64_C(1) << NS_COUNT) - 1)
#define GUARDS_PROVISIONS (PROVIDE(HOSTNAME) | PROVIDE(LO) | PROVIDE(VETH) | PROVIDE(NAT))
#define GUARDS_EVERYTHING ((UINT64_C(1) << GUARD_COUNT) - 1)
/* what makes a container sealed: every guard, and no provision */
#define GUARDS_SEALED     (GUARDS_EVERYTHING & ~GUARDS_PROVISIONS)

extern const struct guard_info {
	const char *name;   /* in switches and reports */
	const char *about;  /* what it does, one line */
	guard_set requires; /* directly; see guard_closure() */
} guard_table[GUARD_COUNT];

/* Pure set arithmetic. */
guard_set guard_closure(guard_set set);   /* with all that its members require */
guard_set guard_effective(guard_set set); /* without members whose requirements are missing */

/* The CLONE_NEW* flags of the namespaces in the set. */
uint64_t guard_clone_flags(guard_set set);

/* Appends the names joined by '+'; "none" for the empty set, "all" for GUARDS_SEALED, and
 * "all+veth" and the like when provisions come on top. */
void guard_names(guard_set set, struct text *out);

#endif
