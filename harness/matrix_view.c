// SPDX-License-Identifier: MIT
/* What a matrix has shown: see matrix_view.h. */
#include "matrix_view.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

int matrix_view_init(struct matrix_view *v, const struct check *const *checks, size_t count,
		     guard_set available, struct err *err)
{
	v->rows = calloc(count + 1, sizeof(*v->rows));
	if (!v->rows)
		return err_set(err, ENOMEM, "out of memory");
	v->count = count;
	for (size_t i = 0; i < count; i++) {
		struct matrix_row *row = &v->rows[i];

		row->check = checks[i];
		row->key = matrix_key(checks[i], available);
		memset(row->observed, ' ', sizeof(row->observed));
		memset(row->predicted, ' ', sizeof(row->predicted));
	}
	return 0;
}

void matrix_view_done(struct matrix_view *v)
{
	free(v->rows);
	text_done(&v->surprises);
	*v = (struct matrix_view){ 0 };
}

static struct matrix_row *find_row(struct matrix_view *v, const char *id)
{
	for (size_t i = 0; i < v->count; i++)
		if (!strcmp(v->rows[i].check->id, id))
			return &v->rows[i];
	return NULL;
}

static char mark(enum answer_kind answer)
{
	return answer == ANSWER_BLOCKED ? '#' : answer == ANSWER_REACHED ? '.' : '?';
}

static void add_set_cell(struct matrix_row *row, const struct arm_result *arm)
{
	unsigned long set = strtoul(arm->name, NULL, 16);

	row->observed[set] = arm->as_expected ? mark(arm->expected) : mark(arm->answer);
	row->predicted[set] = mark(arm->expected);
}

/* Whether the arm did what a sealed container must not. */
static bool is_open(const struct matrix_row *row, const struct arm_result *arm)
{
	enum answer_kind open = row->check->kind == KIND_LETS_WORK ? ANSWER_BLOCKED
								   : ANSWER_REACHED;

	return arm->answer == open;
}

static void add_guard_cell(struct matrix_row *row, const struct arm_result *arm)
{
	if (!is_open(row, arm))
		return;
	if (!strcmp(arm->name, "key"))
		row->key_opens = true;
	for (int g = 0; g < GUARD_COUNT; g++)
		if (!strcmp(arm->name, guard_table[g].name))
			row->opened_by |= UINT64_C(1) << g;
}

void matrix_view_add(struct matrix_view *v, const struct check_result *result)
{
	struct matrix_row *row = find_row(v, result->id);

	for (size_t i = 0; row && i < result->arm_count; i++) {
		const struct arm_result *arm = &result->arms[i];

		if (v->guards)
			add_guard_cell(row, arm);
		else
			add_set_cell(row, arm);
		v->cells++;
		if (arm->as_expected)
			continue;
		v->disagreements++;
		text_addf(&v->surprises, "  %s, %s %s (%s): %s %s expected, %s %s: %s\n",
			  result->id, v->guards ? "without" : "with", arm->name, arm->guards,
			  answer_names[arm->expected], "was", answer_names[arm->answer],
			  arm->outcome, arm->evidence);
	}
}

/* '#' decides alone, '+' with others, '.' does not matter. */
static char weight(const struct matrix_row *row, int ns)
{
	unsigned int one = 1U << ns;
	unsigned int base = (unsigned int)(guard_closure(row->check->base) & GUARDS_NAMESPACES);
	char mark_of_walls = row->check->kind == KIND_LETS_WORK ? '.' : '#';

	if (!(base & one) && row->observed[base | one] == mark_of_walls &&
	    row->observed[base] != mark_of_walls)
		return '#';
	for (unsigned int set = 0; set < MATRIX_SETS; set++)
		if (!(set & one) && row->observed[set] != ' ' && row->observed[set | one] != ' ' &&
		    row->observed[set] != row->observed[set | one])
			return '+';
	return '.';
}

static size_t count_of(const struct matrix_row *row, char what)
{
	size_t count = 0;

	for (unsigned int set = 0; set < MATRIX_SETS; set++)
		count += row->observed[set] == what;
	return count;
}

