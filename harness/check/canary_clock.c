// SPDX-License-Identifier: MIT
/* Canaries that are what the host's clocks show. There before, and nothing is planted. */
#include <inttypes.h>
#include <time.h>

#include "check/canary.h"

static int tell_clock(struct scene *s, clockid_t clock, const char *arg, struct err *err)
{
	struct timespec ts;

	if (clock_gettime(clock, &ts) < 0)
		return err_sys(err, "clock_gettime");
	scene_arg(s, arg, "%" PRId64, (int64_t)ts.tv_sec);
	return 0;
}

static int plant_clock(struct scene *s, struct err *err)
{
	return tell_clock(s, CLOCK_MONOTONIC, "mono", err);
}

const struct canary canary_clock = {
	.about = "the host's monotonic clock",
	.dies_with_us = true,
	.plant = plant_clock,
};

static int plant_boottime(struct scene *s, struct err *err)
{
	return tell_clock(s, CLOCK_BOOTTIME, "boot", err);
}

const struct canary canary_boottime = {
	.about = "the host's clock that counts from its boot",
	.dies_with_us = true,
	.plant = plant_boottime,
};

static int plant_realtime(struct scene *s, struct err *err)
{
	return tell_clock(s, CLOCK_REALTIME, "real", err);
}

const struct canary canary_realtime = {
	.about = "the host's time of day",
	.dies_with_us = true,
	.plant = plant_realtime,
};
