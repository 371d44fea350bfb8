// SPDX-License-Identifier: MIT
/*
 * The shortest way to a container: see floor.h. This file has the one with an own root and /proc,
 * floor_sealed.c the one with every guard. pivot_root(2), clone(2), user_namespaces(7).
 */
#include "bench/floor.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "bench/floor_parts.h"
#include "kernel/sys.h"

enum { STACK = 64 * 1024 };

struct job {
	const struct container_spec *spec;
	int tree; /* clone of the root file system */
	int wait; /* ends or says a byte when the ids are mapped; -1: nothing to wait for */
};

bool floor_enter_ids(void)
{
	return setresgid(0, 0, 0) == 0 && setresuid(0, 0, 0) == 0;
}

static bool wait_for_ids(const struct job *job)
{
	char byte;

	return read(job->wait, &byte, 1) == 1 && floor_enter_ids();
}

bool floor_mount(const char *type, const char *key, const char *value, unsigned int attrs,
		 const char *path)
{
	int fs = fsopen(type, FSOPEN_CLOEXEC), fd;

	if (fs < 0 || (key && fsconfig(fs, FSCONFIG_SET_STRING, key, value, 0) < 0) ||
	    fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return false;
	fd = fsmount(fs, FSMOUNT_CLOEXEC, attrs);
	return fd >= 0 && move_mount(fd, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH) == 0;
}

bool floor_pivot(void)
{
	return sys_pivot_root(".", ".") == 0 && umount2(".", MNT_DETACH) == 0 && chdir("/") == 0;
}

/* Its descriptors are a copy of the creator's, and close themselves on exec. */
static int child(void *arg)
{
	const struct job *job = arg;
	const struct container_spec *spec = job->spec;

	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	    (job->wait < 0 || wait_for_ids(job)) &&
	    move_mount(job->tree, "", AT_FDCWD, spec->rootfs, MOVE_MOUNT_F_EMPTY_PATH) == 0 &&
	    chdir(spec->rootfs) == 0 && floor_mount("proc", NULL, NULL, FLOOR_NOTHING, "proc") &&
	    floor_pivot())
		execveat(spec->exec_fd, "", (char *const *)spec->argv, environ, AT_EMPTY_PATH);
	_exit(127);
}

static bool write_map(pid_t pid, const char *file, const struct idmap *map)
{
	char path[48], text[512];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	return idmap_format(map, text, sizeof(text)) >= 0 && file_write(AT_FDCWD, path, text) == 0;
}

bool floor_write_maps(pid_t pid, const struct container_spec *spec)
{
	return write_map(pid, "gid_map", spec->gids) && write_map(pid, "uid_map", spec->uids);
}

/* As the core does it: a copy of our memory where the creator has something to do meanwhile. */
static pid_t clone_mapped(struct job *job)
{
	const struct container_spec *spec = job->spec;
	AUTO_CLOSE int go = -1;
	int pair[2];
	pid_t pid;

	if (pipe2(pair, O_CLOEXEC) < 0)
		return -1;
	job->wait = pair[0];
	go = pair[1];
	pid = sys_clone3(guard_clone_flags(spec->guards), SIGCHLD, -1, NULL);
	if (pid == 0)
		child(job);
	fd_close(&job->wait);
	if (pid > 0 && floor_write_maps(pid, spec) && write(go, "g", 1) < 0)
		return -1;
	return pid;
}

static pid_t clone_shared(struct job *job)
{
	static char stack[STACK] __attribute__((aligned(16)));
	uint64_t flags = guard_clone_flags(job->spec->guards);

	return clone(child, stack + STACK, (int)flags | CLONE_VM | SIGCHLD, job);
}

int floor_container(const struct container_spec *spec, struct err *err)
{
	AUTO_CLOSE int tree = open_tree(AT_FDCWD, spec->rootfs,
					OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
	struct job job = { spec, tree, -1 };
	int status;
	pid_t pid;

	if (tree < 0)
		return err_sys(err, "floor: open_tree");
	if (spec->guards & GUARD(TIME))
		pid = floor_start_sealed(spec, tree);
	else
		pid = spec->guards & GUARD(USER) ? clone_mapped(&job) : clone_shared(&job);
	if (pid < 0 || waitpid(pid, &status, __WALL) < 0)
		return err_sys(err, "floor: clone");
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		return err_set(err, ECHILD, "floor: the child ended with status 0x%x",
			       (unsigned int)status);
	return 0;
}
