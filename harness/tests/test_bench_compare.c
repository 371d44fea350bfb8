// SPDX-License-Identifier: MIT
/* What two runs say about each other, and which processors a scenario is bound to. */
#include <check.h>
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "bench/compare.h"
#include "bench/pin.h"
#include "runner.h"

static const struct {
	struct interval likely;
	enum change change;
} judged[] = {
	/* the threshold is 5 %: from 1 / 1.05 = 0.952 to 1.05 */
	{ { 0.99, 1.01 }, CHANGE_SAME },   { { 0.953, 1.049 }, CHANGE_SAME },
	{ { 1.06, 1.20 }, CHANGE_SLOWER }, { { 1.0501, 9 }, CHANGE_SLOWER },
	{ { 0.80, 0.95 }, CHANGE_FASTER }, { { 0.1, 0.952 }, CHANGE_FASTER },
	{ { 1.04, 1.20 }, CHANGE_NOISY },  { { 0.90, 0.96 }, CHANGE_NOISY },
	{ { 0.5, 2 }, CHANGE_NOISY },      { { 0.951, 1 }, CHANGE_NOISY },
	{ { 1, 1.051 }, CHANGE_NOISY },
};

START_TEST(the_interval_decides)
{
	ck_assert_int_eq(compare_judge(&judged[_i].likely, 0.05), judged[_i].change);
}
END_TEST

enum { COUNT = 100 };

/* Around `middle`, up to 2 % up and down, in an order of its own for each `step` without a divisor of COUNT. */
static void fill(double *ret, double middle, int step)
{
	for (int i = 0; i < COUNT; i++)
		ret[i] = middle * (0.98 + 0.04 * (i * step % COUNT) / COUNT);
}

static const size_t ends[] = { 20, 40, 40, 60, 80, 100 }; /* one of the pairs brought nothing */

START_TEST(interleaved_runs_need_no_floor)
{
	double base[COUNT], now[COUNT];
	struct bench_comparison c = { 0 };
	struct err err;

	fill(base, 100, 61);
	fill(now, 120, 37);
	ck_assert_int_eq(compare_interleaved(base, now, ends, 6, 0.05, &c, &err), 0);
	ck_assert_int_eq(c.change, CHANGE_SLOWER);
	ck_assert_double_eq_tol(c.ratio, 1.2, 0.001);
	ck_assert(c.likely.low <= c.ratio && c.ratio <= c.likely.high);
	ck_assert_str_eq(c.reason, "");
	ck_assert_int_eq(compare_interleaved(now, base, ends, 6, 0.05, &c, &err), 0);
	ck_assert_int_eq(c.change, CHANGE_FASTER);
	ck_assert_int_eq(compare_interleaved(now, base, ends, 6, 0.30, &c, &err), 0);
	ck_assert_int_eq(c.change, CHANGE_SAME);
	ck_assert_int_eq(compare_interleaved(base, now, ends, 6, 0.20, &c, &err), 0);
	ck_assert_int_eq(c.change, CHANGE_NOISY);
	ck_assert_str_eq(c.reason, "the interval reaches across the threshold");
}
END_TEST

/* Ratios of five pairs of processes, each of which is quite sure of its own. */
static const struct {
	double pairs[5];
	enum change change;
} paired[] = {
	{ { 1.1, 1.1, 1.1, 1.1, 1.1 }, CHANGE_SLOWER },
	{ { 1.12, 1.08, 1.1, 1.09, 1.11 }, CHANGE_SLOWER },
	{ { 1.12, 1.08, 1.1, 0.99, 1.11 }, CHANGE_NOISY },
	{ { 1.02, 1.2, 1.1, 1.04, 1.14 }, CHANGE_NOISY },
	{ { 0.85, 0.86, 0.87, 0.9, 0.88 }, CHANGE_FASTER },
	{ { 0.8, 0.8, 1.03, 0.8, 0.8 }, CHANGE_NOISY },
	{ { 1, 1, 1.01, 0.99, 1.02 }, CHANGE_SAME },
	{ { 1, 1.09, 1, 0.92, 1 }, CHANGE_NOISY },
};

