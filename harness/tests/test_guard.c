// SPDX-License-Identifier: MIT
/* Unit tests of the table of guards: its arithmetic must hold for every row, whatever is added. */
#include <check.h>
#include <string.h>

#include "base/cleanup.h"
#include "container/guard.h"
#include "container/spawner.h"
#include "runner.h"

static guard_set bit(int guard)
{
	return UINT64_C(1) << guard;
}

/* Sets that are worth trying: none, each alone, all but one, and some mixtures. */
enum { SET_COUNT = 2 * GUARD_COUNT + 66 };

static guard_set some_set(int index)
{
	guard_set mixed = UINT64_C(0x9e3779b97f4a7c15) * (guard_set)(index + 1);

	if (index < GUARD_COUNT)
		return bit(index);
	if (index < 2 * GUARD_COUNT)
		return GUARDS_EVERYTHING & ~bit(index - GUARD_COUNT);
	if (index == 2 * GUARD_COUNT)
		return 0;
	return (mixed ^ mixed >> 29) & GUARDS_EVERYTHING;
}

START_TEST(every_row_is_filled)
{
	const struct guard_info *g = &guard_table[_i];

	ck_assert(g->name && *g->name && !strpbrk(g->name, " +_"));
	ck_assert(g->about && *g->about);
	ck_assert_uint_eq(g->requires & ~GUARDS_EVERYTHING, 0);
	for (int other = 0; other < _i; other++)
		ck_assert_str_ne(g->name, guard_table[other].name);
}
END_TEST

START_TEST(namespaces_come_first)
{
	ck_assert_str_eq(guard_table[_i].name, ns_table[_i].name);
	ck_assert_uint_eq(guard_table[_i].requires, 0);
	ck_assert_uint_eq(guard_clone_flags(bit(_i)), ns_table[_i].flag);
}
END_TEST

START_TEST(only_namespaces_have_clone_flags)
{
	guard_set others = GUARDS_EVERYTHING & ~GUARDS_NAMESPACES;

	ck_assert_uint_eq(guard_clone_flags(others), 0);
	ck_assert_uint_eq(guard_clone_flags(GUARDS_EVERYTHING),
			  guard_clone_flags(GUARDS_NAMESPACES));
}
END_TEST

/* Nothing requires itself through others: what it requires can be closed without it. */
START_TEST(requirements_have_no_circle)
{
	ck_assert_uint_eq(guard_closure(guard_table[_i].requires) & bit(_i), 0);
}
END_TEST

START_TEST(no_guard_requires_a_provision)
{
	if (bit(_i) & GUARDS_SEALED)
		ck_assert_uint_eq(guard_closure(bit(_i)) & GUARDS_PROVISIONS, 0);
}
END_TEST

START_TEST(closure_adds_what_is_required)
{
	guard_set set = some_set(_i), closed = guard_closure(set);

	ck_assert_uint_eq(closed & set, set);
	ck_assert_uint_eq(guard_closure(closed), closed);
	for (int g = 0; g < GUARD_COUNT; g++)
		if (closed & bit(g))
			ck_assert_uint_eq(guard_table[g].requires & ~closed, 0);
}
END_TEST

/* The smallest: every added member is required by another one. */
START_TEST(closure_adds_nothing_else)
{
	guard_set set = some_set(_i), closed = guard_closure(set);
	guard_set required = 0;

	for (int g = 0; g < GUARD_COUNT; g++)
		if (closed & bit(g))
	required |= guard_table[g].requires;
	ck_assert_uint_eq(closed & ~set & ~required, 0);
}
END_TEST

START_TEST(effective_drops_what_lacks_something)
{
	guard_set set = some_set(_i), effective = guard_effective(set);

	ck_assert_uint_eq(effective & ~set, 0);
	ck_assert_uint_eq(guard_effective(effective), effective);
	ck_assert_uint_eq(guard_closure(effective), effective);
	/* and nothing else: what was dropped could not be had within the set */
	for (int g = 0; g < GUARD_COUNT; g++)
		if (set & ~effective & bit(g))
			ck_assert_uint_ne(guard_closure(bit(g)) & ~set, 0);
}
END_TEST

