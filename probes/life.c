// SPDX-License-Identifier: MIT
/*
 * From birth to death: what ends with a container, and who can end it. The container in question is
 * one that the probe makes itself, so that it can watch its end. pid_namespaces(7)
 */
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "level.h"

/* A process with a child that holds the bond. */
struct family {
	uint64_t flags, child_flags;
	bool armed; /* the child wants to die with its parent */
};

static pid_t start_family(const struct family *f, struct bond *b)
{
	pid_t pid = (pid_t)MUST(level_fork(f->flags));

	if (pid == 0) {
		if (MUST(level_fork(f->child_flags)) == 0) {
			if (f->armed)
				MUST(prctl(PR_SET_PDEATHSIG, SIGKILL));
			bond_hold(b);
		}
		poll(NULL, 0, LEVEL_LIMIT_MS);
		_exit(0);
	}
	bond_await(b);
	return pid;
}

/* Kills the parent, and looks for the child so long at most. */
static bool child_survives(const struct family *f, int timeout_ms)
{
	struct bond b;
	bool alive;

	bond_make(&b);
	level_kill(start_family(f, &b));
	alive = bond_alive(&b, timeout_ms);
	bond_release(&b);
	return alive;
}

PROBE(life_init_death_kills_all, "kills the init of a pid namespace and looks for its child")
{
	struct family f = { .flags = arg_twin() ? 0 : CLONE_NEWUSER | CLONE_NEWPID };

	/* no waiting: the kernel gives an init's end out when everybody else is gone */
	if (child_survives(&f, 0))
		return reached(NO_TOKEN, "the child is still there");
	return blocked("absent", "the child was gone when waitpid(2) told of init's end");
}

PROBE(nested_kill_middle_kills_inner, "kills a container and looks for the container in it")
{
	struct family f = {
		.flags = arg_twin() ? CLONE_NEWUSER : CLONE_NEWUSER | CLONE_NEWPID,
		.child_flags = CLONE_NEWPID,
	};

	if (child_survives(&f, 0))
		return reached(NO_TOKEN, "the inner container is still there");
	return blocked("absent", "the inner container is gone with the outer one");
}

PROBE(life_parent_death_signal, "kills the parent of a child that wants to die with it")
{
	struct family f = { .armed = !arg_twin() };

	if (child_survives(&f, f.armed ? LEVEL_LIMIT_MS / 2 : 0))
		return reached(NO_TOKEN, "the child is still there");
	return blocked("absent", "the child is gone with its parent");
}

static struct answer fork_after_init(const void *twin)
{
	bool alive = *(const bool *)twin;
	pid_t init, second;

	MUST(unshare(CLONE_NEWPID));
	init = level_sleeper(0);
	if (!alive)
		level_kill(init);
	second = fork();
	if (second == 0)
		_exit(0);
	/* ENOMEM by its name: here it does not say that memory is short */
	if (second < 0 && errno == ENOMEM)
		return blocked("ENOMEM", "fork() into the pid namespace");
	if (second < 0)
		return blocked_errno(errno, "fork() into the pid namespace");
	level_wait(second);
	if (alive)
		level_kill(init);
	return reached(NO_TOKEN, "fork() made a process in the pid namespace");
}

PROBE(life_fork_after_init_death, "forks into a pid namespace whose init has ended")
{
	bool twin = arg_twin();

	return level_ask(CLONE_NEWUSER, fork_after_init, &twin);
}

PROBE(life_orphan_reparent, "asks an orphan who its parent is")
{
	int go[2], result[2];
	pid_t middle, parent = 0;

	MUST(pipe2(go, O_CLOEXEC));
	MUST(pipe2(result, O_CLOEXEC));
	middle = (pid_t)MUST(fork());
	if (middle == 0) {
		char byte;

		if (MUST(fork()) > 0)
			_exit(0);
		close(go[1]);
		if (read(go[0], &byte, 1) == 1) {
			parent = getppid();
			MUST(write(result[1], &parent, sizeof(parent)));
		}
		_exit(0);
	}
	level_wait(middle);
	close(result[1]);
	MUST(write(go[1], "x", 1));
	if (MUST(read(result[0], &parent, sizeof(parent))) != sizeof(parent))
		return failed("the orphan gave no answer");
	if (parent != getpid())
		return blocked("absent", "an orphan goes to somebody else");
	return reached(NO_TOKEN, "an orphan comes to the container's first process");
}

