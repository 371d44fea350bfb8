// SPDX-License-Identifier: MIT
/* The places that the container must have of its own: its root, and what is mounted in it. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>

#include "probe.h"

/* linux/magic.h */
#define TMPFS_TYPE   0x01021994
#define MQUEUE_TYPE  0x19800202
#define CGROUP2_TYPE 0x63677270

/* Is `path` the place that is called device:inode in this argument? */
static bool is_place(const char *path, const char *key)
{
	char place[48];
	struct stat st;

	MUST(stat(path, &st));
	snprintf(place, sizeof(place), "%" PRIu64 ":%" PRIu64, (uint64_t)st.st_dev,
		 (uint64_t)st.st_ino);
	return !strcmp(place, arg_str(key));
}

PROBE(works_own_root, "compares its root directory with the creator's")
{
	if (is_place("/", "root"))
		return blocked("absent", "the root directory is the creator's");
	return reached(NO_TOKEN, "the root directory is another one");
}

PROBE(works_cwd_in_root, "compares its working directory with its root")
{
	char cwd[4096] = "";
	struct stat here, root;

	/* not getcwd(3): libc turns an unreachable directory into an error */
	MUST(syscall(SYS_getcwd, cwd, sizeof(cwd)));
	MUST(stat(".", &here));
	MUST(stat("/", &root));
	if (strcmp(cwd, "/") != 0 || here.st_dev != root.st_dev || here.st_ino != root.st_ino)
		return blocked("absent", "it starts somewhere else");
	return reached(NO_TOKEN, "it starts in its root");
}

PROBE(works_proc_mounted, "looks for itself in /proc")
{
	char self[32] = "", number[16];

	if (readlink("/proc/self", self, sizeof(self) - 1) < 0)
		return blocked_errno(errno, "reading /proc/self");
	snprintf(number, sizeof(number), "%d", (int)getpid());
	if (strcmp(self, number) != 0)
		return blocked("absent", "/proc/self bears another number than getpid()");
	return reached(NO_TOKEN, "/proc/self is getpid()");
}

PROBE(works_tmp_writable, "makes a file in /tmp, which must be a tmpfs of its own")
{
	AUTO_CLOSE int file = -1;
	struct statfs fs;
	struct stat tmp, root;

	if (stat("/tmp", &tmp))
		return blocked_errno(errno, "looking at /tmp");
	MUST(stat("/", &root));
	MUST(statfs("/tmp", &fs));
	if (tmp.st_dev == root.st_dev || (unsigned long)fs.f_type != TMPFS_TYPE)
		return blocked("absent", "nothing is mounted on /tmp");
	if ((tmp.st_mode & 07777) != 01777)
		return failed("/tmp has another mode than 1777");
	file = (int)MUST(open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
	MUST(write(file, "x", 1));
	return reached(NO_TOKEN, "a file can be written on a tmpfs on /tmp");
}

static void use_nodes(void)
{
	AUTO_CLOSE int null = (int)MUST(open("/dev/null", O_RDWR | O_CLOEXEC));
	AUTO_CLOSE int zero = (int)MUST(open("/dev/zero", O_RDONLY | O_CLOEXEC));
	AUTO_CLOSE int full = (int)MUST(open("/dev/full", O_WRONLY | O_CLOEXEC));
	AUTO_CLOSE int random = (int)MUST(open("/dev/urandom", O_RDONLY | O_CLOEXEC));
	char byte = 'x';

	if (MUST(write(null, &byte, 1)) != 1 || MUST(read(null, &byte, 1)) != 0)
		die("/dev/null is something else");
	if (MUST(read(zero, &byte, 1)) != 1 || byte != '\0')
		die("/dev/zero is something else");
	if (write(full, &byte, 1) != -1 || errno != ENOSPC)
		die("/dev/full is something else");
	if (MUST(read(random, &byte, 1)) != 1)
		die("/dev/urandom is something else");
}

PROBE(works_dev_usable, "uses the nodes of /dev and opens a terminal")
{
	AUTO_CLOSE int terminal = -1;

	if (is_place("/dev", "dev"))
		return blocked("absent", "/dev is the creator's");
	use_nodes();
	terminal = (int)MUST(open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC));
	return reached(NO_TOKEN, "/dev is another one, and its nodes work");
}

static struct answer mounted_as(const char *path, unsigned long type)
{
	struct statfs fs;

	if (statfs(path, &fs))
		return blocked_errno(errno, "looking at the directory");
	if ((unsigned long)fs.f_type != type)
		return blocked("absent", "it is not mounted");
	return reached(NO_TOKEN, "it is mounted");
}

PROBE(works_mqueue_mounted, "looks what is mounted on /dev/mqueue")
{
	return mounted_as("/dev/mqueue", MQUEUE_TYPE);
}

PROBE(works_cgroup_mounted, "looks what is mounted on /sys/fs/cgroup")
{
	return mounted_as("/sys/fs/cgroup", CGROUP2_TYPE);
}

PROBE(works_files_have_mapped_owner, "makes a file in a directory that it shares with the host")
{
	AUTO_CLOSE int dir = (int)MUST(open(arg_str("dir"), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	AUTO_CLOSE int file = (int)MUST(
		openat(dir, arg_str("token"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	struct stat st;

	MUST(fstat(file, &st));
	if (st.st_uid != 0 || st.st_gid != 0)
		return failed("the file does not belong to root in here");
	return acted("the file belongs to root in here");
}
