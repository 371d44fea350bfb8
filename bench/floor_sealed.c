// SPDX-License-Identifier: MIT
/*
 * The shortest way to a container with every guard but the cgroup leaf: see floor.h. Two stages, as
 * a time namespace wants them (container/spawn.c); then what container/steps.c does, in its order,
 * by the system calls alone. Paths are not held to the root: the image is trusted.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "bench/floor_parts.h"
#include "container/filter.h"
#include "kernel/sys.h"

struct job {
	const struct container_spec *spec;
	const struct sock_fprog *filter;
	int tree;
	int ends[2]; /* of a socket pair: the creator's, the children's */
};

static bool await(int sock)
{
	char byte;

	return read(sock, &byte, 1) == 1;
}

static bool bind_to(int from, const char *source, const char *target)
{
	int fd = open_tree(from, source, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);

	return fd >= 0 && move_mount(fd, "", AT_FDCWD, target, MOVE_MOUNT_F_EMPTY_PATH) == 0;
}

static bool make_nodes(void)
{
	static const char *const nodes[] = { "null", "zero", "full", "random", "urandom", "tty" };
	char from[32];

	for (size_t i = 0; i < ARRAY_SIZE(nodes); i++) {
		snprintf(from, sizeof(from), "/dev/%s", nodes[i]);
		if (openat(AT_FDCWD, from + 1, O_CREAT | O_WRONLY | O_CLOEXEC, 0666) < 0 ||
		    !bind_to(AT_FDCWD, from, from + 1))
			return false;
	}
	return true;
}

static bool mount_dev(void)
{
	return floor_mount("tmpfs", "mode", "755", MOUNT_ATTR_NOSUID, "dev") &&
	       mkdir("dev/pts", 0755) == 0 && mkdir("dev/shm", 0755) == 0 &&
	       mkdir("dev/mqueue", 0755) == 0 && make_nodes() &&
	       symlink("/proc/self/fd", "dev/fd") == 0 &&
	       symlink("/proc/self/fd/0", "dev/stdin") == 0 &&
	       symlink("/proc/self/fd/1", "dev/stdout") == 0 &&
	       symlink("/proc/self/fd/2", "dev/stderr") == 0 &&
	       symlink("pts/ptmx", "dev/ptmx") == 0 &&
	       floor_mount("devpts", "ptmxmode", "666", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC,
			   "dev/pts") &&
	       floor_mount("tmpfs", "mode", "1777", FLOOR_NOTHING, "dev/shm") &&
	       floor_mount("mqueue", NULL, NULL, FLOOR_NOTHING, "dev/mqueue");
}

static bool make_read_only(void)
{
	static const char *const paths[] = { "proc/bus", "proc/fs", "proc/irq", "proc/sys",
					     "proc/sysrq-trigger" };
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY };

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		int fd = open_tree(AT_FDCWD, paths[i],
				   OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);

		if (fd < 0 && errno == ENOENT)
			continue;
		if (fd < 0 ||
		    mount_setattr(fd, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof(attr)) < 0 ||
		    move_mount(fd, "", AT_FDCWD, paths[i], MOVE_MOUNT_F_EMPTY_PATH) < 0)
			return false;
	}
	return true;
}

static bool mask_paths(void)
{
	static const char *const paths[] = {
		"proc/acpi",
		"proc/asound",
		"proc/kcore",
		"proc/keys",
		"proc/timer_list",
		"proc/latency_stats",
		"proc/timer_stats",
		"proc/sched_debug",
		"proc/scsi",
		"sys/firmware",
		"sys/devices/virtual/powercap",
	};
	struct stat st;

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		if (stat(paths[i], &st) < 0)
			continue;
		if (S_ISDIR(st.st_mode) ? !floor_mount("tmpfs", "mode", "555",
						       MOUNT_ATTR_RDONLY | FLOOR_NOTHING, paths[i])
					: !bind_to(AT_FDCWD, "/dev/null", paths[i]))
			return false;
	}
	return true;
}

