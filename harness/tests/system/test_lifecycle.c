// SPDX-License-Identifier: MIT
/*
 * The life of a container: statuses, the optional init, the death of its creator, set-up that fails
 * or takes too long. After each, nothing is left.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/file.h"
#include "container/cgroup.h"
#include "runner.h"
#include "stand.h"

static size_t fds_before, mounts_before;

static void look_before(void)
{
	fds_before = stand_fd_count();
	mounts_before = stand_mount_count();
}

static void look_after(void)
{
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG | __WALL), -1);
	ck_assert_int_eq(errno, ECHILD);
	ck_assert_uint_eq(stand_fd_count(), fds_before);
	ck_assert_uint_eq(stand_mount_count(), mounts_before);
}

/* ---- statuses, with and without init ---- */

static const struct {
	bool init;
	const char *script;
	int status; /* as for waitpid(2) */
	const char *out;
} ends[] = {
	{ false, "exit 0", W_EXITCODE(0, 0), "" },
	{ false, "exit 7", W_EXITCODE(7, 0), "" },
	{ true, "exit 0", W_EXITCODE(0, 0), "" },
	{ true, "exit 7", W_EXITCODE(7, 0), "" },
	{ true, "kill -KILL $$", W_EXITCODE(128 + SIGKILL, 0), "" },
	/* it is PID 1 that reaps the orphan, and the command is not PID 1 */
	{ true,
	  "test $$ != 1 && (sleep 0.05 &) ; sleep 0.3; "
	  "grep -l '^State:.Z' /proc/[0-9]*/status 2>/dev/null | wc -l",
	  W_EXITCODE(0, 0), "0\n" },
	/* the end of the command is the end of everything */
	{ true, "sleep 1000 & exit 3", W_EXITCODE(3, 0), "" },
};

START_TEST(statuses_come_through)
{
	struct container_spec spec = stand_spec(stand_sealed());
	AUTO_TEXT struct text out = { 0 };

	spec.init = ends[_i].init;
	ck_assert_int_eq(stand_script(&spec, ends[_i].script, &out), ends[_i].status);
	ck_assert_str_eq(out.str, ends[_i].out);
}
END_TEST

/* Starts a script and waits until it has written its first byte. */
static void start_script(struct container *c, struct container_spec *spec, const char *script)
{
	const char *argv[] = { "sh", "-c", script, NULL };
	AUTO_CLOSE int in = -1;
	struct pollfd pfd = { .events = POLLIN };
	struct err err = { 0 };
	int pipe_ends[2];

	ck_assert_int_eq(pipe2(pipe_ends, O_CLOEXEC), 0);
	in = pipe_ends[0];
	spec->argv = argv;
	spec->stdio[1] = pipe_ends[1];
	ck_assert_msg(container_start(c, spec, STAND_MS, &err) == 0, "%s", err.text);
	fd_close(&spec->stdio[1]);
	pfd.fd = in;
	ck_assert_int_eq(poll(&pfd, 1, STAND_MS), 1);
	ck_assert_msg(pfd.revents & POLLIN, "the script ended");
}

static const int forwarded[] = { SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGWINCH };

START_TEST(init_forwards_signals)
{
	struct container_spec spec = stand_spec(stand_sealed());
	AUTO_CONTAINER struct container c = CONTAINER_INIT;
	struct err err;
	int status;

	spec.init = true;
	start_script(&c, &spec,
		     "for s in TERM INT HUP USR1 WINCH; do trap \"exit 42\" $s; done; echo up; "
		     "while :; do sleep 0.02; done");
	ck_assert_int_eq(kill(c.pid, forwarded[_i]), 0);
	ck_assert_msg(container_wait(&c, STAND_MS, &status, &err) == 0, "%s", err.text);
	ck_assert_int_eq(status, W_EXITCODE(42, 0));
}
END_TEST

START_TEST(a_wait_has_a_deadline)
{
	struct container_spec spec = stand_spec(stand_sealed());
	AUTO_CONTAINER struct container c = CONTAINER_INIT;
	struct err err;
	int status = 4711;
	pid_t pid;

	start_script(&c, &spec, "echo up; sleep 1000");
	pid = c.pid;
	ck_assert_int_eq(container_wait(&c, 20, &status, &err), -ETIMEDOUT);
	ck_assert_int_eq(status, 4711);
	ck_assert_int_eq(kill(pid, 0), 0);
	container_done(&c);
	ck_assert_int_lt(kill(pid, 0), 0);
	ck_assert_int_eq(c.pid, 0);
	ck_assert_int_eq(c.pidfd, -1);
	container_done(&c);
}
END_TEST

/* ---- the death of the creator ---- */

/* A creator in a process of its own; tells the container's pid. Never returns. */
static _Noreturn void be_creator(guard_set guards, int out)
{
	const char *argv[] = { "sleep", "1000", NULL };
	struct container_spec spec = stand_spec(guards);
	struct container c;
	struct err err;

	spec.argv = argv;
	if (container_start(&c, &spec, STAND_MS, &err) < 0)
		_exit(1);
	if (write(out, &c.pid, sizeof(c.pid)) != sizeof(c.pid))
		_exit(1);
	for (;;)
		pause();
}

