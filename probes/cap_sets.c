// SPDX-License-Identifier: MIT
/* Capability sets, and what exec can add to them. capabilities(7), PR_SET_NO_NEW_PRIVS(2const) */
#include <linux/capability.h>
#include <linux/securebits.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "probe.h"

struct sets {
	struct __user_cap_data_struct half[2]; /* capabilities below 32, and the others */
};

static struct sets get_sets(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct sets sets;

	MUST(syscall(SYS_capget, &header, &sets));
	return sets;
}

static int set_sets(const struct sets *sets)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };

	return (int)syscall(SYS_capset, &header, sets);
}

static bool any_permitted(void)
{
	struct sets sets = get_sets();

	return sets.half[0].permitted || sets.half[1].permitted;
}

PROBE(cap_sets_empty, "looks into its permitted, effective, inheritable and ambient sets")
{
	struct sets sets = get_sets();

	for (size_t i = 0; i < ARRAY_SIZE(sets.half); i++)
		if (sets.half[i].permitted || sets.half[i].effective || sets.half[i].inheritable)
			return reached(NO_TOKEN, "a set of the process holds a capability");
	for (unsigned long cap = 0; prctl(PR_CAPBSET_READ, cap) >= 0; cap++)
		if (MUST(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, cap, 0, 0)))
			return reached(NO_TOKEN, "the ambient set holds a capability");
	return blocked("absent", "there is no capability in any set");
}

PROBE(cap_bounding_empty, "looks into its bounding set")
{
	MUST(prctl(PR_CAPBSET_READ, 0));
	for (unsigned long cap = 0; prctl(PR_CAPBSET_READ, cap) >= 0; cap++)
		if (prctl(PR_CAPBSET_READ, cap))
			return reached(NO_TOKEN, "the bounding set holds a capability");
	return blocked("absent", "there is no capability in the bounding set");
}

PROBE(cap_inheritable_raise, "adds a capability to its inheritable set")
{
	struct sets sets = get_sets();

	MUST(set_sets(&sets));
	sets.half[0].inheritable |= 1U << CAP_CHOWN;
	if (set_sets(&sets) < 0)
		return blocked_errno(errno, "capset()");
	return reached(NO_TOKEN, "capset() adds to the inheritable set");
}

PROBE(cap_ambient_raise, "raises an ambient capability")
{
	struct sets sets = get_sets();

	/* it has to be inheritable first; where that fails, this one will too */
	sets.half[0].inheritable |= 1U << CAP_CHOWN;
	set_sets(&sets);
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_CHOWN, 0, 0) < 0)
		return blocked_errno(errno, "PR_CAP_AMBIENT_RAISE");
	return reached(NO_TOKEN, "PR_CAP_AMBIENT_RAISE is allowed");
}

PROBE(cap_securebits, "asks that root be nobody special")
{
	long now = MUST(prctl(PR_GET_SECUREBITS));

	if (prctl(PR_SET_SECUREBITS, now | SECBIT_NOROOT) < 0)
		return blocked_errno(errno, "PR_SET_SECUREBITS");
	return reached(NO_TOKEN, "PR_SET_SECUREBITS is allowed");
}

/* Gives up every capability and becomes `path`, which is this probe again. */
static struct answer exec_without(const char *path, const char *id)
{
	char *const argv[] = { "nsprobe", (char *)id, "again=1", NULL }, *const envp[] = { NULL };
	struct sets none = { 0 };

	MUST(set_sets(&none));
	execve(path, argv, envp);
	return blocked_errno(errno, "execve()");
}

/* In the program that was started: did it get any? */
static struct answer after_exec(void)
{
	if (any_permitted())
		return reached(NO_TOKEN, "exec gave capabilities");
	return blocked("absent", "exec gave no capabilities");
}

PROBE(cap_regain_by_exec, "gives up all capabilities, and starts itself again as root")
{
	if (arg_given("again"))
		return after_exec();
	return exec_without("/proc/self/exe", "cap/regain-by-exec");
}

PROBE(cap_nnp_file_caps, "gives up all capabilities, and starts a program that has one")
{
	if (arg_given("again"))
		return after_exec();
	/* root would get them all: without CAP_SETPCAP there are none that it could get */
	prctl(PR_SET_SECUREBITS, SECBIT_NOROOT);
	return exec_without(arg_str("path"), "cap/nnp-file-caps");
}

PROBE(cap_nnp_setuid, "starts a set-user-ID program of another user")
{
	const char *path;

	if (arg_given("again")) {
		if (geteuid() != getuid())
			return reached(NO_TOKEN, "exec changed the effective user id");
		return blocked("absent", "exec left the effective user id alone");
	}
	path = arg_str("path");
	execl(path, "nsprobe", "cap/nnp-setuid", "again=1", (char *)NULL);
	return failed("execve(): %s", strerror(errno));
}

PROBE(cap_nnp_set, "asks for no_new_privs")
{
	if (MUST(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0)))
		return reached(NO_TOKEN, "no_new_privs is set");
	return blocked("absent", "no_new_privs is not set");
}

PROBE(cap_regain_by_userns, "makes a user namespace, and sets the hostname from before it")
{
	bool twin = arg_given("twin") && arg_int("twin", 0, 1);
	char name[65] = "";

	MUST(gethostname(name, sizeof(name) - 1));
	/* the legal twin: a hostname that belongs to the new user namespace */
	MUST(unshare(CLONE_NEWUSER | (twin ? CLONE_NEWUTS : 0)));
	if (sethostname(name, strlen(name)) < 0)
		return blocked_errno(errno, "sethostname()");
	return reached(NO_TOKEN, "sethostname() is allowed");
}