START_TEST(pairs_of_processes_are_samples_too)
{
	double base[COUNT], now[COUNT];
	struct bench_comparison c = { 0 };
	struct err err;
	bool clear;

	for (size_t i = 0; i < COUNT; i++) {
		base[i] = 100;
		now[i] = 100 * paired[_i].pairs[i / 20];
	}
	ck_assert_int_eq(compare_interleaved(base, now, ends, 6, 0.05, &c, &err), 0);
	ck_assert_msg(c.change == paired[_i].change, "%s: %g to %g", change_names[c.change],
		      c.likely.low, c.likely.high);
	ck_assert_int_eq(compare_is_clear(base, now, ends, 6, 0.05, &clear, &err), 0);
	ck_assert_int_eq(clear, c.change != CHANGE_NOISY);
}
END_TEST

/* The means of the pairs lie close together, the rounds within them far apart. */
START_TEST(rounds_are_samples_too)
{
	double base[COUNT], now[COUNT];
	struct bench_comparison c = { 0 };
	struct err err;
	bool clear = true;

	for (size_t i = 0; i < COUNT; i++) {
		base[i] = 100;
		now[i] = i % 20 < 10 ? 80 : 120;
	}
	ck_assert_int_eq(compare_is_clear(base, now, ends, 6, 0.05, &clear, &err), 0);
	ck_assert(!clear);
	ck_assert_int_eq(compare_interleaved(base, now, ends, 6, 0.05, &c, &err), 0);
	ck_assert_int_eq(c.change, CHANGE_NOISY);
}
END_TEST

START_TEST(a_single_pair_of_processes_is_not_enough)
{
	static const size_t end = COUNT;
	double base[COUNT], now[COUNT];
	struct bench_comparison c = { 0 };
	struct err err;
	bool clear = true;

	fill(base, 100, 61);
	fill(now, 200, 37);
	ck_assert_int_eq(compare_is_clear(base, now, &end, 1, 0.05, &clear, &err), 0);
	ck_assert(!clear);
	ck_assert_int_eq(compare_interleaved(base, now, &end, 1, 0.05, &c, &err), 0);
	ck_assert_int_eq(c.change, CHANGE_NOISY);
	ck_assert_str_eq(c.reason, "a single pair of processes");
}
END_TEST

START_TEST(a_median_of_nothing_is_refused)
{
	double zero[3] = { 0, 0, 0 }, one[3] = { 1, 1, 1 };
	struct bench_comparison c = { .ratio = 77 };
	struct stats_pair none = { one, zero, 3 }, some = { one, one, 3 };
	static const size_t few[] = { 2, 3 };
	struct err err;
	bool clear;

	ck_assert_int_eq(compare_interleaved(zero, one, few, 2, 0.05, &c, &err), -EDOM);
	ck_assert_int_eq(compare_is_clear(zero, one, few, 2, 0.05, &clear, &err), -EDOM);
	ck_assert_int_eq(compare_stored(&some, &none, 0.05, &c, &err), -EDOM);
	ck_assert_int_eq(compare_stored(&none, &some, 0.05, &c, &err), -EDOM);
	ck_assert_double_eq(c.ratio, 77);
}
END_TEST

#define OTHER_DAY "the floors differ: another machine, or another day of it"
#define NO_FLOOR  "there is no floor to tell the machine's drift from a change"
#define ACROSS    "the interval reaches across the threshold"

/* Medians of two stored runs and of their floors (0: none). */
static const struct {
	double base, base_floor, now, now_floor;
	double ratio;
	enum change change;
	const char *reason;
} stored[] = {
	{ 100, 50, 100, 50, 1, CHANGE_SAME, "" },
	{ 100, 50, 120, 50, 1.2, CHANGE_SLOWER, "" },
	{ 120, 50, 100, 50, 1 / 1.2, CHANGE_FASTER, "" },
	{ 100, 50, 105, 50, 1.05, CHANGE_NOISY, ACROSS },
	{ 105, 50, 100, 50, 1 / 1.05, CHANGE_NOISY, ACROSS },
	/* a drift that the floors share is none, and it is only taken for one when they overlap */
	{ 100, 50, 100.5, 50.25, 1, CHANGE_SAME, "" },
	{ 100, 50, 150, 75, 1, CHANGE_SAME, "" },
	{ 100, 50, 180, 75, 1.2, CHANGE_NOISY, OTHER_DAY },
	{ 180, 75, 100, 50, 1 / 1.2, CHANGE_NOISY, OTHER_DAY },
	/* without floors on both sides the medians count, and nothing can be sure but their likeness */
	{ 100, 0, 100, 0, 1, CHANGE_SAME, "" },
	{ 100, 50, 100, 0, 1, CHANGE_SAME, "" },
	{ 100, 0, 150, 0, 1.5, CHANGE_NOISY, NO_FLOOR },
	{ 100, 0, 150, 50, 1.5, CHANGE_NOISY, NO_FLOOR },
	{ 150, 50, 100, 0, 1 / 1.5, CHANGE_NOISY, NO_FLOOR },
};

