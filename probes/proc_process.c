// SPDX-License-Identifier: MIT
/*
 * What /proc/PID of a host process gives: its files, its memory map, its limits and timers. Some of
 * it anybody may read, the rest only who might trace the process. proc(5), ptrace(2)
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

#include "process.h"

/* A file of the canary process; the next call overwrites it. */
static const char *file_of(pid_t pid, const char *file)
{
	static char path[PATH_MAX];

	if ((size_t)snprintf(path, sizeof(path), "/proc/%d/%s", pid, file) >= sizeof(path))
		die("the path is too long");
	return path;
}

/* First of the probe itself: it has to work there. */
static char *read_file(const char *file)
{
	AUTO_FREE char *own = NULL;
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/%s", file);
	own = read_all(path, NULL);
	if (!own)
		die("%s: %s", path, strerror(errno));
	return read_all(file_of(arg_pid(), file), NULL);
}

static struct answer unreadable(const char *file)
{
	return blocked_errno(errno, "reading /proc/PID/%s", file);
}

/* The word that stands behind `before`, up to a character of `stop`. */
static struct answer word_in(const char *file, const char *before, const char *stop)
{
	AUTO_FREE char *text = read_file(file);
	char *word;

	if (!text)
		return unreadable(file);
	word = strstr(text, before);
	if (!word)
		return failed("/proc/PID/%s does not hold \"%s\"", file, before);
	word += strlen(before);
	word += strspn(word, " \t");
	word[strcspn(word, stop)] = '\0';
	return reached(word, "read /proc/PID/%s", file);
}

/* A file without a token: that it can be read is the proof. */
static struct answer any_content(const char *file)
{
	AUTO_FREE char *text = read_file(file);

	if (!text)
		return unreadable(file);
	return reached(NO_TOKEN, "read /proc/PID/%s", file);
}

/* The link of an open or mapped memfd is "/memfd:NAME (deleted)". */
static struct answer name_in_link(const char *link, const char *what)
{
	char target[PATH_MAX];
	ssize_t len = readlink(link, target, sizeof(target) - 1);
	char *name;

	if (len < 0)
		return blocked_errno(errno, "readlink of %s", what);
	target[len] = '\0';
	name = strchr(target, ':');
	if (!name)
		return failed("%s leads to another file", what);
	name[strcspn(name, " ")] = '\0';
	return reached(name + 1, "readlink of %s names the file", what);
}

PROBE(proc_host_cwd_link, "opens a file through /proc/PID/cwd of the canary process")
{
	char file[300];

	snprintf(file, sizeof(file), "cwd/%s", arg_str("name"));
	return token_of_file(AT_FDCWD, file_of(arg_pid(), file));
}

static const char *fd_file(const char *dir)
{
	static char file[40];

	snprintf(file, sizeof(file), "%s/%lld", dir, arg_int("fd", 0, INT_MAX));
	return file_of(arg_pid(), file);
}