/* The first of a pid namespace, or in the twin an ordinary process: who gets its orphans? */
static struct answer keep_orphan(const void *unused)
{
	pid_t self = getpid(), middle;
	int result[2];
	char whose;

	(void)unused;
	MUST(pipe2(result, O_CLOEXEC));
	middle = (pid_t)MUST(fork());
	if (middle == 0) {
		pid_t creator = getpid();

		if (MUST(fork()) > 0)
			_exit(0);
		for (int i = 0; i < LEVEL_LIMIT_MS && getppid() == creator; i++)
			poll(NULL, 0, 1);
		whose = getppid() == self ? 'i' : 'o';
		MUST(write(result[1], &whose, 1));
		_exit(0);
	}
	level_wait(middle);
	close(result[1]);
	if (MUST(read(result[0], &whose, 1)) != 1)
		return failed("the orphan gave no answer");
	if (whose == 'i')
		return blocked("unchanged", "the orphan stays with the namespace's init");
	return reached(NO_TOKEN, "the orphan goes to a subreaper above");
}

PROBE(life_orphans_stay_inside, "is a subreaper, and looks whether a nested orphan comes to it")
{
	MUST(prctl(PR_SET_CHILD_SUBREAPER, 1));
	return level_ask(arg_twin() ? 0 : CLONE_NEWUSER | CLONE_NEWPID, keep_orphan, NULL);
}

enum { UNHARMED = 42, HANDLED = 43, NOT_SENT = 44 };

static void on_signal(int sig)
{
	(void)sig;
	_exit(HANDLED);
}

/* A process whose child sends it a signal; the status it ends with. */
static int signal_from_child(uint64_t flags, int sig, bool handler)
{
	pid_t pid = (pid_t)MUST(level_fork(flags));

	if (pid == 0) {
		sigset_t none;
		pid_t child;
		int status;

		signal(sig, handler ? on_signal : SIG_DFL);
		sigemptyset(&none);
		MUST(sigprocmask(SIG_SETMASK, &none, NULL));
		child = (pid_t)MUST(fork());
		if (child == 0)
			_exit(kill(getppid(), sig) ? 1 : 0);
		status = level_wait(child);
		_exit(WIFEXITED(status) && WEXITSTATUS(status) == 0 ? UNHARMED : NOT_SENT);
	}
	return level_wait(pid);
}

static bool ended_with(int status, int code)
{
	return WIFEXITED(status) && WEXITSTATUS(status) == code;
}

PROBE(life_init_ignores_inside_kill, "sends SIGKILL to the init of a pid namespace from inside")
{
	int status = signal_from_child(arg_twin() ? 0 : CLONE_NEWUSER | CLONE_NEWPID, SIGKILL,
				       false);

	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		return reached(NO_TOKEN, "SIGKILL from its child killed it");
	if (ended_with(status, UNHARMED))
		return blocked("unchanged", "kill() succeeds, and init lives on");
	return failed("the signal could not be sent");
}

PROBE(life_init_handler_only, "sends init a signal that it has no handler for, from inside")
{
	/* with a handler it runs: that is the twin */
	int status = signal_from_child(CLONE_NEWUSER | CLONE_NEWPID, SIGTERM, arg_twin());

	if (ended_with(status, HANDLED))
		return reached(NO_TOKEN, "init's handler ran");
	if (WIFSIGNALED(status))
		return reached(NO_TOKEN, "the signal killed init");
	if (ended_with(status, UNHARMED))
		return blocked("unchanged", "the signal is dropped");
	return failed("the signal could not be sent");
}

