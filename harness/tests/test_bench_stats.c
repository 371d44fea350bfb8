// SPDX-License-Identifier: MIT
/*
 * Statistics against values that we did not compute: R 4.2 on data sets that come with it (rivers,
 * cars, the first 25 of precip, Anscombe's quartet), and its qbinom() and qt().
 */
#include <check.h>
#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/cleanup.h"
#include "bench/stats.h"
#include "runner.h"

/* lengths of 141 rivers of North America, miles */
static const double rivers[] = {
	735, 320,  325,  392,  524,  450,  1459, 135, 465,  600, 330, 336, 280,  315, 870, 906,
	202, 329,  290,  1000, 600,  505,  1450, 840, 1243, 890, 350, 407, 286,  280, 525, 720,
	390, 250,  327,  230,  265,  850,  210,  630, 260,  230, 360, 730, 600,  306, 390, 420,
	291, 710,  340,  217,  281,  352,  259,  250, 470,  680, 570, 350, 300,  560, 900, 625,
	332, 2348, 1171, 3710, 2315, 2533, 780,  280, 410,  460, 260, 255, 431,  350, 760, 618,
	338, 981,  1306, 500,  696,  605,  250,  411, 1054, 735, 233, 435, 490,  310, 460, 383,
	375, 1270, 545,  445,  1885, 380,  300,  380, 377,  425, 276, 210, 800,  420, 350, 360,
	538, 1100, 1205, 314,  237,  610,  360,  540, 1038, 424, 310, 300, 444,  301, 268, 620,
	215, 652,  900,  525,  246,  360,  529,  500, 720,  270, 430, 671, 1770,
};

/* rain of a year in 25 cities, inches */
static const double precip[] = { 67,   54.7, 7,    48.5, 14,   17.2, 20.7, 13,   43.4,
				 40.2, 38.9, 54.5, 59.8, 48.3, 22.9, 11.5, 34.4, 35.1,
				 38.7, 30.8, 30.6, 43.1, 56.8, 40.8, 41.8 };

static const double speed[] = { 4,  4,  7,  7,  8,  9,  10, 10, 10, 11, 11, 12, 12, 12, 12, 13, 13,
				13, 13, 14, 14, 14, 14, 15, 15, 15, 16, 16, 17, 17, 17, 18, 18, 18,
				18, 19, 19, 19, 20, 20, 20, 20, 20, 22, 23, 24, 24, 24, 24, 25 };
static const double dist[] = { 2,  10, 4,  22, 16, 10, 18, 26, 34, 17, 28, 14, 20, 24, 28,  26, 34,
			       34, 46, 26, 36, 60, 80, 20, 26, 54, 32, 40, 32, 40, 50, 42,  56, 76,
			       84, 36, 46, 68, 32, 48, 52, 56, 64, 66, 54, 70, 92, 93, 120, 85 };

static const double anscombe_x[] = { 10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5 };
static const double anscombe_y[] = { 8.04, 6.95, 7.58,  8.81, 8.33, 9.96,
				     7.24, 4.26, 10.84, 4.82, 5.68 };

static const struct quantile {
	double p, value;
} quantiles[] = {
	{ 0, 7 },       { 0.05, 11.8 }, { 0.25, 22.9 },   { 0.5, 38.9 },
	{ 0.75, 48.3 }, { 0.95, 59.2 }, { 0.99, 65.272 }, { 1, 67 },
};

START_TEST(quantiles_are_those_of_r)
{
	double sorted[ARRAY_SIZE(precip)];

	memcpy(sorted, precip, sizeof(sorted));
	stats_sort(sorted, ARRAY_SIZE(sorted));
	ck_assert_double_eq_tol(stats_quantile(sorted, ARRAY_SIZE(sorted), quantiles[_i].p),
				quantiles[_i].value, 1e-9);
}
END_TEST

START_TEST(a_data_set_is_described_as_r_does)
{
	struct err err = { 0 };
	struct stats s;

	ck_assert_int_eq(stats_describe(rivers, ARRAY_SIZE(rivers), &s, &err), 0);
	ck_assert_uint_eq(s.count, 141);
	ck_assert_double_eq(s.min, 135);
	ck_assert_double_eq(s.max, 3710);
	ck_assert_double_eq_tol(s.mean, 591.184397163121, 1e-9);
	ck_assert_double_eq(s.median, 425);
	ck_assert_double_eq(s.mad, 145);
	ck_assert_double_eq(s.p5, 230);
	ck_assert_double_eq(s.p25, 310);
	ck_assert_double_eq(s.p75, 680);
	ck_assert_double_eq(s.p95, 1450);
	ck_assert_double_eq_tol(s.p99, 2459, 1e-9);
	ck_assert_uint_eq(s.outliers, 5);
}
END_TEST

