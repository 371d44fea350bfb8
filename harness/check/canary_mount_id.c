// SPDX-License-Identifier: MIT
/*
 * A mount that is known by the numbers of the mount and of its mount namespace. Not one of the
 * arena: from outside, Linux 6.18 did not tell of the mounts there, and does of those in a namespace
 * that was copied and keeps its root; the documentation names no reason.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "check/canary.h"
#include "check/needs.h"

enum { DEADLINE_MS = 2000 };

/* newer than the C library: linux/stat.h, linux/nsfs.h */
#define MNT_ID_UNIQUE  0x4000U                   /* STATX_MNT_ID_UNIQUE, Linux 6.8 */
#define GET_MNTNS_ID   _IOR(0xb7, 0x5, uint64_t) /* NS_GET_MNTNS_ID, Linux 6.11 */
#define STATMOUNT_CALL 457
#define WANT_MNT_POINT 0x10U /* STATMOUNT_MNT_POINT */

/* struct mnt_id_req, version 1 */
struct request {
	uint32_t size, spare;
	uint64_t mnt_id, param, mnt_ns_id;
};

static int own_mntns_id(uint64_t *ret, struct err *err)
{
	AUTO_CLOSE int fd = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || ioctl(fd, GET_MNTNS_ID, ret) < 0)
		return err_sys(err, "id of the mount namespace");
	return 0;
}

static int unique_id(const char *path, uint64_t *ret, struct err *err)
{
	struct statx st;

	if (statx(AT_FDCWD, path, 0, MNT_ID_UNIQUE, &st) < 0)
		return err_sys(err, "%s", path);
	if (!(st.stx_mask & MNT_ID_UNIQUE))
		return err_set(err, ENOSYS, "mounts have no unique ids");
	*ret = st.stx_mnt_id;
	return 0;
}

int need_try_statmount(struct err *err)
{
	struct request request = { .size = sizeof(request), .param = WANT_MNT_POINT };
	char answer[4096 + 512];
	int r = own_mntns_id(&request.mnt_ns_id, err);

	r = r < 0 ? r : unique_id("/", &request.mnt_id, err);
	if (r == 0 && syscall(STATMOUNT_CALL, &request, answer, sizeof(answer), 0) < 0)
		return err_sys(err, "statmount");
	return r;
}

struct ids {
	uint64_t mount, ns;
};

/*
 * In a mount namespace of its own, which keeps nothing of it from the eyes of others: a mount whose
 * point bears the token. Its directory is made on a tmpfs, so that nothing is left.
 */
static int mount_apart(const struct scene *s, struct ids *ret, struct err *err)
{
	AUTO_CLOSE int ns = -1;

	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return err_sys(err, "a mount namespace for the canary");
	ns = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
	if (ns < 0 || ioctl(ns, GET_MNTNS_ID, &ret->ns) < 0)
		return err_sys(err, "id of the mount namespace");
	if (mount("canary", "/proc", "tmpfs", 0, "size=64k") < 0 || mkdir(s->path, 0755) < 0 ||
	    mount("canary", s->path, "tmpfs", 0, "size=64k") < 0)
		return err_sys(err, "%s", s->path);
	return unique_id(s->path, &ret->mount, err);
}

/* The child's life: it waits until the namespace is held open by the other side. */
static _Noreturn void live_apart(const struct scene *s, int sock)
{
	struct ids ids = { 0 };
	struct err err;
	char end;

	if (mount_apart(s, &ids, &err) == 0 && send(sock, &ids, sizeof(ids), MSG_NOSIGNAL) > 0)
		(void)!read(sock, &end, 1);
	_exit(0);
}

static int hold(struct scene *s, int sock, struct ids *ret, struct err *err)
{
	struct pollfd pfd = { sock, POLLIN, 0 };
	char path[64];

	if (poll(&pfd, 1, DEADLINE_MS) != 1 || read(sock, ret, sizeof(*ret)) != sizeof(*ret))
		return err_set(err, EPROTO, "no mount namespace for the canary");
	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", (int)s->pid);
	s->fds[0] = open(path, O_RDONLY | O_CLOEXEC);
	return s->fds[0] < 0 ? err_sys(err, "%s", path) : 0;
}

static int plant_mount_id(struct scene *s, struct err *err)
{
	AUTO_CLOSE int ours = -1, theirs = -1;
	struct ids ids;
	int pair[2], r;

	snprintf(s->path, sizeof(s->path), "/proc/%s:%s", s->name, s->token);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(err, "socketpair");
	ours = pair[0];
	theirs = pair[1];
	s->pid = fork();
	if (s->pid < 0)
		return err_sys(err, "fork");
	if (s->pid == 0) {
		close(ours);
		live_apart(s, theirs);
	}
	fd_close(&theirs);
	r = hold(s, ours, &ids, err);
	canary_kill(s);
	if (r < 0)
		return r;
	scene_arg(s, "name", "%s", s->name);
	scene_arg(s, "mount", "%llu", (unsigned long long)ids.mount);
	scene_arg(s, "ns", "%llu", (unsigned long long)ids.ns);
	return 0;
}

const struct canary canary_mount_id = {
	.about = "a mount in another mount namespace, with the token in its mount point",
	.dies_with_us = true,
	.plant = plant_mount_id,
	.remove = canary_kill,
};
