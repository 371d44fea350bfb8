// SPDX-License-Identifier: MIT
/* Waiting for children: deadlines hold, and signals that come meanwhile change nothing. */
#include <check.h>
#include <errno.h>
#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/clock.h"
#include "runner.h"

enum { LONG_MS = 30000, SHORT_MS = 60, TICK_US = 5000 };

static volatile sig_atomic_t ticks;

static void tick(int signal)
{
	(void)signal;
	ticks = ticks + 1;
}

/* From now on a signal every few milliseconds, which interrupts system calls. */
static void setup(void)
{
	const struct sigaction action = { .sa_handler = tick };
	const struct itimerval often = { { 0, TICK_US }, { 0, TICK_US } };

	ck_assert_int_eq(sigaction(SIGALRM, &action, NULL), 0);
	ck_assert_int_eq(setitimer(ITIMER_REAL, &often, NULL), 0);
}

static void teardown(void)
{
	static const struct itimerval never;

	setitimer(ITIMER_REAL, &never, NULL);
}

static pid_t start(int sleep_ms, int status)
{
	pid_t pid = fork();

	if (pid == 0) {
		int64_t end = clock_ms() + sleep_ms;

		while (clock_ms() < end)
			usleep(TICK_US);
		_exit(status);
	}
	ck_assert_int_gt(pid, 0);
	return pid;
}

START_TEST(a_child_that_ends_is_left_to_be_reaped)
{
	pid_t pid = start(SHORT_MS, 7);
	int status;

	ck_assert(child_ends(pid, LONG_MS));
	ck_assert_int_gt(ticks, 0);
	status = child_reap(pid);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 7);
	ck_assert_int_eq(child_reap(pid), -1);
}
END_TEST

START_TEST(one_that_goes_on_is_given_up_in_time)
{
	pid_t pid = start(LONG_MS, 0);
	int64_t begun = clock_ms();
	int status;

	ck_assert(!child_ends(pid, SHORT_MS));
	ck_assert_int_ge(clock_ms() - begun, SHORT_MS);
	ck_assert_int_lt(clock_ms() - begun, LONG_MS / 2);
	ck_assert_int_gt(ticks, 0);
	kill(pid, SIGKILL);
	status = child_reap(pid);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}
END_TEST

START_TEST(signals_do_not_cut_reaping_short)
{
	pid_t pid = start(SHORT_MS, 3);
	int status = child_reap(pid);

	ck_assert_int_gt(ticks, 0);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 3);
}
END_TEST

START_TEST(nobody_ends_and_nobody_is_reaped)
{
	pid_t pid = start(0, 0);

	child_reap(pid);
	ck_assert(!child_ends(pid, SHORT_MS));
	ck_assert_int_eq(child_reap(pid), -1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("child");
	TCase *tc = tcase_create("child");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_child_that_ends_is_left_to_be_reaped);
	tcase_add_test(tc, one_that_goes_on_is_given_up_in_time);
	tcase_add_test(tc, signals_do_not_cut_reaping_short);
	tcase_add_test(tc, nobody_ends_and_nobody_is_reaped);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