START_TEST(a_container_dies_with_its_creator)
{
	/* one stage, two stages, and without a pid namespace */
	const guard_set without[] = { GUARD(TIME), 0, GUARD(PID), GUARD(USER) };
	guard_set guards = guard_effective(stand_sealed() & ~without[_i]);
	AUTO_CLOSE int in = -1;
	pid_t creator, container = 0;
	bool gone = false;
	int pipe_ends[2], status;

	ck_assert_int_eq(pipe2(pipe_ends, O_CLOEXEC), 0);
	in = pipe_ends[0];
	/* its orphans become our children, so that we see the end of them */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	creator = fork();
	if (creator == 0)
		be_creator(guards, pipe_ends[1]);
	close(pipe_ends[1]);
	ck_assert_int_eq(read(in, &container, sizeof(container)), sizeof(container));
	ck_assert_int_eq(kill(container, 0), 0);
	ck_assert_int_eq(kill(creator, SIGKILL), 0);
	ck_assert_int_eq(waitpid(creator, NULL, 0), creator);
	for (int64_t end = clock_ms() + 2000; !gone && clock_ms() < end;)
		gone = waitpid(container, &status, WNOHANG | __WALL) != 0;
	if (!gone) {
		kill(container, SIGKILL);
		waitpid(container, &status, __WALL);
	}
	prctl(PR_SET_CHILD_SUBREAPER, 0);
	ck_assert_msg(gone, "it lives on");
}
END_TEST

/* ---- set-up that fails ---- */

static const char *const no_program[] = { "no-such-program", NULL };
static const struct bind_spec no_bind = { "/no-such-source", "/run/bind" };
static struct sock_fprog no_filter;

static void missing_root(struct container_spec *s)
{
	s->rootfs = "/no-such-root";
}

static void missing_program(struct container_spec *s)
{
	s->argv = no_program;
}

static void missing_workdir(struct container_spec *s)
{
	s->workdir = "/no-such-dir";
}

static void missing_bind(struct container_spec *s)
{
	s->binds = &no_bind;
	s->bind_count = 1;
}

static void long_hostname(struct container_spec *s)
{
	static char name[100];

	memset(name, 'x', sizeof(name) - 1);
	s->hostname = name;
}

static void empty_filter(struct container_spec *s)
{
	s->filter = &no_filter;
}

static void bad_leaf(struct container_spec *s)
{
	s->cgroup_fd = STAND_LEAK_FD;
}

static const struct {
	void (*spoil)(struct container_spec *spec);
	const char *starts; /* of the error's text: the step that failed */
	int num;
} failures[] = {
	{ missing_root, "/no-such-root: ", ENOENT },
	{ missing_program, "no-such-program: cannot be executed: ", ENOENT },
	{ missing_workdir, "working directory: /no-such-dir: ", ENOENT },
	{ missing_bind, "binds: /no-such-source: ", ENOENT },
	{ long_hostname, "hostname: sethostname: ", EINVAL },
	{ empty_filter, "seccomp filter: seccomp: ", EINVAL },
	{ bad_leaf, "clone3 with namespaces ", EBADF },
};

START_TEST(a_failing_step_names_itself)
{
	/* once in one stage, once in two */
	guard_set guards = stand_sealed() & ~(_i % 2 ? GUARD(TIME) : 0);
	struct container_spec spec = stand_spec(guards);
	const char *const argv[] = { "true", NULL };
	struct container c = CONTAINER_INIT;
	struct err err = { 0 };
	int i = _i / 2;

	spec.argv = argv;
	failures[i].spoil(&spec);
	ck_assert_int_eq(container_start(&c, &spec, STAND_MS, &err), -failures[i].num);
	ck_assert_int_eq(err.num, failures[i].num);
	ck_assert_msg(text_starts(err.text, failures[i].starts), "'%s'", err.text);
	ck_assert_int_eq(c.pid, 0);
	ck_assert_int_eq(c.pidfd, -1);
}
END_TEST

/* A frozen cgroup: what is born into it never gets to its first instruction. cgroups(7) */
START_TEST(set_up_has_a_deadline)
{
	guard_set guards = (stand_sealed() & ~(_i ? GUARD(TIME) : 0)) | GUARD(LEAF);
	struct container_spec spec = stand_spec(guards);
	const char *const argv[] = { "true", NULL };
	struct container c = CONTAINER_INIT;
	AUTO_CLOSE int leaf = -1;
	struct err err = { 0 };
	int64_t start = clock_ms();

	if (!(stand.abilities.guards & GUARD(LEAF)))
		return;
	leaf = cgroup_leaf(stand.cgroups.dir_fd, "frozen", &err);
	ck_assert_int_ge(leaf, 0);
	ck_assert_int_eq(file_write(leaf, "cgroup.freeze", "1"), 0);
	spec.cgroup_fd = leaf;
	spec.argv = argv;
	ck_assert_int_eq(container_start(&c, &spec, 100, &err), -ETIMEDOUT);
	ck_assert_int_ge(clock_ms() - start, 100);
	ck_assert_int_lt(clock_ms() - start, 2000);
	fd_close(&leaf);
	cgroup_leaf_remove(stand.cgroups.dir_fd, "frozen");
	ck_assert_int_lt(faccessat(stand.cgroups.dir_fd, "frozen", F_OK, 0), 0);
}
END_TEST

int main(int argc, char **argv)
{
	Suite *suite = suite_create("lifecycle");
	TCase *tc = tcase_create("lifecycle");
	int failed, status;

	status = argc > 1 ? stand_open(argv[1]) : 2;
	if (status)
		return status;
	tcase_add_checked_fixture(tc, look_before, look_after);
	tcase_add_loop_test(tc, statuses_come_through, 0, ARRAY_SIZE(ends));
	tcase_add_loop_test(tc, init_forwards_signals, 0, ARRAY_SIZE(forwarded));
	tcase_add_test(tc, a_wait_has_a_deadline);
	tcase_add_loop_test(tc, a_container_dies_with_its_creator, 0, 4);
	tcase_add_loop_test(tc, a_failing_step_names_itself, 0, 2 * ARRAY_SIZE(failures));
	tcase_add_loop_test(tc, set_up_has_a_deadline, 0, 2);
	suite_add_tcase(suite, tc);
	failed = run_suite(suite);
	stand_close();
	return failed;
}
