// SPDX-License-Identifier: MIT
/* Fresh file systems for one sample: see image_disk.h, loop(4), mke2fs(8). */
#include "bench/image_disk.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/cleanup.h"
#include "kernel/mount.h"

enum { MKFS_MS = 30000, ATTEMPTS = 20, NOT_FOUND = 127 };

/* of which only what is written takes room */
#define DISK_SIZE ((off_t)2 << 30)

int fresh_memory(struct err *err)
{
	return mount_new("tmpfs", "mode=755", 0, err);
}

static const char *disk_dir(void)
{
	const char *own = getenv("TMPDIR");

	return own && *own ? own : "/var/tmp";
}

static int make_file(const char *dir, struct err *err)
{
	AUTO_CLOSE int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	struct statfs fs;

	if (fd < 0 || fstatfs(fd, &fs) < 0)
		return err_sys(err, "a file without a name in %s", dir);
	if (fs.f_type == TMPFS_MAGIC || fs.f_type == RAMFS_MAGIC)
		return err_set(err, EOPNOTSUPP, "%s is no disk; set TMPDIR to a directory on one",
			       dir);
	if (ftruncate(fd, DISK_SIZE) < 0)
		return err_sys(err, "a sparse file in %s", dir);
	return STEAL_FD(fd);
}

/* Writes it all now: what is initialised later, in the background, would disturb. */
static _Noreturn void run_mkfs(int file)
{
	static const char *const places[] = { "/usr/sbin/mkfs.ext4", "/sbin/mkfs.ext4" };
	char path[32];
	char *argv[] = {
		"mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0,nodiscard",
		path,        NULL
	};
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
	fcntl(file, F_SETFD, 0);
	for (int fd = 0; fd < 3; fd++)
		dup2(null, fd);
	execvp(argv[0], argv);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		execv(places[i], argv);
	_exit(NOT_FOUND);
}

static int make_fs(int file, struct err *err)
{
	bool late;
	int status;
	pid_t pid = fork();

	if (pid == 0)
		run_mkfs(file);
	if (pid < 0)
		return err_sys(err, "fork");
	late = !child_ends(pid, MKFS_MS);
	if (late)
		kill(pid, SIGKILL);
	status = child_reap(pid);
	if (late)
		return err_set(err, ETIMEDOUT, "mkfs.ext4 did not end in time");
	if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_FOUND)
		return err_set(err, EOPNOTSUPP, "mkfs.ext4 cannot be executed");
	return status ? err_set(err, EIO, "mkfs.ext4 ended with status 0x%x", (unsigned int)status)
		      : 0;
}

/* Others may take the free device between the two calls. */
static int attach(int file, char *path, size_t room, struct err *err)
{
	const struct loop_config config = { .fd = (uint32_t)file,
					    .info.lo_flags = LO_FLAGS_AUTOCLEAR };
	AUTO_CLOSE int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);

	if (control < 0)
		return err_sys(err, "/dev/loop-control");
	for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
		int number = ioctl(control, LOOP_CTL_GET_FREE);
		AUTO_CLOSE int loop = -1;

		if (number < 0)
			return err_sys(err, "no free loop device");
		snprintf(path, room, "/dev/loop%d", number);
		loop = open(path, O_RDWR | O_CLOEXEC);
		if (loop < 0)
			return err_sys(err, "%s", path);
		if (ioctl(loop, LOOP_CONFIGURE, &config) == 0)
			return STEAL_FD(loop);
		if (errno != EBUSY)
			break;
	}
	return err_sys(err, "%s cannot be set up", path);
}

int fresh_disk(struct err *err)
{
	AUTO_CLOSE int file = make_file(disk_dir(), err);
	AUTO_CLOSE int loop = -1, root = -1;
	char path[32], source[48];
	int r = file < 0 ? file : make_fs(file, err);

	if (r < 0)
		return r;
	loop = attach(file, path, sizeof(path), err);
	if (loop < 0)
		return loop;
	snprintf(source, sizeof(source), "source=%s", path);
	root = mount_new("ext4", source, 0, err);
	if (root < 0)
		return root;
	if (unlinkat(root, "lost+found", AT_REMOVEDIR) < 0)
		return err_sys(err, "lost+found of a new ext4");
	return STEAL_FD(root);
}
