// SPDX-License-Identifier: MIT
/* Unit tests of check/place.c: which setting is named for what failed, and when none is. */
#include <check.h>
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "check/place.h"
#include "runner.h"

#define CAP(name) (UINT64_C(1) << CAP_##name)
#define ALL_CAPS  (~UINT64_C(0))

/* Limits of net and user namespaces, the two switches of distributions, ptrace_scope. */
#define SETTINGS(net, usr, clone, apparmor, yama)                                                  \
	.max = { [NS_USER] = (usr), [NS_MNT] = 1000, [NS_PID] = 1000,    [NS_NET] = (net),         \
		 [NS_IPC] = 1000,   [NS_UTS] = 1000, [NS_CGROUP] = 1000, [NS_TIME] = 1000 },       \
	.unprivileged_clone = (clone), .apparmor_restriction = (apparmor), .ptrace_scope = (yama)
/* A machine that allows everything to its root. */
#define FREE SETTINGS(1000, 1000, -1, -1, -1)

static const struct {
	struct place place;
	enum guard guard;
	enum need need;
	int num;
	const char *want; /* beginning of the cause; "": none is named */
} cases[] = {
	{ { FREE, .root = true, .caps = ALL_CAPS }, GUARD_NET, NEED_COUNT, EPERM, "" },
	{ { FREE, .caps = 0 }, GUARD_USER, NEED_COUNT, EPERM, "it is refused in a chroot" },
	/* a limit is named by the errno, not by its value */
	{ { SETTINGS(0, 1000, -1, -1, -1) }, GUARD_NET, NEED_COUNT, EPERM, "" },
	{ { SETTINGS(0, 1000, -1, -1, -1) },
	  GUARD_NET,
	  NEED_COUNT,
	  ENOSPC,
	  "user.max_net_namespaces is 0; as root: sysctl -w user.max_net_namespaces=10000" },
	{ { SETTINGS(0, 1000, -1, -1, -1) },
	  GUARD_SYS,
	  NEED_COUNT,
	  ENOSPC,
	  "user.max_net_namespaces is 0" },
	{ { SETTINGS(1000, 2, -1, -1, -1) },
	  GUARD_USER,
	  NEED_COUNT,
	  ENOSPC,
	  "user.max_user_namespaces is 2" },
	{ { SETTINGS(0, 1000, -1, -1, -1) },
	  GUARD_UTS,
	  NEED_COUNT,
	  ENOSPC,
	  "a limit user.max_*_namespaces of an outer" },
	/* what stands in the way of ordinary users only */
	{ { SETTINGS(1000, 1000, 0, -1, -1) },
	  GUARD_USER,
	  NEED_COUNT,
	  EPERM,
	  "kernel.unprivileged_userns_clone is 0" },
	{ { SETTINGS(1000, 1000, 0, -1, -1), .caps = ALL_CAPS, .root = true },
	  GUARD_NET,
	  NEED_COUNT,
	  EPERM,
	  "" },
	{ { SETTINGS(1000, 1000, -1, 1, -1) },
	  GUARD_USER,
	  NEED_COUNT,
	  EACCES,
	  "kernel.apparmor_restrict_unprivileged_userns is 1" },
	{ { SETTINGS(1000, 1000, -1, 1, -1), .user = true },
	  GUARD_MNT,
	  NEED_COUNT,
	  EPERM,
	  "kernel.apparmor_restrict_unprivileged_userns is 1" },
	{ { SETTINGS(1000, 1000, -1, 0, -1) },
	  GUARD_USER,
	  NEED_COUNT,
	  EACCES,
	  "a security module" },
	{ { FREE, .root = true, .caps = CAP(KILL) },
	  GUARD_USER,
	  NEED_COUNT,
	  EPERM,
	  "user id 0 can't be mapped without CAP_SETFCAP" },
	/* covers */
	{ { FREE, .covered = "/proc/keys", .user = true },
	  GUARD_PROC,
	  NEED_COUNT,
	  EPERM,
	  "/proc is covered in part (/proc/keys)" },
	{ { FREE, .covered = "/proc/keys", .user = true }, GUARD_NET, NEED_COUNT, EPERM, "" },
	{ { FREE, .hidden_sys = true, .user = true },
	  GUARD_SYS,
	  NEED_COUNT,
	  EPERM,
	  "/sys is read-only, covered or not there" },
	/* rights: those of our own user namespace count */
	{ { FREE, .root = true, .caps = CAP(SYS_ADMIN) },
	  PROVIDE_LO,
	  NEED_COUNT,
	  EPERM,
	  "CAP_NET_ADMIN is missing" },
	{ { FREE, .root = true, .caps = CAP(SYS_ADMIN) },
	  GUARD_COUNT,
	  NEED_NET_ADMIN,
	  EPERM,
	  "CAP_NET_ADMIN is missing" },
	{ { FREE, .caps = 0, .user = true }, GUARD_COUNT, NEED_NET_ADMIN, EPERM, "" },
	{ { SETTINGS(1000, 1000, -1, -1, 3), .root = true, .caps = ALL_CAPS },
	  GUARD_COUNT,
	  NEED_PTRACE,
	  EPERM,
	  "kernel.yama.ptrace_scope is 3" },
	{ { SETTINGS(1000, 1000, -1, -1, 1), .root = true, .caps = ALL_CAPS },
	  GUARD_COUNT,
	  NEED_PTRACE,
	  EPERM,
	  "" },
	{ { FREE, .filtered = true }, GUARD_COUNT, NEED_INIT_CAPS, EPERM, "" },
	/* a filter comes last, and not for what a file answers */
	{ { FREE, .filtered = true, .root = true, .caps = ALL_CAPS },
	  GUARD_COUNT,
	  NEED_KEYS,
	  ENOSYS,
	  "a seccomp filter is on nsproof" },
	{ { FREE, .filtered = true, .root = true, .caps = ALL_CAPS },
	  GUARD_COUNT,
	  NEED_SYSCTL,
	  EROFS,
	  "" },
};

