// SPDX-License-Identifier: MIT
/*
 * What a benchmark produces, as plain structs, for the reporters and for who compares. All strings
 * and arrays belong to the caller and live until the hook returns. Times are nanoseconds.
 */
#ifndef NSPROOF_REPORT_BENCH_RESULT_H
#define NSPROOF_REPORT_BENCH_RESULT_H

#include <stdbool.h>
#include <stddef.h>

/* With 95 % confidence. */
struct interval {
	double low, high;
};

struct stats {
	size_t count;
	double min, max, mean;
	double median, p5, p25, p75, p95, p99;
	double mad;      /* median absolute deviation from the median, not scaled */
	size_t outliers; /* beyond 3 quartile distances from the quartiles: counted, not removed */
	struct interval likely; /* of the median, by bootstrap */
};

/* A straight line through points, y = intercept + slope * x, by least squares. */
struct line {
	double intercept, slope;
	struct interval slope_likely; /* by Student's t; needs 3 points, else -inf to inf */
	double r2;                    /* how much of the variance it explains, 0 to 1 */
};

enum bench_state {
	BENCH_MEASURED,
	BENCH_NOISY,   /* measured, while something else disturbed: the reason says what */
	BENCH_SKIPPED, /* the machine can't do it: found out before the first sample */
	BENCH_FAILED,  /* a sample failed: there is no figure */
	BENCH_STATES,
};

extern const char *const bench_state_names[BENCH_STATES]; /* "measured", "noisy", ... */

/* A phase. Its mean over the middle half of the samples, so that all add up to that of the whole. */
struct bench_part {
	const char *name;
	double mean;
};

struct bench_result {
	const char *name, *about;
	const char *unit; /* of the samples: "ns" or "bytes" */
	enum bench_state state;
	const char *reason; /* "" when measured */
	const char *ended;  /* why sampling ended: "precision", "time", "rounds", "interrupt" */
	const double *samples;
	struct stats stats;
	const struct bench_part *parts;
	size_t part_count;
	double whole; /* what the parts add up to, measured by itself */
	/* the floor, interleaved with it; floor.count is 0 where there is none */
	const double *floor_samples;
	struct stats floor;
	double ratio; /* median of the rounds' ratios of a sample to the floor's */
	struct interval ratio_likely;
	/* what one sample does; 0: does not apply */
	double bytes, files, items;
	/* a point of a curve: the curve's name is all before the last slash */
	bool is_point;
	double x;
};

/* A family of scenarios that differ in one number. */
struct bench_curve {
	const char *name;
	const char *per; /* what x counts: "mounts" */
	size_t points;
	struct line line; /* nanoseconds over x */
};

/* Two builds, one scenario, samples of both in turns. */
struct bench_duel {
	const char *name, *unit;
	enum bench_state state;
	const char *reason, *ended; /* as above, but "verdict" instead of "precision" */
	const double *base_samples, *samples;
	struct stats base, stats; /* of the other build and of this one; as many samples each */
	double ratio; /* median of the rounds' ratios to the base: 1.1 is a tenth slower */
	struct interval likely;
	const char *change; /* "slower", "faster", "same", "too noisy"; "": no figures */
	const char *doubt;  /* why it is too noisy to say; "" otherwise */
};

/* The machine, for the head of a report and for who compares. */
struct bench_info {
	const char *version, *kernel, *machine, *distribution, *mode;
	const char *cpu;      /* model name, or "unknown" */
	const char *governor; /* of the first processor's frequency, or "none" */
	size_t cpus;          /* that we may run on */
	bool pinned;
	double precision; /* that was asked for, 0.02 is 2 %; of no account with a base */
	double time_s;    /* at most, for one scenario */
	size_t planned;   /* scenarios */
	const char *base; /* the build that this one is measured against; NULL: none */
	double threshold; /* then: 0.05 is 5 % */
};

struct bench_totals {
	size_t states[BENCH_STATES];
	bool interrupted;
	size_t slower, faster, same, unclear; /* than the base, where there is one */
};

/* 130 interrupted, 1 something is slower, 3 a scenario failed, 4 nothing was measured, 0. */
int bench_totals_status(const struct bench_totals *totals);

#endif