START_TEST(an_even_number_has_a_median_between)
{
	const double four[] = { 9, 1, 4, 2 };
	struct err err = { 0 };
	struct stats s;

	ck_assert_int_eq(stats_describe(four, 4, &s, &err), 0);
	ck_assert_double_eq(s.median, 3);
	ck_assert_double_eq(s.mad, 1.5);
}
END_TEST

/* 200,000 resamples in R; ours are 1,000, so the ends may be a neighbouring value. */
START_TEST(the_bootstrap_agrees_with_r)
{
	struct err err = { 0 };
	struct stats s;

	ck_assert_int_eq(stats_describe(rivers, ARRAY_SIZE(rivers), &s, &err), 0);
	ck_assert_double_eq_tol(s.likely.low, 380, 5);
	ck_assert_double_eq_tol(s.likely.high, 500, 10);
	ck_assert_int_eq(stats_describe(precip, ARRAY_SIZE(precip), &s, &err), 0);
	ck_assert_double_eq_tol(s.likely.low, 30.6, 0.3);
	ck_assert_double_eq_tol(s.likely.high, 43.4, 0.4);
}
END_TEST

START_TEST(one_sample_is_all_there_is)
{
	const double one = 7;
	struct err err = { 0 };
	struct stats s;

	ck_assert_int_eq(stats_describe(&one, 1, &s, &err), 0);
	ck_assert_double_eq(s.median, 7);
	ck_assert_double_eq(s.likely.low, 7);
	ck_assert_double_eq(s.likely.high, 7);
	ck_assert_double_eq(s.mad, 0);
	ck_assert_double_eq(stats_median_interval(&one, 1).low, 7);
	ck_assert_double_eq(stats_median_interval(&one, 1).high, 7);
}
END_TEST

/* R: qbinom(0.025, n, 0.5) and qbinom(0.975, n, 0.5) + 1 */
static const struct ranks {
	size_t count, low, high;
} ranks[] = {
	{ 10, 2, 9 },    { 25, 8, 18 },   { 50, 18, 33 },
	{ 100, 40, 61 }, { 141, 59, 83 }, { 1000, 469, 532 },
};

START_TEST(ranks_are_those_of_the_binomial)
{
	double ascending[1000];
	struct interval likely;

	for (size_t i = 0; i < ARRAY_SIZE(ascending); i++)
		ascending[i] = (double)i + 1;
	likely = stats_median_interval(ascending, ranks[_i].count);
	ck_assert_double_eq(likely.low, (double)ranks[_i].low);
	ck_assert_double_eq(likely.high, (double)ranks[_i].high);
}
END_TEST

/* A machine that gets slower by half does so for both sides. */
START_TEST(a_ratio_does_not_mind_drift)
{
	double a[200], b[200], ratio;
	struct interval likely;
	struct err err = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(a); i++) {
		double drift = 1 + (double)i / 400, wobble = (double)(i * 7919 % 13) / 100;

		a[i] = 110 * drift * (1 + wobble);
		b[i] = 100 * drift * (1 + (double)(i * 104729 % 13) / 100);
	}
	ck_assert_int_eq(stats_ratio(a, b, ARRAY_SIZE(a), &ratio, &likely, &err), 0);
	ck_assert_double_eq_tol(ratio, 1.1, 0.02);
	ck_assert_double_gt(likely.low, 1.05);
	ck_assert_double_lt(likely.high, 1.15);
	ck_assert_double_lt(likely.low, ratio);
	ck_assert_double_gt(likely.high, ratio);
}
END_TEST

/* Rounds that take from one to ten times as long: by itself neither series says anything. */
START_TEST(a_ratio_does_not_mind_disturbed_rounds)
{
	double a[100], b[100], ratio;
	struct interval likely;
	struct err err = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(a); i++) {
		double disturbed = 1 + (double)(i * 61 % 100) * 0.09;

		a[i] = 110 * disturbed * (1 + (double)(i * 37 % 100) / 2000);
		b[i] = 100 * disturbed * (1 + (double)(i * 71 % 100) / 2000);
	}
	ck_assert_int_eq(stats_ratio(a, b, ARRAY_SIZE(a), &ratio, &likely, &err), 0);
	ck_assert_double_eq_tol(ratio, 1.1, 0.01);
	ck_assert_double_gt(likely.low, 1.08);
	ck_assert_double_lt(likely.high, 1.12);
}
END_TEST