PROBE(life_init_outside_term, "sends SIGTERM to the init of a pid namespace from outside")
{
	int sig = arg_twin() ? SIGKILL : SIGTERM, ends[2], ready[2], status;
	char byte;
	pid_t pid;

	MUST(pipe2(ends, O_CLOEXEC));
	MUST(pipe2(ready, O_CLOEXEC));
	pid = (pid_t)MUST(level_fork(CLONE_NEWUSER | CLONE_NEWPID));
	if (pid == 0) {
		sigset_t none;

		signal(SIGTERM, SIG_DFL);
		sigemptyset(&none);
		MUST(sigprocmask(SIG_SETMASK, &none, NULL));
		MUST(write(ready[1], "x", 1));
		_exit(read(ends[0], &byte, 1) == 1 ? UNHARMED : 1);
	}
	MUST(read(ready[0], &byte, 1));
	MUST(kill(pid, sig));
	MUST(write(ends[1], "x", 1));
	status = level_wait(pid);
	if (WIFSIGNALED(status) && WTERMSIG(status) == sig)
		return reached(NO_TOKEN, "the signal from outside killed init");
	if (ended_with(status, UNHARMED))
		return blocked("unchanged", "the signal is dropped, though it comes from above");
	return failed("init ended in another way");
}

PROBE(life_pidfd_of_the_dead, "sends signal 0 through the pidfd of a process that has been reaped")
{
	pid_t pid = level_sleeper(0);
	AUTO_CLOSE int fd = (int)MUST(syscall(SYS_pidfd_open, pid, 0));
	bool twin = arg_twin();
	long r;

	if (!twin)
		level_kill(pid);
	r = syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0);
	if (r == 0 && twin)
		level_kill(pid);
	if (r < 0)
		return blocked_errno(errno, "pidfd_send_signal()");
	return reached(NO_TOKEN, "pidfd_send_signal() finds a process");
}

/* The last mount of a file system goes with its namespace, and whoever watched it is told. */
struct watched {
	int inotify, dir;
	bool keep;
};

static void mount_and_leave(struct watched *w)
{
	MUST(mount("nsproof", "/sys", "tmpfs", MS_NOSUID | MS_NODEV, "size=64k"));
	MUST(inotify_add_watch(w->inotify, "/sys", IN_CREATE));
	if (w->keep)
		w->dir = (int)MUST(open("/sys", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

PROBE(life_mounts_freed, "leaves a mount namespace and waits for the end of what it mounted")
{
	struct watched w = { .inotify = (int)MUST(inotify_init1(IN_CLOEXEC)), .dir = -1 };
	struct pollfd pfd = { .fd = w.inotify, .events = POLLIN };
	struct inotify_event events[16];
	int ends[2];
	pid_t pid;

	w.keep = arg_twin();
	MUST(pipe2(ends, O_CLOEXEC));
	/* one table of descriptors: what the child opens stays open here */
	pid = (pid_t)MUST(level_fork(CLONE_FILES | CLONE_NEWUSER | CLONE_NEWNS));
	if (pid == 0) {
		mount_and_leave(&w);
		MUST(write(ends[1], &w.dir, sizeof(w.dir)));
		_exit(0);
	}
	if (!ended_with(level_wait(pid), 0))
		return failed("the mount could not be made");
	MUST(read(ends[0], &w.dir, sizeof(w.dir)));
	/* the twin holds a directory on it, and so the mount */
	if (w.keep && poll(&pfd, 1, 0) == 0 && faccessat(w.dir, ".", F_OK, 0) == 0)
		return reached(NO_TOKEN, "what was mounted is still there");
	if (poll(&pfd, 1, LEVEL_LIMIT_MS) != 1)
		return reached(NO_TOKEN, "nothing tells of the end of the mount");
	MUST(read(w.inotify, events, sizeof(events)));
	if (!(events[0].mask & (IN_UNMOUNT | IN_IGNORED)))
		return failed("something else happened to the mount");
	return blocked("absent", "it was unmounted with its namespace");
}
