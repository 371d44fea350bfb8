// SPDX-License-Identifier: MIT
/* User namespaces and their id maps: see userns.h. */
#include "container/userns.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/child.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "container/start.h"
#include "kernel/sys.h"

static int write_map(pid_t pid, const char *file, const struct idmap *map, struct err *err)
{
	char path[64], text[512];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	if (idmap_format(map, text, sizeof(text)) < 0)
		return err_set(err, E2BIG, "%s: too many extents", file);
	errno = -file_write(AT_FDCWD, path, text);
	return errno ? err_sys(err, "%s", file) : 0;
}

int userns_map(pid_t pid, const struct idmap *uids, const struct idmap *gids, struct err *err)
{
	int r = write_map(pid, "gid_map", gids, err);

	return r < 0 ? r : write_map(pid, "uid_map", uids, err);
}

/* A process that has ended keeps its user namespace until it is reaped, and can't outlive us. */
int userns_new(const struct idmap *ids, struct err *err)
{
	pid_t pid = sys_clone3(CLONE_NEWUSER, SIGCHLD, -1, NULL);
	int r;

	if (pid == 0)
		_exit(0);
	if (pid < 0)
		return err_sys(err, "user namespace");
	r = userns_map(pid, ids, ids, err);
	r = r < 0 ? r : start_open_ns(pid, NS_USER, err);
	child_reap(pid);
	return r;
}
