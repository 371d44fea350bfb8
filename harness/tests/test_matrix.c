// SPDX-License-Identifier: MIT
/* Tests of check/matrix: what sets of namespaces bring, what rows predict, and which loss opens. */
#include <check.h>

#include "base/cleanup.h"
#include "check/matrix.h"
#include "check/survey.h"
#include "runner.h"

#define NS(name) (1U << NS_##name)

static const struct check by_proc = { .walls = { WALL(PROC) } };
static const struct check by_pid_or_user = { .walls = { WALL(PID), WALL(USER) } };
static const struct check by_caps = { .walls = { WALL(PID), WALL(CAPS) } };
static const struct check works = { .kind = KIND_LETS_WORK, .walls = { WALL(PID) } };
static const struct check in_root = { .base = GUARD(PIVOT), .walls = { WALL(DETACH) } };
static const struct check in_leaf = { .base = GUARD(LEAF), .walls = { WALL(SYS) } };
static const struct check sharing = { .walls = { WALL(PROC) }, .shares = true };
static const struct check with_link = { .base = PROVIDE(VETH),
					.walls = { WALL(PROC) },
					.shares = true };
static const struct check free_row = { .kind = KIND_OPEN };

START_TEST(namespaces_bring_what_they_can)
{
	ck_assert(matrix_guards(&by_proc, 0) == 0);
	ck_assert(matrix_guards(&by_proc, NS(PID)) == GUARD(PID));
	ck_assert(matrix_guards(&by_proc, NS(PID) | NS(MNT)) & GUARD(PROC));
	ck_assert(!(matrix_guards(&by_proc, NS(MNT)) & GUARD(PROC)));
	ck_assert(matrix_guards(&by_proc, NS(MNT)) & GUARD(DETACH));
	/* of its own only where the row asks for it */
	ck_assert(!(matrix_guards(&by_proc, MATRIX_SETS - 1) & GUARD(LEAF)));
	ck_assert(matrix_guards(&in_leaf, 0) == GUARD(LEAF));
}
END_TEST

START_TEST(rows_are_taken_by_their_walls)
{
	ck_assert(matrix_takes(&in_leaf));
	ck_assert(matrix_takes(&by_proc) && matrix_takes(&works) && matrix_takes(&in_root));
	ck_assert(!matrix_takes(&by_caps) && !matrix_takes(&free_row));
	ck_assert(matrix_has(&in_root, NS(MNT)) && !matrix_has(&in_root, NS(PID)));
}
END_TEST

START_TEST(walls_predict)
{
	ck_assert_int_eq(matrix_predict(&by_proc, matrix_guards(&by_proc, NS(PID))),
			 ANSWER_REACHED);
	ck_assert_int_eq(matrix_predict(&by_proc, matrix_guards(&by_proc, NS(PID) | NS(MNT))),
			 ANSWER_BLOCKED);
	ck_assert_int_eq(matrix_predict(&by_pid_or_user, GUARD(USER)), ANSWER_BLOCKED);
	ck_assert_int_eq(matrix_predict(&by_pid_or_user, GUARD(NET)), ANSWER_REACHED);
	ck_assert_int_eq(matrix_predict(&works, GUARD(PID)), ANSWER_REACHED);
	ck_assert_int_eq(matrix_predict(&works, 0), ANSWER_BLOCKED);
}
END_TEST

START_TEST(cells_fill_plans)
{
	AUTO_MATRIX struct matrix m = { 0 };
	struct err err;

	ck_assert_int_eq(matrix_add_sets(&m, &by_proc, MATRIX_SETS - 1, GUARDS_EVERYTHING, &err),
			 0);
	ck_assert_uint_eq(m.cells, MATRIX_SETS);
	ck_assert_uint_eq(m.count, (MATRIX_SETS + PLAN_ARMS_MAX - 1) / PLAN_ARMS_MAX);
	/* half of them: those with a mount namespace */
	ck_assert_int_eq(matrix_add_sets(&m, &in_root, MATRIX_SETS - 1, GUARDS_EVERYTHING, &err),
			 0);
	ck_assert_uint_eq(m.cells, MATRIX_SETS + MATRIX_SETS / 2);
	ck_assert_int_eq(matrix_add_sets(&m, &by_proc, NS(PID), GUARDS_EVERYTHING, &err), 0);
	ck_assert_uint_eq(m.cells, MATRIX_SETS + MATRIX_SETS / 2 + 2);
}
END_TEST

START_TEST(rows_that_share_come_in_batches)
{
	AUTO_MATRIX struct matrix m = { 0 };
	unsigned int highest = 0;
	struct err err;

	ck_assert(survey_takes(&sharing) && !survey_takes(&by_proc) && !survey_takes(&with_link));
	ck_assert_int_eq(matrix_add_sets(&m, &by_proc, MATRIX_SETS - 1, GUARDS_EVERYTHING, &err),
			 0);
	for (size_t i = 0; i < m.count; i++)
		ck_assert_uint_eq(m.batches[i], 0);
	ck_assert_int_eq(matrix_add_sets(&m, &sharing, MATRIX_SETS - 1, GUARDS_EVERYTHING, &err),
			 0);
	ck_assert_uint_eq(m.cells, 2 * MATRIX_SETS);
	for (size_t i = 0; i < m.count; i++) {
		ck_assert_int_le(m.plans[i].count, PLAN_ARMS_MAX);
		if (m.checks[i] != &sharing)
			continue;
		/* none is left alone, and they come in order */
		ck_assert_uint_ge(m.batches[i], highest ? highest : 1);
		highest = m.batches[i];
	}
	/* several workers find something to do */
	ck_assert_uint_ge(highest, 8);
}
END_TEST

START_TEST(keys_open_every_wall)
{
	ck_assert(matrix_key(&by_proc, GUARDS_EVERYTHING) == GUARD(PROC));
	ck_assert(matrix_key(&by_pid_or_user, GUARDS_EVERYTHING) == (GUARD(PID) | GUARD(USER)));
	ck_assert(matrix_key(&by_caps, GUARDS_EVERYTHING) == (GUARD(PID) | GUARD(CAPS)));
	ck_assert(matrix_key(&free_row, GUARDS_EVERYTHING) == 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("matrix");
	TCase *tc = tcase_create("matrix");

	tcase_add_test(tc, namespaces_bring_what_they_can);
	tcase_add_test(tc, rows_are_taken_by_their_walls);
	tcase_add_test(tc, walls_predict);
	tcase_add_test(tc, cells_fill_plans);
	tcase_add_test(tc, rows_that_share_come_in_batches);
	tcase_add_test(tc, keys_open_every_wall);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
