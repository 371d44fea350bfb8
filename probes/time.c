// SPDX-License-Identifier: MIT
/* Clocks: does the container see how long the host has been up? time_namespaces(7) */
#include <limits.h>
#include <time.h>

#include "probe.h"

/* Offsets that a harness sets are days; what passes between its look and ours is seconds. */
#define SAME_WITHIN_S 600

PROBE(time_offset_differs, "compares CLOCK_MONOTONIC with the host's")
{
	long long host = arg_int("mono", 0, LLONG_MAX / 2), apart;
	struct timespec now;

	MUST(clock_gettime(CLOCK_MONOTONIC, &now));
	apart = (long long)now.tv_sec - host;
	if (apart > SAME_WITHIN_S || apart < -SAME_WITHIN_S)
		return blocked("absent", "CLOCK_MONOTONIC is not the host's");
	return reached(NO_TOKEN, "CLOCK_MONOTONIC is the host's");
}
