// SPDX-License-Identifier: MIT
/* The suites in order, and the sets of guards that a row's arms run under. Pure. */
#include <string.h>

#include "base/cleanup.h"
#include "check/check.h"
#include "check/suites.h"

#define SUITE_ROW(suite) &suite_##suite,

const struct check_suite *const check_suites[] = { SUITE_LIST(SUITE_ROW) NULL };

size_t check_count(void)
{
	size_t count = 0;

	for (const struct check_suite *const *s = check_suites; *s; s++)
		count += (*s)->count;
	return count;
}

const struct check *check_at(size_t index)
{
	for (const struct check_suite *const *s = check_suites; *s; s++) {
		if (index < (*s)->count)
			return &(*s)->rows[index];
		index -= (*s)->count;
	}
	return NULL;
}

const struct check *check_find(const char *id)
{
	for (size_t i = 0; i < check_count(); i++)
		if (!strcmp(check_at(i)->id, id))
			return check_at(i);
	return NULL;
}

size_t check_wall_count(const struct check *check)
{
	size_t count = 0;

	while (count < CHECK_WALLS_MAX && check->walls[count])
		count++;
	return count;
}

/* The provisions that a row speaks of; a container has no others. */
static guard_set provisions(const struct check *check)
{
	guard_set set = guard_closure(check->base);

	for (size_t i = 0; i < check_wall_count(check); i++)
		set |= guard_closure(check->walls[i]);
	return set & GUARDS_PROVISIONS;
}

guard_set check_sealed(const struct check *check, guard_set available)
{
	guard_set extra = PROVIDE(HOSTNAME) | PROVIDE(LO) | provisions(check);

	return guard_effective((GUARDS_SEALED | extra) & available);
}

guard_set check_open(const struct check *check)
{
	return guard_closure(check->base);
}

guard_set check_wall(const struct check *check, size_t wall)
{
	return guard_closure(check->base | check->walls[wall]);
}

guard_set check_breached(const struct check *check, guard_set available)
{
	guard_set set = check_sealed(check, available);

	for (size_t i = 0; i < check_wall_count(check); i++) {
		/* of a wall that several guards make, those that the base does not presuppose */
		set &= ~(check->walls[i] & ~guard_closure(check->base));
	}
	return guard_effective(set);
}