START_TEST(sealed_needs_nothing_more)
{
	ck_assert_uint_eq(guard_closure(GUARDS_SEALED), GUARDS_SEALED);
	ck_assert_uint_eq(guard_effective(GUARDS_SEALED), GUARDS_SEALED);
}
END_TEST

/* What the design promises about single guards; a chain is checked by its closure. */
static const struct {
	guard_set set, closure;
} chains[] = {
	{ GUARD(IDS), GUARD(IDS) | GUARD(USER) },
	{ GUARD(DETACH), GUARD(DETACH) | GUARD(PIVOT) | GUARD(ROOT) | GUARD(PRIVATE) | GUARD(MNT) },
	{ GUARD(PROC), GUARD(PROC) | GUARD(PID) | GUARD(PRIVATE) | GUARD(MNT) },
	{ GUARD(MQUEUE), GUARD(MQUEUE) | GUARD(DEV) | GUARD(IPC) | GUARD(PRIVATE) | GUARD(MNT) },
	{ PROVIDE(NAT), PROVIDE(NAT) | PROVIDE(VETH) | GUARD(NET) },
	{ GUARD(CAPS), GUARD(CAPS) },
};

START_TEST(chains_close)
{
	ck_assert_uint_eq(guard_closure(chains[_i].set), chains[_i].closure);
}
END_TEST

static const struct {
	guard_set set;
	const char *names;
} named[] = {
	{ 0, "none" },
	{ GUARDS_SEALED, "all" },
	{ GUARDS_SEALED | PROVIDE(VETH), "all+veth" },
	{ GUARDS_SEALED | PROVIDE(VETH) | PROVIDE(LO), "all+lo+veth" },
	{ GUARD(CAPS), "caps" },
	{ GUARD(UTS) | GUARD(PID) | PROVIDE(HOSTNAME), "pid+uts+hostname" },
};

START_TEST(names_are_joined)
{
	AUTO_TEXT struct text out = { 0 };

	guard_names(named[_i].set, &out);
	ck_assert_str_eq(out.str, named[_i].names);
}
END_TEST

START_TEST(maps_follow_the_guards)
{
	struct spawner s = { 0 };

	ck_assert_ptr_null(spawner_map(&s, 0));
	ck_assert_ptr_null(spawner_map(&s, GUARD(IDS)));
	ck_assert_ptr_eq(spawner_map(&s, GUARD(USER)), &s.same);
	ck_assert_ptr_eq(spawner_map(&s, GUARD(USER) | GUARD(IDS)), &s.ids);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("guard");
	TCase *tc = tcase_create("guard");

	tcase_add_loop_test(tc, every_row_is_filled, 0, GUARD_COUNT);
	tcase_add_loop_test(tc, namespaces_come_first, 0, NS_COUNT);
	tcase_add_test(tc, only_namespaces_have_clone_flags);
	tcase_add_loop_test(tc, requirements_have_no_circle, 0, GUARD_COUNT);
	tcase_add_loop_test(tc, no_guard_requires_a_provision, 0, GUARD_COUNT);
	tcase_add_loop_test(tc, closure_adds_what_is_required, 0, SET_COUNT);
	tcase_add_loop_test(tc, closure_adds_nothing_else, 0, SET_COUNT);
	tcase_add_loop_test(tc, effective_drops_what_lacks_something, 0, SET_COUNT);
	tcase_add_test(tc, sealed_needs_nothing_more);
	tcase_add_loop_test(tc, chains_close, 0, ARRAY_SIZE(chains));
	tcase_add_loop_test(tc, names_are_joined, 0, ARRAY_SIZE(named));
	tcase_add_test(tc, maps_follow_the_guards);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