START_TEST(cause_is_named)
{
	AUTO_TEXT struct text out = { 0 };

	text_add(&out, "");
	place_cause(&cases[_i].place, cases[_i].guard, cases[_i].need, cases[_i].num, &out);
	if (*cases[_i].want)
		ck_assert_msg(!strncmp(out.str, cases[_i].want, strlen(cases[_i].want)), "%s",
			      out.str);
	else
		ck_assert_str_eq(out.str, "");
}
END_TEST

#define HOST_PROC "22 1 0:20 / /proc rw - proc proc rw\n"
#define HOST_SYS  "23 1 0:21 / /sys rw,nosuid - sysfs sysfs rw\n"

static const struct {
	const char *mounts, *covered;
	bool hidden_sys;
} mounts[] = {
	{ HOST_PROC HOST_SYS, "", false },
	{ HOST_PROC HOST_SYS "24 22 0:22 / /proc/sys/fs/binfmt_misc rw - autofs systemd-1 rw\n", "",
	  false },
	{ HOST_PROC HOST_SYS "24 22 0:20 /sys /proc/sys ro - proc proc rw\n", "", false },
	{ HOST_PROC HOST_SYS "24 22 0:9 /null /proc/keys rw - devtmpfs dev rw\n"
			     "25 22 0:30 / /proc/acpi ro - tmpfs tmpfs rw\n",
	  "/proc/keys", false },
	{ HOST_PROC "23 1 0:21 / /sys ro,nosuid - sysfs sysfs rw\n", "", true },
	{ HOST_PROC HOST_SYS "24 23 0:30 / /sys/firmware ro - tmpfs tmpfs rw\n", "", true },
	{ HOST_PROC "23 1 0:30 / /sys rw - tmpfs tmpfs rw\n", "", true },
	{ HOST_PROC, "", true },
	{ "nonsense\n" HOST_SYS, "", false },
};

START_TEST(covers_are_found)
{
	struct place place = { 0 };
	char text[512];

	snprintf(text, sizeof(text), "%s", mounts[_i].mounts);
	place_read_mounts(&place, text);
	ck_assert_str_eq(place.covered, mounts[_i].covered);
	ck_assert_int_eq(place.hidden_sys, mounts[_i].hidden_sys);
}
END_TEST

START_TEST(only_what_is_missing_is_explained)
{
	struct place place = { SETTINGS(0, 1000, -1, -1, -1) };
	struct abilities a = { .guards = GUARDS_EVERYTHING & ~GUARD(NET),
			       .needs = NEED(KEYS),
			       .guard_why = { [GUARD_NET] = { ENOSPC, "clone3" },
					      [GUARD_UTS] = { ENOSPC, "clone3" } },
			       .need_why = { [NEED_ARENA] = { ENOSPC, "clone3" },
					     [NEED_KEYS] = { ENOSPC, "add_key" } } };

	place_explain(&place, &a);
	ck_assert_ptr_nonnull(
		strstr(a.guard_why[GUARD_NET].text, "clone3; user.max_net_namespaces"));
	ck_assert_ptr_nonnull(
		strstr(a.need_why[NEED_ARENA].text, "clone3; user.max_net_namespaces"));
	ck_assert_str_eq(a.guard_why[GUARD_UTS].text, "clone3");
	ck_assert_str_eq(a.need_why[NEED_KEYS].text, "add_key");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("place");
	TCase *tc = tcase_create("place");

	tcase_add_loop_test(tc, cause_is_named, 0, ARRAY_SIZE(cases));
	tcase_add_loop_test(tc, covers_are_found, 0, ARRAY_SIZE(mounts));
	tcase_add_test(tc, only_what_is_missing_is_explained);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