PROBE(proc_host_fd_link, "opens the canary's file through /proc/PID/fd")
{
	AUTO_CLOSE int fd = open(fd_file("fd"), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char token[64] = "";

	if (fd < 0)
		return blocked_errno(errno, "opening /proc/PID/fd/N");
	MUST(read(fd, token, sizeof(token) - 1));
	return reached(token, "read the file");
}

PROBE(proc_host_fd_name, "reads the name of the canary's file from /proc/PID/fd")
{
	return name_in_link(fd_file("fd"), "/proc/PID/fd/N");
}

PROBE(proc_host_fdinfo, "reads the position of the canary's file from /proc/PID/fdinfo")
{
	AUTO_FREE char *text = read_all(fd_file("fdinfo"), NULL);

	if (!text)
		return blocked_errno(errno, "reading /proc/PID/fdinfo/N");
	if (strncmp(text, "pos:", 4) != 0)
		return failed("fdinfo does not begin with \"pos:\"");
	text[strcspn(text, "\n")] = '\0';
	return reached(text + 4 + strspn(text + 4, " \t"), "read /proc/PID/fdinfo/N");
}

PROBE(proc_host_maps, "reads the name of the canary's file from /proc/PID/maps")
{
	return word_in("maps", "/memfd:", " \n");
}

PROBE(proc_host_map_files, "reads the name of the canary's file from /proc/PID/map_files")
{
	unsigned long addr = (unsigned long)arg_int("addr", 1, LLONG_MAX);
	char file[64];

	snprintf(file, sizeof(file), "map_files/%lx-%lx", addr, addr + 4096);
	return name_in_link(file_of(arg_pid(), file), "/proc/PID/map_files/RANGE");
}

PROBE(proc_host_exe_link, "opens the canary's program through /proc/PID/exe")
{
	unsigned long long dev = (unsigned long long)arg_int("dev", 0, LLONG_MAX);
	unsigned long long ino = (unsigned long long)arg_int("ino", 0, LLONG_MAX);
	AUTO_CLOSE int fd = -1;
	struct stat st;

	fd = (int)MUST(open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
	close(fd);
	fd = open(file_of(arg_pid(), "exe"), O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return blocked_errno(errno, "opening /proc/PID/exe");
	MUST(fstat(fd, &st));
	if (st.st_dev != dev || st.st_ino != ino)
		return failed("/proc/PID/exe is another file");
	return reached(NO_TOKEN, "/proc/PID/exe is the canary's program");
}

PROBE(proc_host_ns_link, "opens a namespace through /proc/PID/ns of the canary process")
{
	AUTO_CLOSE int fd = -1;

	fd = (int)MUST(open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC));
	close(fd);
	fd = open(file_of(arg_pid(), "ns/uts"), O_RDONLY | O_CLOEXEC);
	return by_effect(fd, "opening /proc/PID/ns/uts");
}

PROBE(proc_host_comm, "reads the name of the canary process")
{
	AUTO_FREE char *text = read_file("comm");

	if (!text)
		return unreadable("comm");
	text[strcspn(text, "\n")] = '\0';
	return reached(text, "read /proc/PID/comm");
}

PROBE(proc_host_limits, "reads a resource limit of the canary process")
{
	return word_in("limits", "Max resident set ", " ");
}

PROBE(proc_host_timerslack, "reads the timer slack of the canary process")
{
	AUTO_FREE char *text = read_file("timerslack_ns");

	if (!text)
		return unreadable("timerslack_ns");
	text[strcspn(text, "\n")] = '\0';
	return reached(text, "read /proc/PID/timerslack_ns");
}

PROBE(proc_host_mountinfo, "looks for the canary's mount in /proc/PID/mountinfo")
{
	char before[64];

	/* the source of the mount is "NAME:TOKEN" */
	snprintf(before, sizeof(before), " %s:", arg_str("name"));
	return word_in("mountinfo", before, " ");
}

PROBE(proc_host_auxv, "reads the auxiliary vector of the canary process")
{
	return any_content("auxv");
}

PROBE(proc_host_io, "reads how much the canary process has read and written")
{
	return any_content("io");
}

PROBE(proc_host_syscall, "reads in which system call the canary process is")
{
	return any_content("syscall");
}

PROBE(proc_host_personality, "reads the execution domain of the canary process")
{
	return any_content("personality");
}

PROBE(proc_host_stack_address, "reads where the canary's stack lies from /proc/PID/stat")
{
	enum { START_STACK = 28, AFTER_NAME = 3 };
	AUTO_FREE char *text = read_file("stat");
	char *rest, *word = NULL;

	if (!text)
		return unreadable("stat");
	rest = strrchr(text, ')'); /* the name may hold anything */
	if (!rest)
		return failed("/proc/PID/stat holds no name");
	rest += 2;
	for (int field = AFTER_NAME; field <= START_STACK; field++)
		word = strsep(&rest, " ");
	if (!word || !strcmp(word, "0"))
		return blocked("absent", "/proc/PID/stat holds no address");
	return reached(NO_TOKEN, "/proc/PID/stat holds an address");
}

PROBE(proc_locks_host, "looks for the canary's lock in /proc/locks")
{
	AUTO_FREE char *text = read_all("/proc/locks", NULL);
	char inode[40], *word;

	if (!text)
		return failed("/proc/locks: %s", strerror(errno));
	/* "N: POSIX ADVISORY WRITE PID MAJOR:MINOR:INODE START END" */
	snprintf(inode, sizeof(inode), ":%s ", arg_str("ino"));
	word = strstr(text, inode);
	if (!word)
		return blocked("absent", "its lock does not stand in /proc/locks");
	word += strlen(inode);
	word[strcspn(word, " ")] = '\0';
	return reached(word, "its lock stands in /proc/locks");
}
