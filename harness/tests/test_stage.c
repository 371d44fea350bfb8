// SPDX-License-Identifier: MIT
/* Unit tests of the stages between a creator and its container: whole messages, or an error. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "container/stage.h"
#include "runner.h"

static int ends[2];

static void set_up(void)
{
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
}

static void tear_down(void)
{
	fd_close(&ends[0]);
	fd_close(&ends[1]);
}

START_TEST(a_message_arrives_whole)
{
	struct stage_message sent = { .stage = STAGE_SPAWNED, .pid = 4711 }, got = { 0 };
	int fd = 99;

	err_set(&sent.err, EPERM, "masked paths: /proc/kcore");
	ck_assert_int_eq(stage_post(ends[0], &sent, -1), 0);
	ck_assert_int_eq(stage_await(ends[1], 1000, &got, &fd), 1);
	ck_assert_int_eq(got.stage, STAGE_SPAWNED);
	ck_assert_int_eq(got.pid, 4711);
	ck_assert_int_eq(got.err.num, EPERM);
	ck_assert_str_eq(got.err.text, sent.err.text);
	ck_assert_int_eq(fd, -1);
}
END_TEST

START_TEST(messages_keep_their_order)
{
	struct stage_message message = { .stage = STAGE_MAPPED };

	ck_assert_int_eq(stage_post(ends[0], &message, -1), 0);
	message.stage = STAGE_GO;
	ck_assert_int_eq(stage_post(ends[0], &message, -1), 0);
	ck_assert_int_eq(stage_await(ends[1], 1000, &message, NULL), 1);
	ck_assert_int_eq(message.stage, STAGE_MAPPED);
	ck_assert_int_eq(stage_await(ends[1], 1000, &message, NULL), 1);
	ck_assert_int_eq(message.stage, STAGE_GO);
}
END_TEST

START_TEST(a_descriptor_crosses_close_on_exec)
{
	struct stage_message message = { .stage = STAGE_GO };
	AUTO_CLOSE int sent = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	AUTO_CLOSE int got = -1;
	struct stat a, b;

	ck_assert_int_eq(stage_post(ends[0], &message, sent), 0);
	ck_assert_int_eq(stage_await(ends[1], 1000, &message, &got), 1);
	ck_assert_int_ge(got, 0);
	ck_assert_int_eq(fcntl(got, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(fstat(sent, &a) | fstat(got, &b), 0);
	ck_assert_uint_eq(a.st_ino, b.st_ino);
}
END_TEST

START_TEST(a_descriptor_that_nobody_wants_is_closed)
{
	struct stage_message message = { .stage = STAGE_GO };
	AUTO_CLOSE int next = -1, again = -1;

	next = dup(0);
	ck_assert_int_ge(next, 0);
	again = next;
	ck_assert_int_eq(stage_post(ends[0], &message, 0), 0);
	fd_close(&next);
	ck_assert_int_eq(stage_await(ends[1], 1000, &message, NULL), 1);
	/* the lowest free number is free again */
	next = dup(0);
	ck_assert_int_eq(next, again);
	again = -1;
}
END_TEST

START_TEST(silence_ends_in_time)
{
	struct stage_message message = { .stage = STAGE_RUNNING };

	ck_assert_int_eq(stage_await(ends[1], 20, &message, NULL), -ETIMEDOUT);
	ck_assert_int_eq(message.stage, STAGE_RUNNING);
}
END_TEST

START_TEST(the_end_of_the_other_side_is_seen)
{
	struct stage_message message = { .stage = STAGE_FAILED };

	ck_assert_int_eq(stage_post(ends[0], &message, -1), 0);
	fd_close(&ends[0]);
	/* what was said before still counts */
	ck_assert_int_eq(stage_await(ends[1], 1000, &message, NULL), 1);
	ck_assert_int_eq(stage_await(ends[1], 1000, &message, NULL), 0);
	ck_assert_int_eq(stage_post(ends[1], &message, -1), -EPIPE);
}
END_TEST

START_TEST(loose_bytes_are_an_error)
{
	struct stage_message message = { .stage = STAGE_RUNNING };

	ck_assert_int_eq(send(ends[0], "go", 2, 0), 2);
	ck_assert_int_eq(stage_await(ends[1], 1000, &message, NULL), -EPROTO);
	ck_assert_int_eq(message.stage, STAGE_RUNNING);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("stage");
	TCase *tc = tcase_create("stage");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, a_message_arrives_whole);
	tcase_add_test(tc, messages_keep_their_order);
	tcase_add_test(tc, a_descriptor_crosses_close_on_exec);
	tcase_add_test(tc, a_descriptor_that_nobody_wants_is_closed);
	tcase_add_test(tc, silence_ends_in_time);
	tcase_add_test(tc, the_end_of_the_other_side_is_seen);
	tcase_add_test(tc, loose_bytes_are_an_error);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
