// SPDX-License-Identifier: MIT
/* Control groups: does the container see where in the host's tree it sits? cgroup_namespaces(7) */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/mount.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "probe.h"

#define ROOT     "/sys/fs/cgroup"
#define EVENT_MS 2000

/* The canary's directory is called NAME-TOKEN; NULL: this is not it. */
static const char *token_in(const char *directory)
{
	const char *name = arg_str("name");
	size_t len = strlen(name);

	return !strncmp(directory, name, len) && directory[len] == '-' ? directory + len + 1 : NULL;
}

/* The token in the cgroup2 path of a process. */
static struct answer token_in_path(const char *file)
{
	AUTO_FREE char *text = read_all(file, NULL);
	char *rest = text, *line, *part;

	if (!text)
		return blocked_errno(errno, "reading its cgroup in /proc");
	while ((line = strsep(&rest, "\n")) && strncmp(line, "0::", 3) != 0)
		;
	if (!line)
		return failed("%s has no line for cgroup2", file);
	line += 3;
	while ((part = strsep(&line, "/"))) {
		const char *token = token_in(part);

		if (token)
			return reached(token, "its directory stands in the path in /proc");
	}
	return blocked("absent", "its directory does not stand in the path in /proc");
}

PROBE(cgroup_path_leak, "looks for the canary's directory in its own cgroup path")
{
	return token_in_path("/proc/self/cgroup");
}

PROBE(cgroup_host_process_path, "looks for the canary's directory in its cgroup path")
{
	long long pid = arg_int("pid", 1, INT_MAX);
	char path[64];

	if (pid == getpid())
		return failed("the canary's number is also the probe's own");
	snprintf(path, sizeof(path), "/proc/%lld/cgroup", pid);
	return token_in_path(path);
}

PROBE(cgroup_setns_leaked_fd, "enters the namespace left open and reads its own cgroup path")
{
	if (setns((int)arg_int("fd", 3, INT_MAX), CLONE_NEWCGROUP))
		return blocked_errno(errno, "setns()");
	return token_in_path("/proc/self/cgroup");
}

/* Fields: ID PARENT DEV ROOT POINT OPTIONS ... - TYPE. proc(5) */
PROBE(cgroup_mountinfo_path, "looks for a cgroup2 mount whose root is above its own cgroup")
{
	AUTO_FREE char *text = read_all("/proc/self/mountinfo", NULL);
	char *rest = text, *line, root[256];

	if (!text)
		return failed("/proc/self/mountinfo: %s", strerror(errno));
	while ((line = strsep(&rest, "\n")))
		if (strstr(line, " - cgroup2 ") && sscanf(line, "%*s %*s %*s %255s", root) == 1 &&
		    !strncmp(root, "/..", 3))
			return reached(NO_TOKEN, "a cgroup2 mount has the root /..");
	return blocked("absent", "no cgroup2 mount has a root above its own cgroup");
}

/* Takes the descriptor over. */
static struct answer find_in(int fd, const char *what)
{
	const struct dirent *entry;
	DIR *dir = fdopendir(fd);
	struct answer answer;

	if (!dir)
		return failed("%s: %s", what, strerror(errno));
	while ((entry = readdir(dir)) && !token_in(entry->d_name))
		;
	answer = entry ? reached(token_in(entry->d_name), "%s shows its directory", what)
		       : blocked("absent", "%s does not show its directory", what);
	closedir(dir);
	return answer;
}

PROBE(cgroup_list_siblings, "looks for the canary's directory in " ROOT)
{
	return find_in((int)MUST(open(ROOT, O_RDONLY | O_DIRECTORY | O_CLOEXEC)), ROOT);
}

PROBE(cgroup_directory_fd_leak, "looks for the canary's directory in the one that was left open")
{
	int fd = (int)arg_int("fd", 3, INT_MAX);

	/* a descriptor of its own: the other's position belongs to the host */
	fd = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return blocked_errno(errno, "opening what was left open");
	return find_in(fd, "the directory that was left open");
}

/* The mount is attached nowhere, and vanishes with the probe. */
PROBE(cgroup_new_mount, "mounts a cgroup2 file system and looks for the canary's directory")
{
	AUTO_CLOSE int fs = (int)syscall(SYS_fsopen, "cgroup2", FSOPEN_CLOEXEC);
	AUTO_CLOSE int mount = -1;

	if (fs < 0)
		return blocked_errno(errno, "fsopen()");
	if (syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		return blocked_errno(errno, "fsconfig()");
	mount = (int)syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, 0);
	if (mount < 0)
		return blocked_errno(errno, "fsmount()");
	return find_in((int)MUST(openat(mount, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)),
		       "a mount of its own");
}

static const char *sibling_file(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", arg_str("sibling"), name);
	return path;
}

PROBE(cgroup_sibling_processes, "looks for the canary's number in its cgroup.procs")
{
	long long wanted = arg_int("pid", 1, INT_MAX);
	AUTO_FREE char *text = read_all(sibling_file("cgroup.procs"), NULL);
	char *rest = text, *line;

	if (!text)
		return blocked_errno(errno, "reading cgroup.procs");
	while ((line = strsep(&rest, "\n")))
		if (*line && atoll(line) == wanted)
			return reached(NO_TOKEN, "cgroup.procs holds its number");
	return blocked("absent", "cgroup.procs does not hold its number");
}

/* The kernel tells it a moment later, and not more often than every 10 ms. */
PROBE(cgroup_sibling_populated, "watches cgroup.events while a process enters the canary")
{
	AUTO_CLOSE int fd = (int)MUST(inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
	struct pollfd pfd = { .fd = fd, .events = POLLIN };

	if (inotify_add_watch(fd, sibling_file("cgroup.events"), IN_MODIFY) < 0)
		return blocked_errno(errno, "watching cgroup.events");
	wait_for_go();
	if (MUST(poll(&pfd, 1, EVENT_MS)) == 0)
		return failed("cgroup.events is watched, but tells nothing");
	return reached(NO_TOKEN, "inotify tells of cgroup.events");
}

static struct answer open_for_writing(const char *path, const char *name)
{
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return blocked_errno(errno, "opening %s for writing", name);
	return reached(NO_TOKEN, "%s opens for writing", name);
}

PROBE(cgroup_sibling_kill, "opens cgroup.kill of the canary for writing")
{
	return open_for_writing(sibling_file("cgroup.kill"), "cgroup.kill");
}

PROBE(cgroup_sibling_freeze, "opens cgroup.freeze of the canary for writing")
{
	return open_for_writing(sibling_file("cgroup.freeze"), "cgroup.freeze");
}

PROBE(cgroup_own_limit, "opens cgroup.max.descendants of its own cgroup for writing")
{
	return open_for_writing(ROOT "/cgroup.max.descendants", "cgroup.max.descendants");
}

PROBE(cgroup_make_child, "makes a cgroup below its own, and takes it away again")
{
	static const char path[] = ROOT "/nsproof-child";

	if (mkdir(path, 0755))
		return blocked_errno(errno, "mkdir() in " ROOT);
	MUST(rmdir(path));
	return reached(NO_TOKEN, "mkdir() makes a cgroup");
}
