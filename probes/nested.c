// SPDX-License-Identifier: MIT
/*
 * Containers in the container: a second level keeps in what it should, and can't undo what the
 * first one did. Both levels are the probe's own. user_namespaces(7), mount_namespaces(7)
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "level.h"

/* ---- what a container may do for another one in it ---- */

static struct answer be_a_container(const void *unused)
{
	(void)unused;
	if (getpid() != 1)
		return blocked("absent", "getpid() is not 1");
	if (sethostname("nested", 6))
		return blocked_errno(errno, "sethostname()");
	return reached(NO_TOKEN, "a process with seven namespaces of its own runs");
}

PROBE(nested_container_possible, "makes a container with seven namespaces inside the container")
{
	return level_ask(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC |
				 CLONE_NEWUTS | CLONE_NEWCGROUP,
			 be_a_container, NULL);
}

PROBE(nested_outer_sees_inner, "addresses a process of a container that it made itself")
{
	pid_t pid = level_sleeper(CLONE_NEWUSER | CLONE_NEWPID);
	int r = kill(pid, 0), num = errno;

	level_kill(pid);
	return r ? blocked_errno(num, "kill(pid, 0)")
		 : reached(NO_TOKEN, "kill(pid, 0) is allowed");
}

/* ---- processes ---- */

/* A number that the few processes of a new pid namespace don't have. */
static pid_t sleeper_with_high_number(void)
{
	for (;;) {
		pid_t pid = level_sleeper(0);

		if (pid > 16)
			return pid;
		level_kill(pid);
	}
}

static struct answer find_process(const void *arg)
{
	if (kill(*(const pid_t *)arg, 0))
		return blocked_errno(errno, "kill(pid, 0)");
	return reached(NO_TOKEN, "kill(pid, 0) is allowed");
}

PROBE(nested_inner_sees_outer, "addresses a process of the outer container from the inner one")
{
	pid_t pid = sleeper_with_high_number();
	struct answer answer = level_ask(CLONE_NEWUSER | (arg_twin() ? 0 : CLONE_NEWPID),
					 find_process, &pid);

	level_kill(pid);
	return answer;
}

static struct answer two_pid_namespaces(const void *twin)
{
	/* the number as both siblings' parent sees it: not the one that it has inside */
	pid_t pid = level_sleeper(CLONE_NEWPID);
	struct answer answer;

	while (pid <= 16) {
		level_kill(pid);
		pid = level_sleeper(CLONE_NEWPID);
	}
	answer = level_ask(*(const bool *)twin ? 0 : CLONE_NEWPID, find_process, &pid);
	level_kill(pid);
	return answer;
}

PROBE(nested_sibling_kill, "addresses a process of one container from another one beside it")
{
	bool twin = arg_twin();

	return level_ask(CLONE_NEWUSER, two_pid_namespaces, &twin);
}

/* ---- how deep it goes ---- */

enum { TOO_DEEP = 40 };

