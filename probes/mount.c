// SPDX-License-Identifier: MIT
/*
 * Files and mounts: does any path lead to the host's file system, and do mounts pass through the
 * wall in either direction? mount_namespaces(7), pivot_root(2), chroot(2)
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "probe.h"

static void join(char *path, size_t size, const char *first, const char *second)
{
	if ((size_t)snprintf(path, size, "%s%s", first, second) >= size)
		die("a path is too long");
}

PROBE(mount_canary_by_path, "opens the canary file by its path")
{
	return token_of_file(AT_FDCWD, arg_str("path"));
}

/* Changes the root to any directory below it: an existing one, so that nothing has to be made. */
static int chroot_below(void)
{
	static const char *const dirs[] = { "/proc", "/tmp", "/dev", "/etc", "/sys", "/bin" };

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		if (!chroot(dirs[i]))
			return 0;
		if (errno != ENOENT && errno != ENOTDIR)
			return -1;
	}
	die("the root holds no directory to chroot into");
}

PROBE(mount_chroot_dotdot_escape, "climbs out of a chroot: chroot deeper, then chdir(\"..\")")
{
	const char *path = arg_str("path");
	AUTO_CLOSE int root = (int)MUST(open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));

	if (chroot_below())
		return blocked_errno(errno, "chroot()");
	/* the working directory is now outside the root, where ".." does not stop */
	MUST(fchdir(root));
	for (int i = 0; i < 64; i++)
		MUST(chdir(".."));
	MUST(chroot("."));
	return token_of_file(AT_FDCWD, path);
}

/* In place: the kernel writes space, tab, newline and backslash as three octal digits. */
static void decode_octal(char *str)
{
	char *out = str;

	while (*str) {
		if (str[0] == '\\' && str[1] >= '0' && str[1] <= '3' && str[2] && str[3]) {
			*out++ = (char)((str[1] - '0') << 6 | (str[2] - '0') << 3 | (str[3] - '0'));
			str += 4;
		} else {
			*out++ = *str++;
		}
	}
	*out = '\0';
}

static long mount_id(int fd)
{
	char path[64];
	AUTO_FREE char *text = NULL;
	const char *id;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	text = read_all(path, NULL);
	id = text ? strstr(text, "mnt_id:") : NULL;
	if (!id)
		die("/proc/self/fdinfo names no mount");
	return strtol(id + strlen("mnt_id:"), NULL, 10);
}

/* Is this directory the root itself? Then the file below it is the plain path, not a way around. */
static bool is_root(int dir)
{
	AUTO_CLOSE int root = (int)MUST(open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
	struct stat a, b;

	MUST(fstat(root, &a));
	MUST(fstat(dir, &b));
	return a.st_dev == b.st_dev && a.st_ino == b.st_ino && mount_id(root) == mount_id(dir);
}

/* The token of `path` below the directory `dir`; NULL when there is none. */
static const char *token_below(const char *dir, const char *path)
{
	AUTO_CLOSE int top = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	AUTO_CLOSE int fd = -1;

	if (top < 0 || is_root(top))
		return NULL;
	fd = openat(top, path + strspn(path, "/"), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	return fd < 0 ? NULL : read_token(fd);
}

PROBE(mount_old_root_still_mounted, "looks for the canary file below every mount point")
{
	const char *path = arg_str("path"), *token = NULL;
	AUTO_FREE char *text = read_all("/proc/self/mountinfo", NULL);
	char *rest = text, *line;

	if (!text || !*text)
		return failed("/proc/self/mountinfo cannot be read");
	while (!token && (line = strsep(&rest, "\n"))) {
		char *point = line, above[PATH_MAX];

		/* ID PARENT MAJOR:MINOR ROOT POINT ... */
		for (int i = 0; point && i < 4; i++)
			point = (point = strchr(point, ' ')) ? point + 1 : NULL;
		if (!point)
			continue;
		point[strcspn(point, " ")] = '\0';
		decode_octal(point);
		/* ".." steps onto what is mounted over a directory that is somebody's root */
		join(above, sizeof(above), point, "/..");
		token = token_below(point, path);
		if (!token)
			token = token_below(above, path);
	}
	if (token)
		return reached(token, "read the file below a mount point");
	return blocked("absent", "no mount point leads to the file");
}

PROBE(mount_pivot_dot_dot, "opens the canary file through \"/..\"")
{
	const char *path = arg_str("path");
	char up[PATH_MAX];
	int first;
	AUTO_CLOSE int fd = -1;
	const char *token;

	join(up, sizeof(up), "/..", path);
	fd = open(up, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	first = errno;
	if (fd < 0) {
		MUST(chdir("/"));
		fd = open(up + 1, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	}
	if (fd < 0)
		return blocked_errno(first != ENOENT ? first : errno, "opening the file");
	token = read_token(fd);
	if (!token)
		return blocked_errno(errno, "the file opens, reading it");
	return reached(token, "\"..\" leads out of the root");
}

PROBE(mount_cwd_outside, "opens the canary file relative to the inherited working directory")
{
	const char *name = arg_str("name"), *where, *token;
	char cwd[PATH_MAX] = "";
	AUTO_CLOSE int fd = -1;

	if (*name == '/')
		return failed("the argument name= must be relative");
	/* not getcwd(3): libc turns an unreachable directory into an error */
	MUST(syscall(SYS_getcwd, cwd, sizeof(cwd)));
	where = *cwd == '(' ? "the working directory is (unreachable)"
			    : "the working directory is below the root";
	fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return blocked_errno(errno, "%s", where);
	token = read_token(fd);
	if (!token)
		return blocked_errno(errno, "the file opens, reading it");
	return reached(token, "%s", where);
}

PROBE(mount_mount_leaks_to_host, "mounts a tmpfs with a token on a directory")
{
	const char *dir = arg_str("dir"), *token = arg_str("token");
	char path[PATH_MAX];
	AUTO_CLOSE int fd = -1;
	struct stat st;

	join(path, sizeof(path), dir, "/token");
	if (stat(dir, &st))
		return blocked_errno(errno, "looking at the directory");
	if (mount("nsproof", dir, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=64k"))
		return blocked_errno(errno, "mounting a tmpfs");
	fd = (int)MUST(open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
	if (MUST(write(fd, token, strlen(token))) != (long)strlen(token))
		return failed("the token was not written whole");
	return acted("mounted a tmpfs and wrote the token");
}

PROBE(mount_host_mount_enters, "looks for a mount that the host makes after the start")
{
	char path[PATH_MAX];

	join(path, sizeof(path), arg_str("dir"), "/token");
	wait_for_go();
	return token_of_file(AT_FDCWD, path);
}
