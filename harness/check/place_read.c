// SPDX-License-Identifier: MIT
/* Reading where we run, from /proc and prctl(2): see place.h. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "check/place.h"

static long read_setting(const char *path)
{
	AUTO_TEXT struct text text = { 0 };
	int64_t value;

	if (file_read(AT_FDCWD, path, 64, &text) < 0 || !text.str)
		return -1;
	text.str[strcspn(text.str, "\n")] = '\0';
	return text_to_int(text.str, 0, INT32_MAX, &value) == 0 ? (long)value : -1;
}

static uint64_t read_caps(void)
{
	cap_t caps = cap_get_proc();
	uint64_t set = 0;

	for (cap_value_t cap = 0; cap < 64 && cap_get_bound(cap) >= 0; cap++) {
		cap_flag_value_t on = CAP_CLEAR;

		if (caps && cap_get_flag(caps, cap, CAP_EFFECTIVE, &on) == 0 && on == CAP_SET)
			set |= UINT64_C(1) << cap;
	}
	cap_free(caps);
	return set;
}

void place_read(struct place *ret)
{
	AUTO_TEXT struct text mounts = { 0 };
	char path[64];

	*ret = (struct place){
		.unprivileged_clone = read_setting("/proc/sys/kernel/unprivileged_userns_clone"),
		.apparmor_restriction = read_setting(
			"/proc/sys/kernel/apparmor_restrict_unprivileged_userns"),
		.ptrace_scope = read_setting("/proc/sys/kernel/yama/ptrace_scope"),
		.root = geteuid() == 0,
		.filtered = prctl(PR_GET_SECCOMP) > 0,
		.no_new_privs = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) > 0,
		.caps = read_caps(),
	};
	for (int ns = 0; ns < NS_COUNT; ns++) {
		snprintf(path, sizeof(path), "/proc/sys/user/max_%s_namespaces", ns_table[ns].name);
		ret->max[ns] = read_setting(path);
	}
	if (file_read(AT_FDCWD, "/proc/self/mountinfo", 4 << 20, &mounts) == 0 && mounts.str)
		place_read_mounts(ret, mounts.str);
}
