// SPDX-License-Identifier: MIT
/* Why something is missing here: see place.h. */
#include "check/place.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "container/arena.h"
#include "kernel/mountinfo.h"

/* A limit below this is one that somebody set: the kernel's own are thousands. */
enum { FEW_NAMESPACES = 64 };

/* These are mounted on hosts too, where the kernel has left an empty directory for them. */
static bool is_usual(const char *fstype)
{
	return !strcmp(fstype, "autofs") || !strcmp(fstype, "binfmt_misc") ||
	       !strcmp(fstype, "nfsd");
}

void place_read_mounts(struct place *ret, char *mountinfo)
{
	static const char proc[] = "/proc/", sys[] = "/sys";
	struct mountinfo m;
	int r;

	ret->covered[0] = '\0';
	ret->hidden_sys = true;
	while ((r = mountinfo_next(&mountinfo, &m)) != 0) {
		if (r < 0)
			continue;
		if (!strncmp(m.point, proc, strlen(proc)) && strcmp(m.fstype, "proc") != 0 &&
		    !is_usual(m.fstype) && !ret->covered[0])
			snprintf(ret->covered, sizeof(ret->covered), "%s", m.point);
		if (!strcmp(m.point, sys))
			ret->hidden_sys = strcmp(m.fstype, "sysfs") != 0 ||
					  !strncmp(m.options, "ro", 2);
		else if (!strncmp(m.point, "/sys/firmware", 13) && !strcmp(m.fstype, "tmpfs"))
			ret->hidden_sys = true;
	}
}

static bool has_cap(const struct place *p, int cap)
{
	return p->user || p->caps & (UINT64_C(1) << cap);
}