/* Namespaces in one another, each made by the process in the last one; 0, or the errno. */
static int dig(uint64_t flags, int levels)
{
	pid_t pid = level_fork(flags);
	int status;

	if (pid < 0)
		return errno;
	if (pid == 0)
		_exit(levels > 1 ? dig(flags, levels - 1) : 0);
	status = level_wait(pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : EIO;
}

static struct answer dig_down(uint64_t flags, bool twin)
{
	int num = dig(flags, twin ? 1 : TOO_DEEP);

	if (num)
		return blocked_errno(num, "clone3() in the depth");
	return reached(NO_TOKEN, "clone3() made every level");
}

static struct answer dig_pid(const void *twin)
{
	return dig_down(CLONE_NEWPID, *(const bool *)twin);
}

PROBE(nested_pidns_depth, "makes 40 pid namespaces in one another")
{
	bool twin = arg_twin();

	return level_ask(CLONE_NEWUSER, dig_pid, &twin);
}

PROBE(nested_userns_depth, "makes 40 user namespaces in one another")
{
	return dig_down(CLONE_NEWUSER, arg_twin());
}

/* ---- ids ---- */

static struct answer map_an_id(const void *twin)
{
	pid_t pid = level_clone(CLONE_NEWUSER);
	int status;

	if (pid < 0)
		return blocked_errno(errno, "clone3()");
	if (pid == 0)
		_exit(level_map("/proc/self/uid_map", *(const bool *)twin ? "0 0 1" : "0 77 1")
			      ? errno
			      : 0);
	status = level_wait(pid);
	if (!WIFEXITED(status))
		return failed("the child was killed");
	if (WEXITSTATUS(status))
		return blocked_errno(WEXITSTATUS(status), "writing uid_map");
	return reached(NO_TOKEN, "uid_map takes the id");
}

PROBE(nested_map_unmapped_id, "maps an id that the outer user namespace does not have")
{
	bool twin = arg_twin();

	return level_ask(CLONE_NEWUSER, map_an_id, &twin);
}

/* ---- mounts; /proc and /sys are directories that every root has ---- */

static struct answer lift_a_mount(const void *unused)
{
	(void)unused;
	/* what is done in here stays in here */
	MUST(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	if (umount2("/proc", MNT_DETACH))
		return blocked_errno(errno, "umount2() of /proc");
	return reached(NO_TOKEN, "what lies below /proc is in sight");
}

PROBE(nested_umount_reveals, "unmounts, in an inner container, what the outer one has mounted")
{
	/* the twin: the same privileges, and so the right to undo */
	return level_ask(CLONE_NEWNS | (arg_twin() ? 0 : CLONE_NEWUSER), lift_a_mount, NULL);
}

static struct answer mount_proc(const void *unused)
{
	(void)unused;
	if (mount("nsproof", "/sys", "proc", 0, NULL))
		return blocked_errno(errno, "mounting a proc file system");
	return reached(NO_TOKEN, "a proc file system without covers is mounted");
}

PROBE(nested_fresh_proc, "mounts a proc file system of an inner container")
{
	return level_ask(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID, mount_proc, NULL);
}

static struct answer mount_sysfs(const void *unused)
{
	(void)unused;
	if (mount("nsproof", "/proc", "sysfs", 0, NULL))
		return blocked_errno(errno, "mounting a sysfs");
	return reached(NO_TOKEN, "a writable sysfs without covers is mounted");
}

PROBE(nested_fresh_sys, "mounts a sysfs of an inner container")
{
	return level_ask(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET, mount_sysfs, NULL);
}

/* ---- siblings: two containers of one user ---- */

#define SHM_KEY 0x6e737072

static struct answer find_shm(const void *unused)
{
	(void)unused;
	if (shmget(SHM_KEY, 0, 0) < 0)
		return blocked_errno(errno, "shmget() of the sibling's key");
	return reached(NO_TOKEN, "shmget() finds the sibling's segment");
}

static struct answer make_shm(const void *twin)
{
	/* it goes with its namespace */
	MUST(shmget(SHM_KEY, 4096, IPC_CREAT | IPC_EXCL | 0600));
	return level_ask(*(const bool *)twin ? 0 : CLONE_NEWIPC, find_shm, NULL);
}

PROBE(nested_sibling_shm, "looks for another container's System V shared memory")
{
	bool twin = arg_twin();

	return level_ask(CLONE_NEWUSER | CLONE_NEWIPC, make_shm, &twin);
}

static const struct sockaddr_un sibling_address = {
	.sun_family = AF_UNIX,
	.sun_path = "\0nsproof-sibling",
};

static struct answer call_sibling(const void *unused)
{
	AUTO_CLOSE int sock = (int)MUST(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));

	(void)unused;
	if (connect(sock, (const struct sockaddr *)&sibling_address, sizeof(sibling_address)))
		return blocked_errno(errno, "connecting to the sibling's abstract socket");
	return reached(NO_TOKEN, "connected to the sibling's abstract socket");
}

static struct answer listen_for_sibling(const void *twin)
{
	AUTO_CLOSE int sock = (int)MUST(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));

	MUST(bind(sock, (const struct sockaddr *)&sibling_address, sizeof(sibling_address)));
	MUST(listen(sock, 1));
	return level_ask(*(const bool *)twin ? 0 : CLONE_NEWNET, call_sibling, NULL);
}

PROBE(nested_sibling_socket, "connects to another container's abstract Unix socket")
{
	bool twin = arg_twin();

	return level_ask(CLONE_NEWUSER | CLONE_NEWNET, listen_for_sibling, &twin);
}

struct sibling {
	int user, net;
	bool twin;
};

static struct answer join_sibling(const void *arg)
{
	const struct sibling *s = arg;

	/* the twin joins the user namespace that owns the other one first */
	if (s->twin)
		MUST(setns(s->user, CLONE_NEWUSER));
	if (setns(s->net, CLONE_NEWNET))
		return blocked_errno(errno, "setns() into the sibling's network namespace");
	return reached(NO_TOKEN, "setns() into the sibling's network namespace");
}

static int open_ns(pid_t pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", (int)pid, name);
	return (int)MUST(open(path, O_RDONLY | O_CLOEXEC));
}

PROBE(nested_sibling_setns, "joins another container's network namespace by its descriptor")
{
	pid_t pid = level_sleeper(CLONE_NEWUSER | CLONE_NEWNET);
	struct sibling s = { open_ns(pid, "user"), open_ns(pid, "net"), arg_twin() };
	struct answer answer = level_ask(s.twin ? 0 : CLONE_NEWUSER, join_sibling, &s);

	close(s.user);
	close(s.net);
	level_kill(pid);
	return answer;
}
