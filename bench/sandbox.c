// SPDX-License-Identifier: MIT
/* A place for other people's programs: see sandbox.h. pid_namespaces(7), mount_setattr(2) */
#include "bench/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "kernel/mount.h"

/* What programs that start containers keep, and where they put what they are about to unpack. */
static const char *const written[] = { "/run", "/dev/shm", "/var/lib", "/var/tmp", "/root" };

static const char cgroup_mount[] = "/sys/fs/cgroup";

int sandbox_install(int from, const char *path, struct err *err)
{
	AUTO_CLOSE int to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
	off_t at = 0;
	struct stat st;

	if (to < 0 || fstat(from, &st) < 0)
		return err_sys(err, "%s", path);
	while (at < st.st_size)
		if (sendfile(to, from, &at, (size_t)(st.st_size - at)) <= 0)
			return err_sys(err, "%s", path);
	return 0;
}

/* The spawner's own tmpfs stays as it is: it is hidden from the host anyway. */
static int mount_read_only(const struct bench_env *env, struct err *err)
{
	AUTO_CLOSE int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int r = root < 0 ? err_sys(err, "/") : mount_change(root, MOUNT_ATTR_RDONLY, err);

	if (r < 0)
		return r;
	if (mount(NULL, env->spawner->dir, NULL, MS_REMOUNT | MS_BIND, NULL) < 0)
		return err_sys(err, "%s", env->spawner->dir);
	for (size_t i = 0; i < ARRAY_SIZE(written); i++) {
		if (!strcmp(written[i], env->spawner->dir))
			continue;
		if (mount("tmpfs", written[i], "tmpfs", MS_NOSUID | MS_NODEV, "mode=755") < 0 &&
		    errno != ENOENT)
			return err_sys(err, "a tmpfs on %s", written[i]);
	}
	return 0;
}

/* A cgroup of our own, below which programs can make more; the run's janitor removes it. */
static bool join_cgroup(const struct bench_env *env)
{
	return env->cgroup_dir >= 0 &&
	       (mkdirat(env->cgroup_dir, "commands", 0755) == 0 || errno == EEXIST) &&
	       file_write(env->cgroup_dir, "commands/cgroup.procs", "0") == 0;
}

/* Some runtimes want a machine with nothing but cgroup v2, which this makes of any. True: cgroups can
 * be made there. */
static bool mount_cgroups(const struct bench_env *env)
{
	bool joined = join_cgroup(env);

	if (unshare(CLONE_NEWCGROUP) < 0)
		return false;
	umount2(cgroup_mount, MNT_DETACH);
	if (mount("cgroup2", cgroup_mount, "cgroup2", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
		return false;
	/* a cgroup with processes can't pass controllers on: out of the topmost one */
	return joined && (mkdir("/sys/fs/cgroup/bench", 0755) == 0 || errno == EEXIST) &&
	       file_write(AT_FDCWD, "/sys/fs/cgroup/bench/cgroup.procs", "0") == 0;
}

/* PID 1: reaps what daemons leave, and takes all processes along when its other end is closed. */
static _Noreturn void init(int leash, int ready)
{
	char byte = 'r';

	signal(SIGCHLD, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0 ||
	    write(ready, &byte, 1) != 1)
		_exit(errno);
	fd_close(&ready);
	while (read(leash, &byte, 1) < 0 && errno == EINTR)
		;
	_exit(0);
}

static int start_init(struct sandbox *s, struct err *err)
{
	int leash[2] = { -1, -1 }, ready[2] = { -1, -1 }, status;
	ssize_t got = -1;
	char byte;

	if (unshare(CLONE_NEWPID) < 0)
		return err_sys(err, "a pid namespace for programs");
	if (pipe2(leash, O_CLOEXEC) < 0 || pipe2(ready, O_CLOEXEC) < 0)
		return err_sys(err, "pipe");
	s->leash = leash[1];
	s->init = fork();
	if (s->init == 0) {
		fd_close(&leash[1]);
		fd_close(&ready[0]);
		init(leash[0], ready[1]);
	}
	fd_close(&leash[0]);
	fd_close(&ready[1]);
	if (s->init > 0)
		got = read(ready[0], &byte, 1);
	fd_close(&ready[0]);
	if (got == 1)
		return 0;
	if (s->init < 0 || waitpid(s->init, &status, 0) < 0)
		return err_sys(err, "fork");
	s->init = 0;
	return err_set(err, EOPNOTSUPP, "a /proc for programs: %s", strerror(WEXITSTATUS(status)));
}

/* Where it was started from, in the page cache like everybody else's; a copy only where the spawner's
 * tmpfs hides that. */
static int install_self(int self, const char *origin, const char *path, struct err *err)
{
	struct stat ours, theirs;

	if (fstat(self, &ours) == 0 && stat(origin, &theirs) == 0 && ours.st_dev == theirs.st_dev &&
	    ours.st_ino == theirs.st_ino)
		return symlink(origin, path) < 0 ? err_sys(err, "%s", path) : 0;
	return sandbox_install(self, path, err);
}

static int fill(struct sandbox *s, const struct bench_env *env, int self, const char *origin,
		struct err *err)
{
	int r;

	snprintf(s->dir, sizeof(s->dir), "%s/commands", env->spawner->dir);
	snprintf(s->program, sizeof(s->program), "%s/nsproof", s->dir);
	snprintf(s->probe, sizeof(s->probe), "%s/nsprobe", s->dir);
	if ((mkdir(s->dir, 0755) < 0 && errno != EEXIST) ||
	    mount("tmpfs", s->dir, "tmpfs", 0, "mode=755") < 0)
		return err_sys(err, "%s", s->dir);
	r = install_self(self, origin, s->program, err);
	return r < 0 ? r : sandbox_install(env->idle_fd, s->probe, err);
}

int sandbox_enter(struct sandbox *s, const struct bench_env *env, struct err *err)
{
	AUTO_CLOSE int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	char origin[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", origin, sizeof(origin) - 1);
	int r;

	if (self < 0 || len < 0)
		return err_sys(err, "/proc/self/exe");
	origin[len] = '\0';
	r = mount_read_only(env, err);
	if (r < 0)
		return r;
	s->has_cgroups = mount_cgroups(env);
	r = start_init(s, err);
	return r < 0 ? r : fill(s, env, self, origin, err);
}

void sandbox_done(struct sandbox *s)
{
	fd_close(&s->leash);
	if (s->init > 0)
		child_reap(s->init);
	s->init = 0;
}
