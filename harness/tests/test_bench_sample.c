// SPDX-License-Identifier: MIT
/* Sampling with a clock of our own: order, warm-up, when it ends, and what a failure does. */
#include <check.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/cleanup.h"
#include "bench/sample.h"
#include "runner.h"

static int64_t clock_ns;
static char order[4096];

static int64_t now(void)
{
	return clock_ns;
}

/* A scenario that takes as long as it says, and writes down who was asked when. */
struct fake {
	char letter;
	int64_t ns;
	size_t asked, fails_at; /* 0: never */
	bool wavers;            /* between ns and three times that */
	volatile sig_atomic_t *stop;
};

static int take(void *state, struct bench_sample *ret, struct err *err)
{
	struct fake *f = state;
	int64_t ns = f->ns;

	f->asked++;
	if (f->asked == f->fails_at)
		return err_set(err, ENOENT, "the probe is missing");
	if (f->wavers && f->asked % 2)
		ns *= 3;
	if (strlen(order) < sizeof(order) - 1)
		order[strlen(order)] = f->letter;
	clock_ns += ns;
	ret->value = (double)ns;
	ret->parts[1] = (double)f->asked;
	if (f->stop && f->asked == 3)
		*f->stop = 1;
	return 0;
}

static void begin(void)
{
	clock_ns = 1000;
	memset(order, 0, sizeof(order));
}

static struct series series_of(struct fake *f)
{
	return (struct series){ .sample = take, .state = f };
}

START_TEST(order_turns_with_each_round)
{
	struct fake a = { 'a', 10 }, b = { 'b', 20 };
	struct series two[] = { series_of(&a), series_of(&b) };
	const struct sampling how = { now, 0, 1000000, .most = 4, .few = 4, .enough = 4 };
	enum sampling_end end;
	struct err err = { 0 };

	begin();
	ck_assert_int_eq(sample_rounds(two, 2, &how, &end, &err), 0);
	ck_assert_int_eq(end, ENDED_ROUNDS);
	ck_assert_str_eq(order, "abbaabba");
	ck_assert_uint_eq(two[0].count, 4);
	ck_assert_uint_eq(two[1].count, 4);
	series_done(&two[0]);
	series_done(&two[1]);
}
END_TEST

START_TEST(warm_up_is_thrown_away)
{
	struct fake a = { 'a', 10 };
	struct series one = series_of(&a);
	const struct sampling how = { now,       0,        1000000,    .warm_up = 3,
				      .most = 2, .few = 2, .enough = 2 };
	enum sampling_end end;
	struct err err = { 0 };
	double parts[2];

	begin();
	ck_assert_int_eq(sample_rounds(&one, 1, &how, &end, &err), 0);
	ck_assert_uint_eq(a.asked, 5);
	ck_assert_uint_eq(one.count, 2);
	series_parts(&one, 1, parts);
	ck_assert_double_eq(parts[0], 4);
	series_done(&one);
}
END_TEST

START_TEST(precision_ends_it)
{
	struct fake a = { 'a', 10 };
	struct series one = series_of(&a);
	const struct sampling how = { now, 0.02, 1000000, .few = 5, .enough = 10, .most = 1000 };
	enum sampling_end end;
	struct err err = { 0 };

	begin();
	ck_assert_int_eq(sample_rounds(&one, 1, &how, &end, &err), 0);
	ck_assert_int_eq(end, ENDED_PRECISE);
	ck_assert_uint_eq(one.count, 10);
	series_done(&one);
}
END_TEST

START_TEST(one_that_wavers_keeps_all_going_until_the_time_is_up)
{
	struct fake a = { 'a', 10 }, b = { 'b', 10, .wavers = true };
	struct series two[] = { series_of(&a), series_of(&b) };
	const struct sampling how = { now, 0.02, 3000, .few = 10, .enough = 10, .most = 100000 };
	enum sampling_end end;
	struct err err = { 0 };

	begin();
	ck_assert_int_eq(sample_rounds(two, 2, &how, &end, &err), 0);
	ck_assert_int_eq(end, ENDED_TIME);
	ck_assert_uint_eq(two[0].count, 100);
	ck_assert_uint_eq(two[1].count, 100);
	series_done(&two[0]);
	series_done(&two[1]);
}
END_TEST

START_TEST(too_few_are_not_enough_even_when_the_time_is_up)
{
	struct fake a = { 'a', 10000 };
	struct series one = series_of(&a);
	const struct sampling how = { now, 0.02, 1, .few = 7, .enough = 7, .most = 1000 };
	enum sampling_end end;
	struct err err = { 0 };

	begin();
	ck_assert_int_eq(sample_rounds(&one, 1, &how, &end, &err), 0);
	ck_assert_int_eq(end, ENDED_TIME);
	ck_assert_uint_eq(one.count, 7);
	series_done(&one);
}
END_TEST

START_TEST(a_failed_sample_ends_it_with_its_reason)
{
	struct fake a = { 'a', 10, .fails_at = 5 };
	struct series one = series_of(&a);
	const struct sampling how = { now, 0, 1000000, .few = 50, .enough = 50, .most = 50 };
	enum sampling_end end;
	struct err err = { 0 };

	begin();
	ck_assert_int_eq(sample_rounds(&one, 1, &how, &end, &err), -ENOENT);
	ck_assert_str_eq(err.text, "sample 5: the probe is missing");
	ck_assert_uint_eq(one.count, 4);
	series_done(&one);
}
END_TEST

START_TEST(a_failure_in_the_warm_up_counts_too)
{
	struct fake a = { 'a', 10, .fails_at = 2 };
	struct series one = series_of(&a);
	const struct sampling how = {
		now, 0, 1000, .warm_up = 3, .few = 5, .enough = 5, .most = 5
	};
	enum sampling_end end;
	struct err err = { 0 };

	begin();
	ck_assert_int_eq(sample_rounds(&one, 1, &how, &end, &err), -ENOENT);
	ck_assert_str_eq(err.text, "warm-up: the probe is missing");
	series_done(&one);
}
END_TEST

START_TEST(who_wants_it_to_stop_is_heard)
{
	volatile sig_atomic_t stop = 0;
	struct fake a = { 'a', 10, .stop = &stop };
	struct series one = series_of(&a);
	const struct sampling how = { now,          0,          1000000,      .few = 50,
				      .enough = 50, .most = 50, .stop = &stop };
	enum sampling_end end;
	struct err err = { 0 };

	begin();
	ck_assert_int_eq(sample_rounds(&one, 1, &how, &end, &err), 0);
	ck_assert_int_eq(end, ENDED_STOPPED);
	ck_assert_uint_eq(one.count, 3);
	series_done(&one);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("bench_sample");
	TCase *tc = tcase_create("sample");

	tcase_add_test(tc, order_turns_with_each_round);
	tcase_add_test(tc, warm_up_is_thrown_away);
	tcase_add_test(tc, precision_ends_it);
	tcase_add_test(tc, one_that_wavers_keeps_all_going_until_the_time_is_up);
	tcase_add_test(tc, too_few_are_not_enough_even_when_the_time_is_up);
	tcase_add_test(tc, a_failed_sample_ends_it_with_its_reason);
	tcase_add_test(tc, a_failure_in_the_warm_up_counts_too);
	tcase_add_test(tc, who_wants_it_to_stop_is_heard);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
