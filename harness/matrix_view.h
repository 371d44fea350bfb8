// SPDX-License-Identifier: MIT
/* What a matrix has shown, cell by cell, and how it is told. */
#ifndef NSPROOF_MATRIX_VIEW_H
#define NSPROOF_MATRIX_VIEW_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "check/matrix.h"
#include "report/result.h"

/* One row. A cell is '#' (blocked), '.' (reached), '?' (neither) or ' ' (not in the matrix). */
struct matrix_row {
	const struct check *check;
	char observed[MATRIX_SETS], predicted[MATRIX_SETS];
	guard_set opened_by, key; /* --guards */
	bool key_opens;
};

struct matrix_view {
	bool guards;
	struct matrix_row *rows;
	size_t count, cells, disagreements;
	struct text surprises; /* a line each */
};

/* Rows for these checks; -ENOMEM. matrix_view_done() releases it. */
int matrix_view_init(struct matrix_view *v, const struct check *const *checks, size_t count,
		     guard_set available, struct err *err);
void matrix_view_done(struct matrix_view *v);

/* Takes in what a plan of the row has shown: the arms' names say which cells they are. */
void matrix_view_add(struct matrix_view *v, const struct check_result *result);

/* The grid for a terminal. */
void matrix_view_text(const struct matrix_view *v, struct text *out);

/* The whole of it; the caller's. */
json_t *matrix_view_json(const struct matrix_view *v);

#define AUTO_MATRIX_VIEW __attribute__((cleanup(matrix_view_done)))

#endif
