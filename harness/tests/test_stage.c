// SPDX-License-Identifier: MIT
/* Unit tests of the stages between a creator and its container: whole messages, or an error. */
#include <check.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
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

	err_set(&sent.err, EPERM, "masked paths: /proc/kcore");
	ck_assert_int_eq(stage_post(ends[0], &sent), 0);
	ck_assert_int_eq(stage_await(ends[1], 1000, &got), 1);
	ck_assert_int_eq(got.stage, STAGE_SPAWNED);
	ck_assert_int_eq(got.pid, 4711);
	ck_assert_int_eq(got.err.num, EPERM);
	ck_assert_str_eq(got.err.text, sent.err.text);
}
END_TEST

START_TEST(messages_keep_their_order)
{
	struct stage_message message = { .stage = STAGE_MAPPED };

	ck_assert_int_eq(stage_post(ends[0], &message), 0);
	message.stage = STAGE_GO;
	ck_assert_int_eq(stage_post(ends[0], &message), 0);
	ck_assert_int_eq(stage_await(ends[1], 1000, &message), 1);
	ck_assert_int_eq(message.stage, STAGE_MAPPED);
	ck_assert_int_eq(stage_await(ends[1], 1000, &message), 1);
	ck_assert_int_eq(message.stage, STAGE_GO);
}
END_TEST

START_TEST(silence_ends_in_time)
{
	struct stage_message message = { .stage = STAGE_RUNNING };

	ck_assert_int_eq(stage_await(ends[1], 20, &message), -ETIMEDOUT);
	ck_assert_int_eq(message.stage, STAGE_RUNNING);
}
END_TEST

START_TEST(the_end_of_the_other_side_is_seen)
{
	struct stage_message message = { .stage = STAGE_FAILED };

	ck_assert_int_eq(stage_post(ends[0], &message), 0);
	fd_close(&ends[0]);
	/* what was said before still counts */
	ck_assert_int_eq(stage_await(ends[1], 1000, &message), 1);
	ck_assert_int_eq(stage_await(ends[1], 1000, &message), 0);
	ck_assert_int_eq(stage_post(ends[1], &message), -EPIPE);
}
END_TEST

START_TEST(loose_bytes_are_an_error)
{
	struct stage_message message = { .stage = STAGE_RUNNING };

	ck_assert_int_eq(send(ends[0], "go", 2, 0), 2);
	ck_assert_int_eq(stage_await(ends[1], 1000, &message), -EPROTO);
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
	tcase_add_test(tc, silence_ends_in_time);
	tcase_add_test(tc, the_end_of_the_other_side_is_seen);
	tcase_add_test(tc, loose_bytes_are_an_error);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
