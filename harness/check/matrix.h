// SPDX-License-Identifier: MIT
/*
 * The catalogue read another way. For every set of namespaces, and every row whose walls are made of
 * nothing but namespaces and what they bring: blocked if one of its walls is a subset of what is on,
 * else reached. And for the sealed set: which guards' loss opens a row. Pure: it plans arms, which
 * run_checks() then runs.
 */
#ifndef NSPROOF_CHECK_MATRIX_H
#define NSPROOF_CHECK_MATRIX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "check/plan.h"

#define MATRIX_SETS (1U << NS_COUNT)

/*
 * What is on for the row when these namespaces are (bits in the order of ns_table): they, what they
 * bring, and a cgroup directory of its own where the row presupposes one.
 */
guard_set matrix_guards(const struct check *check, unsigned int namespaces);

/* Whether the row belongs into the matrix, and into the column of that set. */
bool matrix_takes(const struct check *check);
bool matrix_has(const struct check *check, unsigned int namespaces);

/* What the row's walls say of these guards. */
enum answer_kind matrix_predict(const struct check *check, guard_set guards);

/* The cells of a matrix, as work for run_checks(): one plan for some cells of one row. */
struct matrix {
	const struct check **checks;
	struct check_plan *plans;
	unsigned int *batches; /* which plans are asked together: see run.h */
	size_t count, room;
	size_t cells;
};

/*
 * Appends a row's cells: for the namespace sets that are subsets of `only`; or those of the sealed
 * set (`available` guards) without each single guard, and then without matrix_key(). The name of an
 * arm is the set in hexadecimal, or the guard, or "key". -ENOMEM.
 */
int matrix_add_sets(struct matrix *m, const struct check *check, unsigned int only,
		    guard_set available, struct err *err);
int matrix_add_guards(struct matrix *m, const struct check *check, guard_set available,
		      struct err *err);
void matrix_done(struct matrix *m); /* safe twice */

/*
 * The smallest set of guards whose loss opens the row in a sealed container: one out of each wall,
 * or of what a wall requires. 0: no guard's loss does.
 */
guard_set matrix_key(const struct check *check, guard_set available);

#define AUTO_MATRIX __attribute__((cleanup(matrix_done)))

#endif
