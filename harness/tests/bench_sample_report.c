// SPDX-License-Identifier: MIT
/* See bench_sample_report.h. */
#include "bench_sample_report.h"

#include <math.h>

#include "base/cleanup.h"

static const struct bench_info info = {
	.version = "0.1.0",
	.kernel = "6.18.0",
	.machine = "x86_64",
	.distribution = "Example Linux 1",
	.mode = "root",
	.cpu = "Example CPU",
	.governor = "performance",
	.cpus = 8,
	.pinned = true,
	.precision = 0.02,
	.time_s = 3,
	.planned = 6,
};

static const double samples[] = { 148200, 149000, 151100, 150300 };
static const double floors[] = { 100000, 101000, 99000, 100400 };

/* Twice each, and clang takes no const struct for a constant. */
#define STATS                                                                                      \
	{                                                                                          \
		4, 148200, 151100, 149650, 149650, 148320, 148800, 150500, 150980, 151076.3, 1050, \
			1,                                                                         \
		{                                                                                  \
			148200, 151100                                                             \
		}                                                                                  \
	}
#define FLOOR_STATS                                                                                \
	{                                                                                          \
		4, 99000, 101000, 100100, 100200, 99150, 99750, 100550, 100910, 100982, 500, 0,    \
		{                                                                                  \
			99000, 101000                                                              \
		}                                                                                  \
	}

static const struct bench_part parts[] = { { "clone", 100000 }, { "maps", 0 }, { "exec", 49600 } };

static const struct bench_result results[] = {
	{ .name = "ns/pid/clone3",
	  .about = "a child",
	  .unit = "ns",
	  .state = BENCH_MEASURED,
	  .reason = "",
	  .ended = "precision",
	  .samples = samples,
	  .stats = STATS,
	  .floor_samples = floors,
	  .floor = FLOOR_STATS,
	  .ratio = 1.495,
	  .ratio_likely = { 1.47, 1.52 } },
	{ .name = "ns/time/clone3",
	  .about = "a child",
	  .unit = "ns",
	  .state = BENCH_SKIPPED,
	  .reason = "unshare: Operation not permitted\033[2J" },
	{ .name = "container/six",
	  .about = "a container",
	  .unit = "ns",
	  .state = BENCH_NOISY,
	  .reason = "other programs used 88 % of a processor",
	  .ended = "time",
	  .samples = samples,
	  .stats = STATS,
	  .parts = parts,
	  .part_count = ARRAY_SIZE(parts),
	  .whole = 149600 },
	{ .name = "container/sealed",
	  .about = "a container",
	  .unit = "ns",
	  .state = BENCH_FAILED,
	  .reason = "sample 93: /probe: No such file or directory" },
	{ .name = "image/unpack",
	  .about = "an image",
	  .unit = "ns",
	  .state = BENCH_MEASURED,
	  .reason = "",
	  .ended = "rounds",
	  .samples = samples,
	  .stats = STATS,
	  .bytes = 1e6,
	  .files = 150,
	  .items = 3 },
	{ .name = "memory/peak",
	  .about = "the resident set",
	  .unit = "bytes",
	  .state = BENCH_MEASURED,
	  .reason = "",
	  .ended = "interrupt",
	  .samples = samples,
	  .stats = STATS,
	  .is_point = true,
	  .x = 10 },
};

static const struct bench_curve curves[] = {
	{ "scale/mounts", "mounts", 3, { 340000, 2010.5, { 1990, 2031 }, 0.9991 } },
	{ "scale/live", "containers", 2, { 340000, 150, { -INFINITY, INFINITY }, 1 } },
};

static const struct bench_duel duels[] = {
	{ .name = "ns/pid/clone3",
	  .unit = "ns",
	  .state = BENCH_MEASURED,
	  .reason = "",
	  .ended = "verdict",
	  .base_samples = floors,
	  .samples = samples,
	  .base = FLOOR_STATS,
	  .stats = STATS,
	  .ratio = 1.495,
	  .likely = { 1.47, 1.52 },
	  .change = "slower",
	  .doubt = "" },
	{ .name = "container/six",
	  .unit = "ns",
	  .state = BENCH_NOISY,
	  .reason = "the hypervisor took 7 % of the time",
	  .ended = "time",
	  .base_samples = floors,
	  .samples = samples,
	  .base = FLOOR_STATS,
	  .stats = STATS,
	  .ratio = 1.04,
	  .likely = { 0.97, 1.11 },
	  .change = "too noisy",
	  .doubt = "the interval reaches across the threshold" },
	{ .name = "container/sealed",
	  .unit = "",
	  .state = BENCH_FAILED,
	  .reason = "this build: it ended without an answer",
	  .change = "",
	  .doubt = "" },
	{ .name = "image/unpack",
	  .unit = "",
	  .state = BENCH_SKIPPED,
	  .reason = "./old: no scenario is called 'image/unpack'",
	  .change = "",
	  .doubt = "" },
};

int bench_sample_run(struct bench_reporter *r, struct err *err)
{
	const struct bench_totals totals = { .states = { 3, 1, 1, 1 } };

	bench_report_begin(r, &info);
	for (size_t i = 0; i < ARRAY_SIZE(results); i++)
		bench_report_result(r, &results[i]);
	for (size_t i = 0; i < ARRAY_SIZE(curves); i++)
		bench_report_curve(r, &curves[i]);
	return bench_report_end(r, &totals, err);
}

int bench_sample_against(struct bench_reporter *r, struct err *err)
{
	const struct bench_totals totals = { .states = { 1, 1, 1, 1 }, .slower = 1, .unclear = 1 };
	struct bench_info against = info;

	against.base = "./caf\xc3\xa9\xff/nsproof";
	against.threshold = 0.05;
	against.planned = ARRAY_SIZE(duels);
	bench_report_begin(r, &against);
	for (size_t i = 0; i < ARRAY_SIZE(duels); i++)
		bench_report_duel(r, &duels[i]);
	return bench_report_end(r, &totals, err);
}
