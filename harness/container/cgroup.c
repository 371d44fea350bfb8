// SPDX-License-Identifier: MIT
/* Cgroup v2 leaves and their janitor: see cgroup.h. */
#include "container/cgroup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/child.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "kernel/mountinfo.h"

enum { REMOVE_TRIES = 1000, REMOVE_DEPTH = 4 };

static void pause_ms(long ms)
{
	struct timespec ts = { 0, ms * 1000000 };

	nanosleep(&ts, NULL);
}

/* A cgroup is busy until the kernel has let go of its last process, shortly after it ended. */
static int remove_empty(int parent_fd, const char *name)
{
	for (int tries = 0; tries < REMOVE_TRIES; tries++) {
		if (unlinkat(parent_fd, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
			return 0;
		if (errno != EBUSY)
			break;
		pause_ms(1);
	}
	return -errno;
}

static void remove_tree(int parent_fd, const char *name, int depth)
{
	int fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	AUTO_DIR DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!dir) {
		fd_close(&fd);
		return;
	}
	file_write(fd, "cgroup.kill", "1");
	while (depth > 0 && (entry = readdir(dir)))
		if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
			remove_tree(fd, entry->d_name, depth - 1);
	remove_empty(parent_fd, name);
}

/* Where the unified hierarchy is mounted: the first cgroup2 whose root is visible. */
static int find_mount(char *out, size_t room, struct err *err)
{
	AUTO_TEXT struct text text = { 0 };
	struct mountinfo mount;
	char *rest;
	int r;

	if (file_read(AT_FDCWD, "/proc/self/mountinfo", 16 << 20, &text) < 0)
		return err_set(err, ENOENT, "/proc/self/mountinfo: cannot be read");
	rest = text.str;
	while ((r = mountinfo_next(&rest, &mount)) != 0) {
		if (r < 0 || strcmp(mount.fstype, "cgroup2") != 0 || strcmp(mount.root, "/") != 0)
			continue;
		snprintf(out, room, "%s", mount.point);
		return 0;
	}
	return err_set(err, ENOENT, "no cgroup2 file system is mounted");
}

/* Opens the directory of our own cgroup: the "0::" line of /proc/self/cgroup below the mount. */
static int open_own(struct err *err)
{
	AUTO_TEXT struct text text = { 0 };
	char mount[256], path[1024];
	const char *line;
	int fd, r = find_mount(mount, sizeof(mount), err);

	if (r < 0)
		return r;
	if (file_read(AT_FDCWD, "/proc/self/cgroup", 65536, &text) < 0)
		return err_set(err, ENOENT, "/proc/self/cgroup: cannot be read");
	line = strstr(text.str, "0::");
	if (!line)
		return err_set(err, ENOENT, "/proc/self/cgroup: no cgroup v2 line");
	line += 3;
	snprintf(path, sizeof(path), "%s%.*s", mount, (int)strcspn(line, "\n"), line);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? err_sys(err, "%s", path) : fd;
}

/* Outlives the run: waits for its end, then clears away. Nothing else of ours survives SIGKILL. */
static _Noreturn void janitor_main(int run_pidfd, int parent_fd, const char *name)
{
	struct pollfd pfd = { run_pidfd, POLLIN, 0 };

	while (poll(&pfd, 1, -1) < 0 && errno == EINTR)
		;
	remove_tree(parent_fd, name, REMOVE_DEPTH);
	_exit(0);
}

/* Only the two descriptors that it needs, as 0 and 1: pipes of the caller must see their end. */
static _Noreturn void janitor_start(int run_pidfd, int parent_fd, const char *name)
{
	int pidfd = fcntl(run_pidfd, F_DUPFD, 3), dir = fcntl(parent_fd, F_DUPFD, 3);

	setsid();
	if (fork() != 0)
		_exit(0);
	if (pidfd < 0 || dir < 0 || dup2(pidfd, 0) < 0 || dup2(dir, 1) < 0)
		_exit(1);
	close_range(2, ~0U, 0);
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	janitor_main(0, 1, name);
}

static int start_janitor(const struct cgroup_tree *tree, struct err *err)
{
	AUTO_CLOSE int self = pidfd_open(getpid(), 0);
	pid_t pid = self < 0 ? -1 : fork();

	if (pid < 0)
		return err_sys(err, "cannot start the cgroup janitor");
	if (pid == 0)
		janitor_start(self, tree->parent_fd, tree->name);
	child_reap(pid);
	return 0;
}

int cgroup_tree_open(struct cgroup_tree *tree, struct err *err)
{
	struct cgroup_tree made = CGROUP_TREE_INIT;
	char random[9];
	int r;

	made.parent_fd = open_own(err);
	if (made.parent_fd < 0)
		return made.parent_fd;
	random_hex(4, random);
	snprintf(made.name, sizeof(made.name), "nsproof-%d-%s", getpid(), random);
	/* the janitor first: a kill right after mkdir must not leave the directory behind */
	r = start_janitor(&made, err);
	if (r == 0 && mkdirat(made.parent_fd, made.name, 0755) < 0)
		r = err_sys(err, "cannot make a cgroup");
	if (r == 0) {
		made.dir_fd = openat(made.parent_fd, made.name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (made.dir_fd < 0)
			r = err_sys(err, "cgroup %s", made.name);
	}
	if (r < 0) {
		cgroup_tree_close(&made);
		return r;
	}
	*tree = made;
	return 0;
}

void cgroup_tree_close(struct cgroup_tree *tree)
{
	if (tree->parent_fd >= 0)
		remove_tree(tree->parent_fd, tree->name, REMOVE_DEPTH);
	fd_close(&tree->dir_fd);
	fd_close(&tree->parent_fd);
}

int cgroup_leaf(int dir_fd, const char *name, struct err *err)
{
	int fd;

	if (mkdirat(dir_fd, name, 0755) < 0)
		return err_sys(err, "cgroup %s", name);
	fd = openat(dir_fd, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? err_sys(err, "cgroup %s", name) : fd;
}

void cgroup_leaf_remove(int dir_fd, const char *name)
{
	remove_empty(dir_fd, name);
}