/* The capability that it takes, or -1; with its name. */
static int cap_of(enum guard guard, enum need need, const char **name)
{
	static const struct {
		enum guard guard;
		enum need need;
		int cap;
		const char *name;
	} table[] = {
		{ PROVIDE_LO, NEED_NET_ADMIN, CAP_NET_ADMIN, "CAP_NET_ADMIN" },
		{ GUARD_COUNT, NEED_BRIDGE, CAP_NET_ADMIN, "CAP_NET_ADMIN" },
		{ GUARD_COUNT, NEED_MASQUERADE, CAP_NET_ADMIN, "CAP_NET_ADMIN" },
		{ GUARD_COUNT, NEED_IPV6, CAP_NET_ADMIN, "CAP_NET_ADMIN" },
		{ GUARD_TIME, NEED_SET_CLOCK, CAP_SYS_TIME, "CAP_SYS_TIME" },
		{ GUARD_COUNT, NEED_TIMERSLACK, CAP_SYS_NICE, "CAP_SYS_NICE" },
		{ GUARD_COUNT, NEED_FILE_HANDLE, CAP_DAC_READ_SEARCH, "CAP_DAC_READ_SEARCH" },
		{ GUARD_COUNT, NEED_SWAP, CAP_SYS_ADMIN, "CAP_SYS_ADMIN" },
		{ GUARD_COUNT, NEED_ACCT, CAP_SYS_PACCT, "CAP_SYS_PACCT" },
		{ GUARD_COUNT, NEED_KEXEC, CAP_SYS_BOOT, "CAP_SYS_BOOT" },
		{ GUARD_COUNT, NEED_MODULES, CAP_SYS_MODULE, "CAP_SYS_MODULE" },
		{ GUARD_COUNT, NEED_PTRACE, CAP_SYS_PTRACE, "CAP_SYS_PTRACE" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		if ((guard < GUARD_COUNT && table[i].guard == guard) ||
		    (guard == GUARD_COUNT && table[i].need == need)) {
			*name = table[i].name;
			return table[i].cap;
		}
	}
	return -1;
}

/* ENOSPC: a namespace too many. */
static void add_limit(const struct place *p, enum guard guard, struct text *out)
{
	guard_set tried = guard < GUARD_COUNT ? guard_closure(UINT64_C(1) << guard)
					      : GUARDS_NAMESPACES;

	for (int ns = 0; ns < NS_COUNT; ns++) {
		if (!(tried & (UINT64_C(1) << ns)) || p->max[ns] < 0 ||
		    p->max[ns] >= FEW_NAMESPACES)
			continue;
		text_addf(out,
			  "user.max_%s_namespaces is %ld; as root: "
			  "sysctl -w user.max_%s_namespaces=10000",
			  ns_table[ns].name, p->max[ns], ns_table[ns].name);
		return;
	}
	text_add(out, "a limit user.max_*_namespaces of an outer user namespace is reached");
}

/* What keeps user namespaces from us, or the rights in them; false: nothing that we know. */
static bool add_userns(const struct place *p, enum guard guard, struct text *out)
{
	bool admin = p->caps & (UINT64_C(1) << CAP_SYS_ADMIN);

	if (guard == GUARD_USER && !admin && p->unprivileged_clone == 0)
		text_add(out, "kernel.unprivileged_userns_clone is 0; as root: "
			      "sysctl -w kernel.unprivileged_userns_clone=1");
	else if ((guard == GUARD_USER || p->user) && !admin && p->apparmor_restriction > 0)
		text_add(out, "kernel.apparmor_restrict_unprivileged_userns is 1; as root: "
			      "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0");
	else if (guard == GUARD_USER && p->root && !(p->caps & (UINT64_C(1) << CAP_SETFCAP)) &&
		 !p->filtered)
		text_add(out, "user id 0 can't be mapped without CAP_SETFCAP; give it, or run as "
			      "another user");
	else
		return false;
	return true;
}

static bool add_covers(const struct place *p, enum guard guard, struct text *out)
{
	if (p->covered[0] && guard == GUARD_PROC)
		text_addf(out,
			  "/proc is covered in part (%s), and so a fresh one is refused; where a "
			  "runtime masks it: --security-opt unmask=ALL or --privileged",
			  p->covered);
	else if (p->hidden_sys && (guard == GUARD_SYS || guard == GUARD_RO_SYS))
		text_add(out, "/sys is read-only, covered or not there, and so a fresh one is "
			      "refused; bind a whole one to /sys");
	else
		return false;
	return true;
}

/* Needs whose own reason says all: no call was refused. */
static bool is_plain(enum need need)
{
	return need == NEED_INIT_CAPS || need == NEED_RESOURCE || need == NEED_UNFILTERED ||
	       need == NEED_MASQUERADE;
}

void place_cause(const struct place *p, enum guard guard, enum need need, int num, struct text *out)
{
	const char *name = "";
	int cap = cap_of(guard, need, &name);

	if (num == ENOSPC && need == NEED_COUNT)
		return add_limit(p, guard, out);
	if (num != EPERM && num != EACCES && num != ENOSYS)
		return;
	if (num != ENOSYS && (add_userns(p, guard, out) || add_covers(p, guard, out)))
		return;
	if (num != ENOSYS && cap >= 0 && !has_cap(p, cap))
		text_addf(out, "%s is missing", name);
	else if (num == EPERM && need == NEED_PTRACE && p->ptrace_scope >= 2)
		text_addf(out,
			  "kernel.yama.ptrace_scope is %ld; as root: "
			  "sysctl -w kernel.yama.ptrace_scope=1 (3 stays until a reboot)",
			  p->ptrace_scope);
	else if (num == EACCES)
		text_add(out, "a security module (AppArmor, SELinux) may forbid it; the kernel's "
			      "log tells");
	else if (p->filtered && !is_plain(need))
		text_add(out, "a seccomp filter is on nsproof and may forbid it; a runtime's is "
			      "off with --security-opt seccomp=unconfined");
	else if (guard == GUARD_USER)
		text_add(out, "it is refused in a chroot, or by an outer user namespace");
}

static void append(struct err *err, const struct text *cause)
{
	size_t len = strlen(err->text);

	if (cause->str && *cause->str)
		snprintf(err->text + len, sizeof(err->text) - len, "; %s", cause->str);
}

void place_explain_error(const struct place *p, enum guard guard, struct err *err)
{
	AUTO_TEXT struct text cause = { 0 };

	place_cause(p, guard, NEED_COUNT, err->num, &cause);
	append(err, &cause);
}

/* Needs that are a guard by another name: theirs is the cause. */
static enum guard guard_of(enum need need, const struct abilities *a)
{
	guard_set missing = guard_closure(ARENA_REQUIRES) & ~a->guards;

	switch (need) {
	case NEED_USERNS:
		return GUARD_USER;
	case NEED_SYSFS:
		return GUARD_SYS;
	case NEED_ARENA:
		return missing ? (enum guard)__builtin_ctzll(missing) : GUARD_COUNT;
	default:
		return GUARD_COUNT;
	}
}

void place_explain(const struct place *p, struct abilities *abilities)
{
	for (int g = 0; g < GUARD_COUNT; g++)
		if (!(abilities->guards & (UINT64_C(1) << g)))
			place_explain_error(p, (enum guard)g, &abilities->guard_why[g]);
	for (int n = 0; n < NEED_COUNT; n++) {
		struct err *why = &abilities->need_why[n];
		enum guard guard = guard_of((enum need)n, abilities);
		AUTO_TEXT struct text cause = { 0 };

		if (abilities->needs & NEED_BIT(n) || !why->num)
			continue;
		place_cause(p, guard, guard < GUARD_COUNT ? NEED_COUNT : (enum need)n, why->num,
			    &cause);
		append(why, &cause);
	}
}
