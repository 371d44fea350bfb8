// SPDX-License-Identifier: MIT
/* The last two processors: see pin.h. */
#include "bench/pin.h"

enum { PINNED = 2 };

bool pin_choose(const cpu_set_t *allowed, cpu_set_t *ret)
{
	int left = PINNED;

	if (CPU_COUNT(allowed) <= PINNED)
		return false;
	CPU_ZERO(ret);
	for (int cpu = CPU_SETSIZE - 1; left > 0; cpu--) {
		if (!CPU_ISSET(cpu, allowed))
			continue;
		CPU_SET(cpu, ret);
		left--;
	}
	return true;
}

bool pin_is_possible(void)
{
	cpu_set_t allowed, chosen;

	return sched_getaffinity(0, sizeof(allowed), &allowed) == 0 &&
	       pin_choose(&allowed, &chosen);
}

void pin_scenario(const struct scenario *s)
{
	cpu_set_t allowed, chosen;

	/* without it the figures waver more, and say so by their intervals */
	if (!s->wide && sched_getaffinity(0, sizeof(allowed), &allowed) == 0 &&
	    pin_choose(&allowed, &chosen))
		(void)sched_setaffinity(0, sizeof(chosen), &chosen);
}
