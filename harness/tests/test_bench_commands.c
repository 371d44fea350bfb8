// SPDX-License-Identifier: MIT
/* Whole commands: what hyperfine wrote, what a runtime has made, and running programs. */
#include <check.h>
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "bench/hyperfine.h"
#include "bench/process.h"
#include "bench/six.h"
#include "runner.h"

/* as hyperfine 1.15 writes it */
#define RESULT(times)                                                                              \
	"{\"results\": [{\"command\": \"true\", \"mean\": 0.002, \"stddev\": null, \"times\": "    \
	"[" times "], \"exit_codes\": [0]}]}"

START_TEST(times_are_read_in_their_order)
{
	struct err err = { 0 };
	double times[3] = { 0 };
	json_t *result = NULL;

	ck_assert_int_eq(hyperfine_parse(RESULT("0.003, 0.001, 0.0020005"), 3, times, &result,
					 &err),
			 0);
	ck_assert_double_eq_tol(times[0], 3e6, 1e-3);
	ck_assert_double_eq_tol(times[1], 1e6, 1e-3);
	ck_assert_double_eq_tol(times[2], 2000500, 1e-3);
	ck_assert_str_eq(json_string_value(json_object_get(result, "command")), "true");
	json_decref(result);
}
END_TEST

START_TEST(other_results_are_refused)
{
	static const char *const bad[] = {
		"",
		"{}",
		"{\"results\": []}",
		"{\"results\": [{\"times\": 1}]}",
		RESULT("0.001"),
		RESULT("0.001, 0.002, 0.003"),
		RESULT("0.001, 0"),
		RESULT("0.001, -1"),
		RESULT("0.001, \"0.002\""),
		RESULT("0.001, null"),
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct err err = { 0 };
		double times[2] = { 7, 8 };

		ck_assert_int_eq(hyperfine_parse(bad[i], 2, times, NULL, &err), -EPROTO);
		ck_assert(strlen(err.text) > 0);
		ck_assert(times[0] == 7 && times[1] == 8);
	}
}
END_TEST

#define SIX(mnt, pid, net, ipc, uts, cgroup)                                                       \
	"mnt:[" #mnt "]\npid:[" #pid "]\nnet:[" #net "]\nipc:[" #ipc "]\nuts:[" #uts               \
	"]\ncgroup:[" #cgroup "]\n"

static const char outside[] = "pid=77\n" SIX(1, 2, 3, 4, 5, 6);

START_TEST(six_new_namespaces_and_pid_1)
{
	struct err err = { 0 };

	ck_assert_int_eq(six_check(outside, "pid=1\n" SIX(11, 12, 13, 14, 15, 16), &err), 0);
	/* a longer number that begins alike is another one; what else is printed does not matter */
	ck_assert_int_eq(six_check(outside,
				   "WARN: something\r\npid=1\r\n" SIX(11, 21, 31, 41, 51, 61),
				   &err),
			 0);
}
END_TEST

START_TEST(whatever_is_missing_is_named)
{
	static const struct {
		const char *inside, *text;
		int num;
	} bad[] = {
		{ "", "says nothing", EPROTO },
		{ SIX(11, 12, 13, 14, 15, 16), "says nothing", EPROTO },
		{ "pid=2\n" SIX(11, 12, 13, 14, 15, 16), "not PID 1 but 2", EOPNOTSUPP },
		{ "pid=12\n" SIX(11, 12, 13, 14, 15, 16), "not PID 1 but 12", EOPNOTSUPP },
		{ "pid=1\n" SIX(1, 12, 13, 14, 15, 16), "no mnt namespace", EOPNOTSUPP },
		{ "pid=1\n" SIX(11, 2, 13, 14, 15, 16), "no pid namespace", EOPNOTSUPP },
		{ "pid=1\n" SIX(11, 12, 3, 14, 15, 16), "no net namespace", EOPNOTSUPP },
		{ "pid=1\n" SIX(11, 12, 13, 4, 15, 16), "no ipc namespace", EOPNOTSUPP },
		{ "pid=1\n" SIX(11, 12, 13, 14, 5, 16), "no uts namespace", EOPNOTSUPP },
		{ "pid=1\n" SIX(11, 12, 13, 14, 15, 6), "no cgroup namespace", EOPNOTSUPP },
		{ "pid=1\nmnt:[11]\n", "does not say which pid", EPROTO },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct err err = { 0 };

		ck_assert_int_eq(six_check(outside, bad[i].inside, &err), -bad[i].num);
		ck_assert_msg(strstr(err.text, bad[i].text), "%s", err.text);
	}
}
END_TEST

START_TEST(programs_run_and_are_judged)
{
	AUTO_TEXT struct text out = { 0 };
	const char *const fails[] = { "/bin/sh", "-c", "echo one; echo the last >&2; exit 5",
				      NULL };
	const char *const dies[] = { "/bin/sh", "-c", "kill -9 $$", NULL };
	struct err err = { 0 };

	ck_assert_int_eq(process_run("/bin/echo two words", 10000, &out, &err), 0);
	ck_assert_str_eq(out.str, "two words\n");
	ck_assert_int_eq(process_run_words(fails, 10000, &out, &err), -ECHILD);
	ck_assert_str_eq(err.text, "/bin/sh: status 5: the last");
	ck_assert_int_eq(process_run_words(dies, 10000, &out, &err), -ECHILD);
	ck_assert_str_eq(err.text, "/bin/sh: killed by signal 9");
	ck_assert_int_eq(process_run("/nonexistent/program", 10000, &out, &err), -ENOENT);
}
END_TEST

START_TEST(deadline_kills_all_of_it)
{
	AUTO_TEXT struct text out = { 0 };
	const char *const words[] = { "/bin/sh", "-c", "sleep 30; true", NULL };
	struct err err = { 0 };
	int64_t start = clock_ms();

	ck_assert_int_eq(process_run_words(words, 300, &out, &err), -ETIMEDOUT);
	ck_assert_int_lt(clock_ms() - start, 10000);
}
END_TEST

START_TEST(programs_are_looked_up)
{
	char path[256];
	struct err err = { 0 };

	ck_assert_int_eq(process_find("sh", path, sizeof(path), &err), 0);
	ck_assert_int_eq(path[0], '/');
	ck_assert_int_eq(process_find("no-such-program", path, sizeof(path), &err), -ENOENT);
	ck_assert_str_eq(err.text, "no-such-program is not installed");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("bench_commands");
	TCase *all = tcase_create("all");

	tcase_add_test(all, times_are_read_in_their_order);
	tcase_add_test(all, other_results_are_refused);
	tcase_add_test(all, six_new_namespaces_and_pid_1);
	tcase_add_test(all, whatever_is_missing_is_named);
	tcase_add_test(all, programs_run_and_are_judged);
	tcase_add_test(all, deadline_kills_all_of_it);
	tcase_add_test(all, programs_are_looked_up);
	suite_add_tcase(suite, all);
	return run_suite(suite);
}