START_TEST(stored_runs_are_compared_by_their_floors)
{
	double base[COUNT], base_floor[COUNT], now[COUNT], now_floor[COUNT];
	struct stats_pair was = { base, stored[_i].base_floor > 0 ? base_floor : NULL, COUNT };
	struct stats_pair is = { now, stored[_i].now_floor > 0 ? now_floor : NULL, COUNT };
	struct bench_comparison c = { 0 };
	struct err err;

	fill(base, stored[_i].base, 61);
	fill(base_floor, stored[_i].base_floor, 37);
	fill(now, stored[_i].now, 43);
	fill(now_floor, stored[_i].now_floor, 71);
	ck_assert_int_eq(compare_stored(&was, &is, 0.05, &c, &err), 0);
	ck_assert_msg(c.change == stored[_i].change, "%s", change_names[c.change]);
	ck_assert_str_eq(c.reason, stored[_i].reason);
	ck_assert_double_eq_tol(c.ratio, stored[_i].ratio, 0.001);
}
END_TEST

START_TEST(bytes_need_no_floor)
{
	double base[COUNT], now[COUNT];
	struct stats_pair was = { base, NULL, COUNT }, is = { now, NULL, COUNT };
	struct bench_comparison c = { 0 };
	struct err err;

	fill(base, 1000, 61);
	fill(now, 1200, 43);
	ck_assert_int_eq(compare_steady(&was, &is, 0.05, &c, &err), 0);
	ck_assert_int_eq(c.change, CHANGE_SLOWER);
	ck_assert_double_eq_tol(c.ratio, 1.2, 0.001);
	ck_assert_str_eq(c.reason, "");
	ck_assert_int_eq(compare_steady(&was, &was, 0.05, &c, &err), 0);
	ck_assert_int_eq(c.change, CHANGE_SAME);
}
END_TEST

static const struct {
	const char *allowed, *chosen; /* a digit for each processor; chosen NULL: no choice */
} processors[] = {
	{ "", NULL },    { "0", NULL },        { "01", NULL },  { "79", NULL },
	{ "012", "12" }, { "01234567", "67" }, { "135", "35" }, { "0149", "49" },
};

static void set_of(const char *digits, cpu_set_t *ret)
{
	CPU_ZERO(ret);
	for (; *digits; digits++)
		CPU_SET(*digits - '0', ret);
}

START_TEST(the_last_two_processors_are_chosen)
{
	cpu_set_t allowed, chosen, wanted;

	set_of(processors[_i].allowed, &allowed);
	set_of("0", &chosen);
	set_of(processors[_i].chosen ? processors[_i].chosen : "0", &wanted);
	ck_assert_int_eq(pin_choose(&allowed, &chosen), processors[_i].chosen != NULL);
	ck_assert(CPU_EQUAL(&chosen, &wanted));
}
END_TEST

START_TEST(the_largest_processor_can_be_chosen)
{
	cpu_set_t allowed, chosen;

	memset(&allowed, 0xff, sizeof(allowed));
	ck_assert(pin_choose(&allowed, &chosen));
	ck_assert_int_eq(CPU_COUNT(&chosen), 2);
	ck_assert(CPU_ISSET(CPU_SETSIZE - 1, &chosen));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("bench_compare");
	TCase *tc = tcase_create("bench_compare");

	tcase_add_loop_test(tc, the_interval_decides, 0, ARRAY_SIZE(judged));
	tcase_add_test(tc, interleaved_runs_need_no_floor);
	tcase_add_loop_test(tc, pairs_of_processes_are_samples_too, 0, ARRAY_SIZE(paired));
	tcase_add_test(tc, rounds_are_samples_too);
	tcase_add_test(tc, a_single_pair_of_processes_is_not_enough);
	tcase_add_test(tc, a_median_of_nothing_is_refused);
	tcase_add_test(tc, bytes_need_no_floor);
	tcase_add_loop_test(tc, stored_runs_are_compared_by_their_floors, 0, ARRAY_SIZE(stored));
	tcase_add_loop_test(tc, the_last_two_processors_are_chosen, 0, ARRAY_SIZE(processors));
	tcase_add_test(tc, the_largest_processor_can_be_chosen);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