START_TEST(a_ratio_to_nothing_is_refused)
{
	const double a[] = { 1, 2, 3 }, b[] = { 1, 2, 0 };
	struct interval likely = { 5, 6 };
	struct err err = { 0 };
	double ratio = 4;

	ck_assert_int_eq(stats_ratio(a, b, 3, &ratio, &likely, &err), -EDOM);
	ck_assert_double_eq(ratio, 4);
	ck_assert_double_eq(likely.low, 5);
}
END_TEST

/* R: lm(dist ~ speed, cars), confint(), summary()$r.squared */
/* t.test(...)$conf.int */
static const struct {
	const double *values;
	size_t count;
	struct interval likely;
} means[] = {
	{ rivers, ARRAY_SIZE(rivers), { 508.955910050515, 673.412884275726 } },
	{ precip, ARRAY_SIZE(precip), { 29.7967050317055, 43.2992949682945 } },
	{ rivers, 4, { 128.868744023593, 757.131255976407 } },
	{ rivers, 2, { -2109.03748275625, 3164.03748275625 } },
};

START_TEST(the_interval_of_a_mean_is_r_s)
{
	struct interval likely = stats_mean_interval(means[_i].values, means[_i].count);
	double width = means[_i].likely.high - means[_i].likely.low;

	/* the table of t has three decimals, and a formula stands in for it beyond 30 */
	ck_assert_double_eq_tol(likely.low, means[_i].likely.low, width * 0.001);
	ck_assert_double_eq_tol(likely.high, means[_i].likely.high, width * 0.001);
}
END_TEST

START_TEST(a_line_is_fitted_as_r_does)
{
	struct err err = { 0 };
	struct line line;

	ck_assert_int_eq(stats_fit(speed, dist, ARRAY_SIZE(speed), &line, &err), 0);
	ck_assert_double_eq_tol(line.intercept, -17.57909489051089, 1e-9);
	ck_assert_double_eq_tol(line.slope, 3.93240875912409, 1e-9);
	ck_assert_double_eq_tol(line.r2, 0.651079380758251, 1e-9);
	ck_assert_double_eq_tol(line.slope_likely.low, 3.09696432814032, 0.003);
	ck_assert_double_eq_tol(line.slope_likely.high, 4.76785319010785, 0.003);
	ck_assert_int_eq(stats_fit(anscombe_x, anscombe_y, ARRAY_SIZE(anscombe_x), &line, &err), 0);
	ck_assert_double_eq_tol(line.slope, 0.500090909090909, 1e-9);
	ck_assert_double_eq_tol(line.slope_likely.low, 0.233370136385187, 0.0002);
	ck_assert_double_eq_tol(line.slope_likely.high, 0.766811681796631, 0.0002);
	ck_assert_double_eq_tol(line.r2, 0.666542459508775, 1e-9);
}
END_TEST

START_TEST(a_line_through_one_place_is_refused)
{
	const double x[] = { 3, 3, 3 }, y[] = { 1, 2, 3 };
	struct err err = { 0 };
	struct line line;

	ck_assert_int_eq(stats_fit(x, y, 3, &line, &err), -EDOM);
}
END_TEST

START_TEST(two_points_have_a_line_and_no_confidence)
{
	const double x[] = { 1, 2 }, y[] = { 10, 30 };
	struct err err = { 0 };
	struct line line;

	ck_assert_int_eq(stats_fit(x, y, 2, &line, &err), 0);
	ck_assert_double_eq(line.slope, 20);
	ck_assert_double_eq(line.intercept, -10);
	ck_assert(isinf(line.slope_likely.low) && isinf(line.slope_likely.high));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("bench_stats");
	TCase *tc = tcase_create("stats");

	tcase_add_loop_test(tc, quantiles_are_those_of_r, 0, ARRAY_SIZE(quantiles));
	tcase_add_test(tc, a_data_set_is_described_as_r_does);
	tcase_add_test(tc, an_even_number_has_a_median_between);
	tcase_add_test(tc, the_bootstrap_agrees_with_r);
	tcase_add_test(tc, one_sample_is_all_there_is);
	tcase_add_loop_test(tc, ranks_are_those_of_the_binomial, 0, ARRAY_SIZE(ranks));
	tcase_add_test(tc, a_ratio_does_not_mind_drift);
	tcase_add_test(tc, a_ratio_does_not_mind_disturbed_rounds);
	tcase_add_test(tc, a_ratio_to_nothing_is_refused);
	tcase_add_loop_test(tc, the_interval_of_a_mean_is_r_s, 0, ARRAY_SIZE(means));
	tcase_add_test(tc, a_line_is_fitted_as_r_does);
	tcase_add_test(tc, a_line_through_one_place_is_refused);
	tcase_add_test(tc, two_points_have_a_line_and_no_confidence);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
