// SPDX-License-Identifier: MIT
/* Servers of samples: what they say, and shells that play good and bad ones. */
#include <check.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "bench/peer.h"
#include "runner.h"

static const struct {
	const char *line;
	int r;
	const char *text; /* the unit, or the error */
} greetings[] = {
	{ "ready ns", 0, "ns" },
	{ "ready bytes", 0, "bytes" },
	{ "skipped no such device", -EOPNOTSUPP, "no such device" },
	{ "error out of memory", -ECANCELED, "out of memory" },
	{ "hello", -EPROTO, "it does not say that it is ready but 'hello'" },
	{ "", -EPROTO, "it does not say that it is ready but ''" },
};

START_TEST(a_greeting_is_understood)
{
	char unit[16] = "untouched";
	struct err err = { 0 };

	ck_assert_int_eq(peer_greeting(greetings[_i].line, unit, &err), greetings[_i].r);
	ck_assert_str_eq(greetings[_i].r ? err.text : unit, greetings[_i].text);
	ck_assert(greetings[_i].r == 0 || !strcmp(unit, "untouched"));
}
END_TEST

static const struct {
	const char *line;
	int r;
	double value;
} answers[] = {
	{ "148213", 0, 148213 },        { "0", 0, 0 },
	{ "1.5e3", 0, 1500 },           { "", -EPROTO, 77 },
	{ "-1", -EPROTO, 77 },          { "12 34", -EPROTO, 77 },
	{ "nan", -EPROTO, 77 },         { "inf", -EPROTO, 77 },
	{ "12x", -EPROTO, 77 },         { "ready", -EPROTO, 77 },
	{ "error no", -ECANCELED, 77 },
};

START_TEST(an_answer_is_understood)
{
	struct err err = { 0 };
	double value = 77;

	ck_assert_int_eq(peer_answer(answers[_i].line, &value, &err), answers[_i].r);
	ck_assert_double_eq(value, answers[_i].value);
}
END_TEST

/* What a shell with this script says to two questions, or at its start. */
static const struct {
	const char *script;
	int start, first, second;
	const char *text;
} shells[] = {
	{ "echo ready ns; read a; echo 5; read a; echo 6; cat", 0, 0, 0, "" },
	{ "echo ready ns; read a; echo 5; echo 6; cat", 0, 0, 0, "" },
	{ "printf 'ready'; sleep 0.1; echo ' ns'; read a; printf 5; sleep 0.1; echo; echo 6; cat",
	  0, 0, 0, "" },
	{ "echo ready ns; read a; echo 5; read a; echo error it broke", 0, 0, -ECANCELED,
	  "it: it broke" },
	{ "echo ready ns; read a; echo 5; read a; exit 3", 0, 0, -ENODATA,
	  "it: it ended without an answer" },
	{ "echo ready ns; kill -9 $$", 0, -ENODATA, 0, "it: it ended without an answer" },
	{ "echo ready ns; exec sleep 100", 0, -ETIMEDOUT, 0, "it: no answer in time" },
	{ "echo ready ns; trap '' TERM INT; read a; read a; sleep 100", 0, -ETIMEDOUT, 0,
	  "it: no answer in time" },
	{ "echo ready ns; sleep 100 & exit 0", 0, -ENODATA, 0, "it: it ended without an answer" },
	{ "echo ready ns; exec yes '' | tr -d '\\n' ", 0, -ETIMEDOUT, 0, "it: no answer in time" },
	{ "echo ready ns; exec tr '\\0' x </dev/zero", 0, -EPROTO, 0, "it: an answer without end" },
	{ "sleep 100", -ETIMEDOUT, 0, 0, "it: no answer in time" },
	{ "echo skipped not here", -EOPNOTSUPP, 0, 0, "it: not here" },
	{ "echo error full", -ECANCELED, 0, 0, "it: full" },
	{ "echo 'nsproof: no scenario x' >&2; exit 4", -EOPNOTSUPP, 0, 0, "it: no scenario x" },
	{ "echo 'nsproof: unknown option' >&2; exit 2", -EPROTO, 0, 0,
	  "it: no nsproof that serves samples: unknown option" },
	{ "exit 0", -EPROTO, 0, 0, "it: no nsproof that serves samples: it says nothing" },
	{ "printf 'a\\033[2Jb\\nc' >&2; exit 3", -ECHILD, 0, 0, "it: a\\x1b[2Jb" },
	{ "kill -9 $$", -ECHILD, 0, 0, "it: signal 9 ended it before it was ready" },
};

static size_t open_fds(void)
{
	AUTO_DIR DIR *dir = opendir("/proc/self/fd");
	size_t count = 0;

	while (readdir(dir))
		count++;
	return count;
}

START_TEST(every_shell_ends_well)
{
	const char *const argv[] = { "/bin/sh", "-c", shells[_i].script, NULL };
	const struct peer_spec spec = { "it", argv, 1000, 500 };
	AUTO_PEER struct peer p = PEER_INIT;
	struct bench_sample sample = { 0 };
	struct err err = { 0 };
	size_t fds = open_fds();
	int64_t start = clock_ms();

	ck_assert_int_eq(peer_start(&p, &spec, &err), shells[_i].start);
	if (!shells[_i].start) {
		ck_assert_str_eq(p.unit, "ns");
		ck_assert_int_eq(peer_sample(&p, &sample, &err), shells[_i].first);
	}
	if (!shells[_i].start && !shells[_i].first) {
		ck_assert_double_eq(sample.value, 5);
		ck_assert_int_eq(peer_sample(&p, &sample, &err), shells[_i].second);
		ck_assert_double_eq(sample.value, shells[_i].second ? 5 : 6);
	}
	ck_assert_str_eq(err.text, shells[_i].text);
	peer_stop(&p);
	peer_stop(&p);
	/* nothing is waited for in vain, left to reap or left open */
	ck_assert_int_lt(clock_ms() - start, 5000);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
	ck_assert_int_eq(errno, ECHILD);
	ck_assert_uint_eq(open_fds(), fds);
}
END_TEST

START_TEST(a_program_that_is_not_there)
{
	const char *const argv[] = { "/no/such/program", NULL };
	const struct peer_spec spec = { "it", argv, 1000, 500 };
	struct peer p = PEER_INIT;
	struct err err;

	ck_assert_int_eq(peer_start(&p, &spec, &err), -ENOENT);
	ck_assert_str_eq(err.text, "it: cannot be opened: No such file or directory");
}
END_TEST

START_TEST(a_file_that_is_no_program)
{
	const char *const argv[] = { "/etc/passwd", NULL };
	const struct peer_spec spec = { "it", argv, 1000, 500 };
	struct peer p = PEER_INIT;
	struct err err;

	ck_assert_int_eq(peer_start(&p, &spec, &err), -EPROTO);
	ck_assert_str_eq(err.text, "it: no nsproof that serves samples: Exec format error");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("bench_peer");
	TCase *tc = tcase_create("bench_peer");

	tcase_add_loop_test(tc, a_greeting_is_understood, 0, ARRAY_SIZE(greetings));
	tcase_add_loop_test(tc, an_answer_is_understood, 0, ARRAY_SIZE(answers));
	tcase_add_loop_test(tc, every_shell_ends_well, 0, ARRAY_SIZE(shells));
	tcase_add_test(tc, a_program_that_is_not_there);
	tcase_add_test(tc, a_file_that_is_no_program);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
