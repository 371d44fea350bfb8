// SPDX-License-Identifier: MIT
/*
 * Root of a user namespace for an ordinary user: see rootless.h. newuidmap(1) has to run outside of
 * the new namespace, and a map that has been written stays. So the ids are mapped for a waiting
 * child, and its namespace is entered only when all of that went well; otherwise it dies with it.
 */
#include "container/rootless.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "kernel/subid.h"
#include "kernel/sys.h"

enum { TOOL_MS = 10000, FILE_MAX = 1 << 22 };

/* ---- the ranges ---- */

/*
 * Who we are in the files. Somebody out of a directory service is not in /etc/passwd, and logged in
 * under a name all the same; that nobody takes another's range is what newuidmap is there for.
 */
static void find_name(char *out, size_t room)
{
	AUTO_FILE FILE *file = fopen("/etc/passwd", "re");
	const char *name = getenv("LOGNAME");
	struct passwd entry, *found;
	char line[4096];

	while (file && fgetpwent_r(file, &entry, line, sizeof(line), &found) == 0)
		if (entry.pw_uid == geteuid()) {
			name = entry.pw_name;
			break;
		}
	snprintf(out, room, "%s", name ? name : "");
}

static int find_range(const char *path, const char *option, const struct subid_owner *owner,
		      struct subid_range *ret, struct err *why)
{
	AUTO_TEXT struct text text = { 0 };
	int r = file_read(AT_FDCWD, path, FILE_MAX, &text);

	r = r < 0 ? r : subid_choose(text.str ? text.str : "", owner, ROOTLESS_IDS, ret);
	if (r == 0)
		return 0;
	return err_set(why, -r,
		       "%s has no range of ids in %s; as root: usermod %s FIRST-LAST %s "
		       "(%d ids that are in no other range)",
		       owner->name, path, option, owner->name, ROOTLESS_IDS);
}

/* Ranges of users and groups of one size: containers have one map for both. */
static int find_ranges(struct subid_range *uids, struct subid_range *gids, struct err *why)
{
	char name[256];
	struct subid_owner owner = { .name = name, .uid = geteuid(), .own_id = geteuid() };
	int r;

	find_name(name, sizeof(name));
	if (!name[0])
		snprintf(name, sizeof(name), "%u", geteuid());
	r = find_range("/etc/subuid", "--add-subuids", &owner, uids, why);
	owner.own_id = getegid();
	r = r < 0 ? r : find_range("/etc/subgid", "--add-subgids", &owner, gids, why);
	if (r < 0)
		return r;
	uids->count = gids->count = uids->count < gids->count ? uids->count : gids->count;
	return 0;
}

/* ---- newuidmap and newgidmap ---- */

/* Not through PATH: what has the rights lies in few places. */
static int find_tool(const char *name, char *out, size_t room, struct err *why)
{
	static const char *const places[] = { "/usr/bin", "/bin", "/usr/local/bin",
					      "/run/wrappers/bin" };

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		snprintf(out, room, "%s/%s", places[i], name);
		if (access(out, X_OK) == 0)
			return 0;
	}
	return err_set(why, ENOENT, "no %s; install the package uidmap (or shadow-utils)", name);
}

/* Waits for the end of a tool; one that takes too long is killed. Returns its wait status. */
static int await_tool(pid_t pid)
{
	AUTO_CLOSE int pidfd = pidfd_open(pid, 0);
	struct pollfd pfd = { pidfd, POLLIN, 0 };
	bool ended = pidfd >= 0 && poll(&pfd, 1, TOOL_MS) == 1;
	int status;

	/* allowed although it is set-user-ID: its real user is us */
	if (!ended)
		kill(pid, SIGKILL);
	if (waitpid(pid, &status, 0) < 0)
		return -errno;
	return ended ? status : -ETIMEDOUT;
}

/* What a tool that failed has said: one line. The pipe does not block. */
static int tool_failed(const char *name, int status, int out, struct err *why)
{
	char said[256], line[sizeof(why->text)];
	ssize_t len = read(out, said, sizeof(said));

	for (ssize_t i = 0; i < len; i++)
		if (said[i] == '\n')
			len = i;
	if (status == -ETIMEDOUT)
		return err_set(why, ETIMEDOUT, "%s: still not done after %d s", name,
			       TOOL_MS / 1000);
	if (len <= 0)
		return err_set(why, EPERM, "%s: failed without a word", name);
	text_escape(line, sizeof(line), said, (size_t)len);
	return err_set(why, EPERM, "%s%s", line,
		       strstr(line, "Operation not permitted")
			       ? "; it must be set-user-ID root, or have file capabilities"
			       : "");
}

