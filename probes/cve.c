// SPDX-License-Identifier: MIT
/*
 * Mistakes of earlier kernels and runtimes. Only those that can be tried without harm to a kernel
 * that still makes them: all objects are the probe's own, and all signals are number 0.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>

#include "level.h"

static struct answer kill_all(const void *twin)
{
	bool company = *(const bool *)twin;
	pid_t pid = company ? level_sleeper(0) : 0;
	int r = kill(-1, 0), num = errno;

	if (company)
		level_kill(pid);
	return r ? blocked_errno(num, "kill(-1, 0)") : reached(NO_TOKEN, "kill(-1, 0) finds one");
}

PROBE(cve_2009_1338, "sends signal 0 to everybody, alone in a pid namespace")
{
	bool twin = arg_twin();

	return level_ask(CLONE_NEWUSER | CLONE_NEWPID, kill_all, &twin);
}

static struct answer queue_signal(const void *twin)
{
	siginfo_t info = { .si_code = *(const bool *)twin ? SI_QUEUE : SI_USER };

	info.si_pid = getpid();
	info.si_uid = getuid();
	if (syscall(SYS_rt_sigqueueinfo, getppid(), 0, &info))
		return blocked_errno(errno, "rt_sigqueueinfo()");
	return reached(NO_TOKEN, "rt_sigqueueinfo() is allowed");
}

PROBE(cve_2011_1182, "queues signal 0 to its parent as if it came from kill(2)")
{
	bool twin = arg_twin();

	return level_ask(0, queue_signal, &twin);
}

static struct answer unshare_in_chroot(const void *twin)
{
	if (!*(const bool *)twin)
		MUST(chroot("/sys"));
	if (unshare(CLONE_NEWUSER))
		return blocked_errno(errno, "unshare(CLONE_NEWUSER)");
	return reached(NO_TOKEN, "unshare(CLONE_NEWUSER) is allowed");
}

PROBE(cve_2013_1956, "makes a user namespace from inside a chroot")
{
	bool twin = arg_twin();

	return level_ask(CLONE_NEWUSER, unshare_in_chroot, &twin);
}

static struct answer send_credentials(const void *twin)
{
	struct ucred ucred = { .pid = *(const bool *)twin ? getpid() : getppid() };
	union {
		char room[CMSG_SPACE(sizeof(ucred))];
		struct cmsghdr align;
	} control = { 0 };
	char byte = 'x';
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *head = CMSG_FIRSTHDR(&msg);
	int pair[2];

	if (!level_has_ids())
		return blocked("EPERM", "no ids for a user namespace, and so none to send");
	MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair));
	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_CREDENTIALS;
	head->cmsg_len = CMSG_LEN(sizeof(ucred));
	memcpy(CMSG_DATA(head), &ucred, sizeof(ucred));
	if (sendmsg(pair[0], &msg, MSG_NOSIGNAL) < 0)
		return blocked_errno(errno, "sendmsg() with the credentials");
	return reached(NO_TOKEN, "sendmsg() takes the credentials");
}

PROBE(cve_2013_1958, "sends its parent's number as its own, as root of a user namespace")
{
	bool twin = arg_twin();

	return level_ask(CLONE_NEWUSER, send_credentials, &twin);
}

static struct answer take_flags_off(const void *where)
{
	/* what is done in here stays in here */
	MUST(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	if (mount(NULL, where, NULL, MS_REMOUNT | MS_BIND, NULL))
		return blocked_errno(errno, "remounting without the flags");
	return reached(NO_TOKEN, "remounted without the flags");
}

/* /sys, read-only: the container's own, or else made so in a mount namespace of our own. */
static struct answer with_ro_sys(const void *twin)
{
	struct statvfs st;

