// SPDX-License-Identifier: MIT
/* The catalogue read another way: see matrix.h. */
#include "check/matrix.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "check/survey.h"

/* Roots and fresh file systems: what a namespace is for, and brings along. */
#define BROUGHT                                                                                    \
	(GUARD(PRIVATE) | GUARD(ROOT) | GUARD(PIVOT) | GUARD(DETACH) | GUARD(CWD) | GUARD(PROC) |  \
	 GUARD(SYS) | GUARD(DEV) | GUARD(MQUEUE) | GUARD(CGROUP2))

/* a key of more guards than this is no use to anybody */
enum { KEY_MAX = 5 };

/* Few enough to keep several workers busy, and many enough to be worth their canaries. */
enum { BATCH_SETS = 16, BATCH_GUARDS = 8 };

guard_set matrix_guards(const struct check *check, unsigned int namespaces)
{
	return guard_effective(namespaces | BROUGHT) | (check->base & GUARD(LEAF));
}

bool matrix_takes(const struct check *check)
{
	const guard_set all = GUARDS_NAMESPACES | BROUGHT;
	guard_set used = check->base & ~GUARD(LEAF);

	if ((check->kind != KIND_KEEPS_OUT && check->kind != KIND_LETS_WORK) ||
	    check_wall_count(check) == 0)
		return false;
	for (size_t i = 0; i < check_wall_count(check); i++)
		used |= check->walls[i];
	return !(guard_closure(used) & ~all);
}

bool matrix_has(const struct check *check, unsigned int namespaces)
{
	return !(guard_closure(check->base) & ~matrix_guards(check, namespaces));
}

enum answer_kind matrix_predict(const struct check *check, guard_set guards)
{
	enum answer_kind with = check->kind == KIND_LETS_WORK ? ANSWER_REACHED : ANSWER_BLOCKED;
	enum answer_kind without = check->kind == KIND_LETS_WORK ? ANSWER_BLOCKED : ANSWER_REACHED;

	for (size_t i = 0; i < check_wall_count(check); i++)
		if (!(guard_closure(check->walls[i]) & ~guards))
			return with;
	return without;
}

static int make_room(struct matrix *m, struct err *err)
{
	size_t room = m->room ? m->room * 2 : 64;
	void *checks = reallocarray(m->checks, room, sizeof(*m->checks)), *plans, *batches;

	if (!checks)
		return err_set(err, ENOMEM, "out of memory");
	m->checks = checks;
	plans = reallocarray(m->plans, room, sizeof(*m->plans));
	if (!plans)
		return err_set(err, ENOMEM, "out of memory");
	m->plans = plans;
	batches = reallocarray(m->batches, room, sizeof(*m->batches));
	if (!batches)
		return err_set(err, ENOMEM, "out of memory");
	m->batches = batches;
	m->room = room;
	return 0;
}

/* A new arm of the row, in a plan that has room for it and belongs to the same batch. */
static int add_cell(struct matrix *m, const struct check *check, unsigned int batch,
		    const char *name, guard_set guards, struct err *err)
{
	size_t last = m->count - 1;
	struct check_plan *plan = m->count ? &m->plans[last] : NULL;
	struct arm_plan *arm;

	if (!survey_takes(check))
		batch = 0;
	if (!plan || m->checks[last] != check || m->batches[last] != batch ||
	    plan->count == PLAN_ARMS_MAX) {
		if (m->count == m->room && make_room(m, err) < 0)
			return -err->num;
		m->checks[m->count] = check;
		m->batches[m->count] = batch;
		plan = &m->plans[m->count++];
		plan->count = 0;
	}
	arm = &plan->arms[plan->count++];
	*arm = (struct arm_plan){ .guards = guards,
				  .expected = matrix_predict(check, guards),
				  .arena = true };
	snprintf(arm->name, sizeof(arm->name), "%s", name);
	m->cells++;
	return 0;
}

int matrix_add_sets(struct matrix *m, const struct check *check, unsigned int only,
		    guard_set available, struct err *err)
{
	int r = 0;

	for (unsigned int set = 0; set < MATRIX_SETS && r == 0; set++) {
		guard_set guards = matrix_guards(check, set);
		char name[12];

		if (set & ~only || !matrix_has(check, set) || guards & ~available)
			continue;
		snprintf(name, sizeof(name), "%02x", set);
		r = add_cell(m, check, 1 + set / BATCH_SETS, name, guards, err);
	}
	return r;
}

int matrix_add_guards(struct matrix *m, const struct check *check, guard_set available,
		      struct err *err)
{
	guard_set sealed = check_sealed(check, available), key = matrix_key(check, available);
	guard_set base = guard_closure(check->base);
	int r = 0;

	for (int g = 0; g < GUARD_COUNT && r == 0; g++) {
		guard_set one = UINT64_C(1) << g;

		if (sealed & one & ~base & GUARDS_SEALED)
			r = add_cell(m, check, 1 + (unsigned int)g / BATCH_GUARDS,
				     guard_table[g].name, guard_effective(sealed & ~one), err);
	}
	if (r == 0 && key)
		r = add_cell(m, check, 1 + GUARD_COUNT / BATCH_GUARDS, "key",
			     guard_effective(sealed & ~key), err);
	return r;
}

void matrix_done(struct matrix *m)
{
	free(m->checks);
	free(m->plans);
	free(m->batches);
	*m = (struct matrix){ 0 };
}

/* Whether taking these away leaves no wall standing. */
static bool opens(const struct check *check, guard_set sealed, guard_set away)
{
	guard_set left = guard_effective(sealed & ~away);

	return !(guard_closure(check->base) & ~left) &&
	       matrix_predict(check, left) !=
		       (check->kind == KIND_LETS_WORK ? ANSWER_REACHED : ANSWER_BLOCKED);
}

/* Tries all sets of `size` guards out of `choice`, lowest first, added to `away`. */
static guard_set try_keys(const struct check *check, guard_set sealed, guard_set choice,
			  guard_set away, int size)
{
	if (size == 0)
		return opens(check, sealed, away) ? away : 0;
	for (int g = 0; g < GUARD_COUNT; g++) {
		guard_set one = UINT64_C(1) << g, found;

		if (!(choice & one))
			continue;
		choice &= ~one;
		found = try_keys(check, sealed, choice, away | one, size - 1);
		if (found)
			return found;
	}
	return 0;
}

guard_set matrix_key(const struct check *check, guard_set available)
{
	guard_set sealed = check_sealed(check, available), choice = 0, key = 0;

	for (size_t i = 0; i < check_wall_count(check); i++)
		choice |= check->walls[i];
	choice &= sealed & ~guard_closure(check->base);
	for (int size = 1; size <= KEY_MAX && !key; size++)
		key = try_keys(check, sealed, choice, 0, size);
	return key;
}