static bool mount_all(const struct job *job)
{
	const char *rootfs = job->spec->rootfs;

	return move_mount(job->tree, "", AT_FDCWD, rootfs, MOVE_MOUNT_F_EMPTY_PATH) == 0 &&
	       chdir(rootfs) == 0 &&
	       floor_mount("tmpfs", "mode", "1777", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, "tmp") &&
	       floor_mount("tmpfs", "mode", "755", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, "run") &&
	       floor_mount("sysfs", NULL, NULL, FLOOR_NOTHING | MOUNT_ATTR_RDONLY, "sys") &&
	       floor_mount("cgroup2", NULL, NULL, FLOOR_NOTHING | MOUNT_ATTR_RDONLY,
			   "sys/fs/cgroup") &&
	       floor_mount("proc", NULL, NULL, FLOOR_NOTHING, "proc") && mount_dev() &&
	       make_read_only() && mask_paths() && floor_pivot();
}

static bool drop_privileges(const struct job *job)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	static const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3];

	if (sys_join_session_keyring() < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, job->filter) < 0)
		return false;
	for (int cap = 0; prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == 0; cap++)
		;
	return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) == 0 &&
	       syscall(SYS_capset, &header, none) == 0 &&
	       close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) == 0;
}

static _Noreturn void second_child(const struct job *job)
{
	const struct container_spec *spec = job->spec;

	if (setsid() >= 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	    (setgroups(0, NULL) == 0 || errno == EPERM) && floor_enter_ids() && mount_all(job) &&
	    drop_privileges(job))
		execveat(spec->exec_fd, "", (char *const *)spec->argv, (char *const *)spec->envp,
			 AT_EMPTY_PATH);
	_exit(127);
}

/* Ends when it has told the creator the container's pid; -1: it could not. */
static _Noreturn void first_child(const struct job *job)
{
	uint64_t flags = guard_clone_flags(job->spec->guards) &
			 ~(uint64_t)(CLONE_NEWUSER | CLONE_NEWTIME);
	pid_t pid = -1;

	if (await(job->ends[1]) && unshare(CLONE_NEWTIME) == 0 &&
	    file_write(AT_FDCWD, "/proc/self/timens_offsets", "monotonic 0 0\nboottime 0 0\n") == 0)
		pid = sys_clone3(flags | CLONE_PARENT, 0, -1, NULL);
	if (pid == 0)
		second_child(job);
	_exit(write(job->ends[1], &pid, sizeof(pid)) < 0);
}

static bool map_root(const struct job *job, pid_t pid)
{
	AUTO_CLOSE int userns = -1;
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_IDMAP };
	char path[48];

	if (job->spec->rootfs_shifted)
		return true;
	snprintf(path, sizeof(path), "/proc/%d/ns/user", pid);
	userns = open(path, O_RDONLY | O_CLOEXEC);
	attr.userns_fd = (uint64_t)userns;
	return userns >= 0 && mount_setattr(job->tree, "", AT_EMPTY_PATH, &attr, sizeof(attr)) == 0;
}

pid_t floor_start_sealed(const struct container_spec *spec, int tree)
{
	struct job job = { spec, container_filter(), tree, { -1, -1 } };
	AUTO_CLOSE int ours = -1, theirs = -1;
	pid_t first, pid = -1;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, job.ends) < 0)
		return -1;
	ours = job.ends[0];
	theirs = job.ends[1];
	first = sys_clone3(CLONE_NEWUSER, SIGCHLD, -1, NULL);
	if (first == 0)
		first_child(&job);
	if (first < 0)
		return -1;
	if (!floor_write_maps(first, spec) || !map_root(&job, first) || write(ours, "g", 1) < 0 ||
	    read(ours, &pid, sizeof(pid)) != sizeof(pid))
		kill(first, SIGKILL);
	waitpid(first, NULL, 0);
	return pid;
}