static int run_tool(const char *name, char *const argv[], struct err *why)
{
	static char *const envp[] = { "PATH=/usr/bin:/bin", "LC_ALL=C", NULL };
	posix_spawn_file_actions_t actions;
	AUTO_CLOSE int in = -1, out = -1;
	char path[64];
	pid_t pid;
	int fds[2], r = find_tool(name, path, sizeof(path), why);

	if (r < 0)
		return r;
	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) < 0)
		return err_sys(why, "pipe");
	in = fds[0];
	out = fds[1];
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, out, 1);
	posix_spawn_file_actions_adddup2(&actions, out, 2);
	r = posix_spawn(&pid, path, &actions, NULL, argv, envp);
	posix_spawn_file_actions_destroy(&actions);
	if (r != 0)
		return err_set(why, r, "%s: cannot be run: %s", path, strerror(r));
	r = await_tool(pid);
	return r == 0 ? 0 : tool_failed(name, r, in, why);
}

/* Maps `id` to 0 and the range from 1 on, in the user namespace of that process. */
static int map_ids(const char *tool, pid_t pid, uint32_t id, const struct subid_range *range,
		   struct err *why)
{
	char words[4][16];
	char *argv[] = {
		(char *)tool, words[0], "0", words[1], "1", "1", words[2], words[3], NULL
	};

	snprintf(words[0], sizeof(words[0]), "%d", pid);
	snprintf(words[1], sizeof(words[1]), "%u", id);
	snprintf(words[2], sizeof(words[2]), "%u", range->first);
	snprintf(words[3], sizeof(words[3]), "%u", range->count);
	return run_tool(tool, argv, why);
}

/* ---- the namespaces ---- */

/* A child in a new user namespace; it lives until *ret_hold, the only end of its kind, is closed. */
static pid_t start_waiting_child(int *ret_hold, struct err *why)
{
	AUTO_CLOSE int in = -1, out = -1;
	int fds[2];
	pid_t pid;
	char byte;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return err_sys(why, "pipe");
	in = fds[0];
	out = fds[1];
	pid = sys_clone3(CLONE_NEWUSER, SIGCHLD, -1, NULL);
	if (pid == 0) {
		fd_close(&out);
		_exit(read(in, &byte, 1) == 0 ? 0 : 1);
	}
	if (pid < 0)
		return err_sys(why, "no new user namespace");
	*ret_hold = STEAL_FD(out);
	return pid;
}

static int enter_user_namespace_of(pid_t pid, struct err *why)
{
	AUTO_CLOSE int fd = -1;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/user", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWUSER) < 0)
		return err_sys(why, "%s", path);
	return 0;
}

static int enter_with_range(struct err *why)
{
	AUTO_CLOSE int hold = -1;
	struct subid_range uids, gids;
	pid_t pid;
	int r = find_ranges(&uids, &gids, why);

	if (r < 0)
		return r;
	pid = start_waiting_child(&hold, why);
	if (pid < 0)
		return pid;
	r = map_ids("newuidmap", pid, geteuid(), &uids, why);
	r = r < 0 ? r : map_ids("newgidmap", pid, getegid(), &gids, why);
	r = r < 0 ? r : enter_user_namespace_of(pid, why);
	fd_close(&hold);
	waitpid(pid, NULL, 0);
	return r;
}

/* With the one id that we have: user_namespaces(7). */
static int enter_alone(struct err *err)
{
	char map[64];
	uid_t uid = geteuid();
	gid_t gid = getegid();
	int r;

	if (unshare(CLONE_NEWUSER) < 0)
		return err_sys(err, "no new user namespace");
	r = file_write(AT_FDCWD, "/proc/self/setgroups", "deny");
	snprintf(map, sizeof(map), "0 %u 1", gid);
	r = r < 0 ? r : file_write(AT_FDCWD, "/proc/self/gid_map", map);
	snprintf(map, sizeof(map), "0 %u 1", uid);
	r = r < 0 ? r : file_write(AT_FDCWD, "/proc/self/uid_map", map);
	if (r < 0)
		return err_set(err, -r, "cannot map our own id in a new user namespace");
	return 0;
}

int rootless_enter(struct err *why, struct err *err)
{
	*why = (struct err){ 0 };
	return enter_with_range(why) == 0 ? 0 : enter_alone(err);
}