	if (unshare(CLONE_NEWNS) == 0) {
		MUST(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
		MUST(mount(NULL, "/sys", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
	}
	MUST(statvfs("/sys", &st));
	if (!(st.f_flag & ST_RDONLY))
		return failed("/sys is not read-only");
	return level_ask(CLONE_NEWNS | (*(const bool *)twin ? 0 : CLONE_NEWUSER), take_flags_off,
			 "/sys");
}

PROBE(cve_2014_5206, "remounts a read-only mount of the parent user namespace as writable")
{
	bool twin = arg_twin();

	return level_ask(0, with_ro_sys, &twin);
}

PROBE(cve_2014_5207, "remounts /proc without nosuid, nodev and noexec")
{
	struct statvfs st;

	MUST(statvfs("/proc", &st));
	if (!(st.f_flag & ST_NOSUID))
		return failed("/proc is not nosuid");
	return level_ask(CLONE_NEWNS | (arg_twin() ? 0 : CLONE_NEWUSER), take_flags_off, "/proc");
}

static void make_file(const char *path)
{
	AUTO_CLOSE int fd = (int)MUST(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));

	(void)fd;
}

static struct answer detach_a_copy(const void *unused)
{
	AUTO_CLOSE int dir = -1;

	(void)unused;
	MUST(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	MUST(mount("/", "/sys", NULL, MS_BIND | MS_REC, NULL));
	dir = (int)MUST(open("/sys", O_PATH | O_DIRECTORY | O_CLOEXEC));
	MUST(faccessat(dir, "proc/self", F_OK, 0));
	/* its own mount, which it may detach; what lies on it must stay there */
	MUST(umount2("/sys", MNT_DETACH));
	if (faccessat(dir, "proc/self", F_OK, 0) == 0)
		return blocked("unchanged", "/proc still covers what lies below it");
	return reached(NO_TOKEN, "the detached copy shows what lies below /proc");
}

PROBE(cve_2014_9717, "detaches a copy of the root and looks below what is mounted in it")
{
	/* in the twin nothing is locked, and what is mounted goes its own way */
	return level_ask(CLONE_NEWNS | (arg_twin() ? 0 : CLONE_NEWUSER), detach_a_copy, NULL);
}

static struct answer move_directory(const void *twin)
{
	AUTO_CLOSE int fd = -1;

	if (!level_has_ids())
		return blocked("EPERM", "no ids for a user namespace, and so no files");
	MUST(mount("nsproof", "/sys", "tmpfs", 0, "size=64k"));
	MUST(mkdir("/sys/bound", 0755));
	MUST(mkdir("/sys/bound/inner", 0755));
	MUST(mkdir("/sys/here", 0755));
	make_file("/sys/above");
	make_file("/sys/bound/above");
	MUST(mount("/sys/bound", "/sys/here", NULL, MS_BIND, NULL));
	MUST(chdir("/sys/here/inner"));
	if (!*(const bool *)twin)
		MUST(rename("/sys/bound/inner", "/sys/inner"));
	fd = open("../above", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return blocked_errno(errno, "opening \"../above\"");
	return reached(NO_TOKEN, "\"../above\" opens");
}

PROBE(cve_2015_2925, "moves the working directory out of its bind mount and opens \"..\"")
{
	bool twin = arg_twin();

	return level_ask(CLONE_NEWUSER | CLONE_NEWNS, move_directory, &twin);
}

PROBE(cve_2019_5736, "opens /proc/self/exe for writing")
{
	AUTO_CLOSE int own = (int)MUST(memfd_create("own", MFD_CLOEXEC)), fd = -1;
	char path[64] = "/proc/self/exe";

	/* the twin: a program file that does not run */
	if (arg_twin())
		snprintf(path, sizeof(path), "/proc/self/fd/%d", own);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return blocked_errno(errno, "opening it for writing");
	return reached(NO_TOKEN, "it opens for writing");
}

/* Every buffer of the pipe has been used once: before the fix, each kept its mark "may be merged
 * with". */
static void use_all_buffers(const int *ends)
{
	int size = (int)MUST(fcntl(ends[1], F_GETPIPE_SZ));
	char page[4096] = { 0 };

	for (int left = size; left > 0; left -= (int)sizeof(page))
		MUST(write(ends[1], page, sizeof(page)));
	for (int left = size; left > 0; left -= (int)sizeof(page))
		MUST(read(ends[0], page, sizeof(page)));
}

PROBE(cve_2022_0847, "writes into a pipe after splicing from a file that it may only read")
{
	AUTO_CLOSE int own = (int)MUST(memfd_create("own", MFD_CLOEXEC)), reader = -1;
	char path[64], text[4] = "";
	loff_t offset = 0;
	int ends[2];

	MUST(write(own, "abc", 3));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", own);
	reader = (int)MUST(open(path, O_RDONLY | O_CLOEXEC));
	MUST(pipe2(ends, O_CLOEXEC));
	use_all_buffers(ends);
	if (MUST(splice(reader, &offset, ends[1], NULL, 1, 0)) != 1)
		return failed("splice() moved nothing");
	MUST(write(ends[1], "X", 1));
	if (arg_twin())
		MUST(pwrite(own, "X", 1, 1));
	MUST(pread(reader, text, 3, 0));
	if (!strcmp(text, "abc"))
		return blocked("unchanged", "the file holds what it held");
	return reached(NO_TOKEN, "the file holds another byte");
}
