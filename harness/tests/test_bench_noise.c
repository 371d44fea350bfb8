// SPDX-License-Identifier: MIT
/* Noise: what is named, and what is left to pass. */
#include <check.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "bench/noise.h"
#include "runner.h"

static const struct judgement {
	struct noise after;
	const char *want;
} judgements[] = {
	{ { .total = 1000, .cpus = 2 }, "" },
	{ { .total = 1000, .steal = 20, .cpus = 2 }, "" },
	{ { .total = 1000, .steal = 30, .cpus = 2 }, "the hypervisor took 3 % of the time" },
	{ { .total = 1000, .others = 50, .cpus = 2 }, "" },
	{ { .total = 1000, .others = 60, .cpus = 2 }, "other programs used 12 % of a processor" },
	{ { .total = 1000, .others = 500, .cpus = 64 },
	  "other programs used 3200 % of a processor" },
	{ { .total = 1000, .throttled = 1 }, "a processor was throttled for its heat" },
	{ { .total = 1000, .khz_high = 2500000 }, "processors went from 3000 to 2500 MHz" },
	{ { .total = 1000, .khz_high = 3400000 }, "processors went from 3000 to 3400 MHz" },
	{ { .total = 1000, .khz_high = 2900000 }, "" },
};

START_TEST(what_disturbs_is_named)
{
	const struct judgement *j = &judgements[_i];
	struct noise before = { .khz_high = j->after.khz_high ? 3000000 : 0 };
	char said[120];

	noise_judge(&before, &j->after, said, sizeof(said));
	ck_assert_str_eq(said, j->want);
}
END_TEST

/* A counter that went backwards (a processor was taken away) is no noise. */
START_TEST(counters_that_shrink_are_ignored)
{
	const struct noise before = { .total = 5000, .steal = 500, .others = 400, .cpus = 2 };
	const struct noise after = { .total = 6000, .steal = 100, .others = 10, .cpus = 2 };
	char said[120];

	noise_judge(&before, &after, said, sizeof(said));
	ck_assert_str_eq(said, "");
	noise_judge(&after, &before, said, sizeof(said));
	ck_assert_str_eq(said, "");
}
END_TEST

static const struct stat_line {
	const char *line;
	uint64_t want;
} stat_lines[] = {
	{ "1 (init) S 0 1 1 0 -1 4194560 1 2 3 4 10 20 300 4000 20 0 1 0 5", 4330 },
	{ "7 (a) b (c) R 0 1 1 0 -1 4194560 1 2 3 4 1 2 3 4 20 0 1 0 5", 10 },
	{ "2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 10 20 30 40 20 0 1 0 5", 0 },
	{ "1 (init) S 0 1", 0 },
	{ "", 0 },
};

START_TEST(ticks_of_programs_are_read)
{
	ck_assert_uint_eq(noise_ticks(stat_lines[_i].line), stat_lines[_i].want);
}
END_TEST

START_TEST(the_machine_can_be_read)
{
	struct noise before, after;

	noise_read(&before);
	/* a clock tick is 10 ms at most */
	usleep(50000);
	noise_read(&after);
	ck_assert_uint_gt(before.cpus, 0);
	ck_assert_uint_gt(before.others, 0);
	ck_assert_uint_gt(after.total, before.total);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("bench_noise");
	TCase *tc = tcase_create("noise");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, what_disturbs_is_named, 0, ARRAY_SIZE(judgements));
	tcase_add_test(tc, counters_that_shrink_are_ignored);
	tcase_add_loop_test(tc, ticks_of_programs_are_read, 0, ARRAY_SIZE(stat_lines));
	tcase_add_test(tc, the_machine_can_be_read);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
