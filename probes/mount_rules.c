// SPDX-License-Identifier: MIT
/*
 * Rules of path resolution that every container engine builds on: openat2(2). The twin opens the
 * same path without the rule.
 */
#include "mnt.h"

static struct answer resolve(const char *dir, const char *path, uint64_t rule, const char *name)
{
	AUTO_CLOSE int top = (int)MUST(open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC));
	AUTO_CLOSE int fd = -1;

	/* EAGAIN: a rename or mount anywhere in the system while ".." was resolved, openat2(2) */
	for (int tries = 0; fd < 0 && tries < 1000; tries++) {
		fd = sys_openat2(top, path, O_PATH, arg_given("twin") ? 0 : rule);
		if (fd < 0 && errno != EAGAIN)
			break;
	}

	if (fd < 0)
		return blocked_errno(errno, "openat2(%s)", name);
	return reached(NO_TOKEN, "the path opens");
}

PROBE(mount_resolve_beneath, "leaves a directory with \"..\" and RESOLVE_BENEATH")
{
	return resolve("/proc", "../dev", RESOLVE_BENEATH, "RESOLVE_BENEATH");
}

PROBE(mount_resolve_in_root, "leaves a directory with \"..\" and RESOLVE_IN_ROOT")
{
	/* ".." stays in /proc, which has no such entry */
	return resolve("/proc", "../dev", RESOLVE_IN_ROOT, "RESOLVE_IN_ROOT");
}

PROBE(mount_resolve_no_xdev, "steps onto another mount with RESOLVE_NO_XDEV")
{
	return resolve("/", "proc", RESOLVE_NO_XDEV, "RESOLVE_NO_XDEV");
}

PROBE(mount_resolve_no_magiclinks, "follows /proc/self/root with RESOLVE_NO_MAGICLINKS")
{
	return resolve("/proc", "self/root", RESOLVE_NO_MAGICLINKS, "RESOLVE_NO_MAGICLINKS");
}