static void sets_text(const struct matrix_view *v, struct text *out)
{
	text_addf(out, "%-34s %5s %8s %8s  ", "", "sets", "blocked", "reached");
	for (int ns = 0; ns < NS_COUNT; ns++)
		text_addf(out, " %s", guard_table[ns].name);
	text_add(out, "\n");
	for (size_t i = 0; i < v->count; i++) {
		const struct matrix_row *row = &v->rows[i];

		text_addf(out, "%-34s %5zu %8zu %8zu  ", row->check->id,
			  MATRIX_SETS - count_of(row, ' '), count_of(row, '#'), count_of(row, '.'));
		for (int ns = 0; ns < NS_COUNT; ns++)
			text_addf(out, " %*c", (int)strlen(guard_table[ns].name), weight(row, ns));
		text_add(out, "\n");
	}
	text_add(out, "\n# decides alone   + together with others   . does not matter\n");
}

static void guards_text(const struct matrix_view *v, struct text *out)
{
	text_add(out, "What the loss of one guard opens in a sealed container:\n");
	for (int g = 0; g < GUARD_COUNT; g++) {
		size_t count = 0;

		for (size_t i = 0; i < v->count; i++)
			count += v->rows[i].opened_by >> g & 1;
		if (!count)
			continue;
		text_addf(out, "  %-10s %3zu ", guard_table[g].name, count);
		for (size_t i = 0; i < v->count; i++)
			if (v->rows[i].opened_by >> g & 1)
				text_addf(out, " %s", v->rows[i].check->id);
		text_add(out, "\n");
	}
	text_add(out, "\nThe smallest set of guards whose loss opens a check:\n");
	for (size_t i = 0; i < v->count; i++) {
		const struct matrix_row *row = &v->rows[i];

		text_addf(out, "  %-34s ", row->check->id);
		if (row->key_opens)
			guard_names(row->key, out);
		else
			text_add(out, row->key ? "does not open" : "none");
		text_add(out, "\n");
	}
}

void matrix_view_text(const struct matrix_view *v, struct text *out)
{
	if (v->guards)
		guards_text(v, out);
	else
		sets_text(v, out);
	if (v->disagreements) {
		text_add(out, "\nWhere it is not as the walls say:\n");
		text_addn(out, v->surprises.str, v->surprises.len);
	}
	text_addf(out, "\n%zu checks, %zu cells, %zu disagreement%s\n", v->count, v->cells,
		  v->disagreements, v->disagreements == 1 ? "" : "s");
}

static json_t *names_value(guard_set set)
{
	json_t *list = json_array();

	for (int g = 0; g < GUARD_COUNT; g++)
		if (set >> g & 1)
			json_array_append_new(list, json_string(guard_table[g].name));
	return list;
}

static json_t *row_value(const struct matrix_view *v, const struct matrix_row *row)
{
	if (v->guards)
		return json_pack("{s:s, s:o, s:o, s:b}", "id", row->check->id, "opened_by",
				 names_value(row->opened_by), "key", names_value(row->key),
				 "key_opens", row->key_opens);
	return json_pack("{s:s, s:s%, s:s%}", "id", row->check->id, "observed", row->observed,
			 (size_t)MATRIX_SETS, "predicted", row->predicted, (size_t)MATRIX_SETS);
}

json_t *matrix_view_json(const struct matrix_view *v)
{
	json_t *rows = json_array(), *surprises = json_array();
	AUTO_FREE char *copy = v->surprises.str ? strdup(v->surprises.str) : NULL;
	char *rest = copy, *line;

	for (size_t i = 0; i < v->count; i++)
		json_array_append_new(rows, row_value(v, &v->rows[i]));
	while ((line = strsep(&rest, "\n")))
		if (*line)
			json_array_append_new(surprises, json_string(line + 2));
	return json_pack("{s:o, s:I, s:o, s:o}", "namespaces", names_value(GUARDS_NAMESPACES),
			 "cells", (json_int_t)v->cells, "rows", rows, "disagreements", surprises);
}
