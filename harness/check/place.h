// SPDX-License-Identifier: MIT
/*
 * Where nsproof runs: the settings and covers by which a machine, or a container around us, keeps
 * something from us. What is missing is only ever found by trying; this says why, and what to change.
 */
#ifndef NSPROOF_CHECK_PLACE_H
#define NSPROOF_CHECK_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "check/needs.h"

/* Numbers are -1 where this kernel has no such setting. */
struct place {
	long max[NS_COUNT];        /* user.max_*_namespaces, of this user namespace */
	long unprivileged_clone;   /* kernel.unprivileged_userns_clone (Debian, Arch) */
	long apparmor_restriction; /* kernel.apparmor_restrict_unprivileged_userns (Ubuntu) */
	long ptrace_scope;         /* kernel.yama.ptrace_scope */
	bool root;                 /* user id 0 */
	bool user;                 /* in a user namespace of our own, with every right in it */
	bool filtered, no_new_privs;
	uint64_t caps;    /* effective ones, before there was such a user namespace */
	char covered[64]; /* the first path below /proc that something else covers, or "" */
	bool hidden_sys;  /* /sys is not mounted, read-only, or covered */
};

/* Reads it all; call it before the process becomes a spawner. */
void place_read(struct place *ret);

/* Pure: fills `covered` and `hidden_sys` from the text of a mountinfo file, which it cuts up. */
void place_read_mounts(struct place *ret, char *mountinfo);

/*
 * Pure: why trying it failed with the errno `num`, and what to change, as one sentence appended to
 * `out`; nothing when no setting explains it. `guard` is what was tried (GUARD_COUNT: none);
 * otherwise `need` (NEED_COUNT: none).
 */
void place_cause(const struct place *p, enum guard guard, enum need need, int num,
		 struct text *out);

/* Puts the cause behind every reason of what is missing. */
void place_explain(const struct place *p, struct abilities *abilities);

/* Puts the cause behind the text of an error from trying `guard`. */
void place_explain_error(const struct place *p, enum guard guard, struct err *err);

#endif
