// SPDX-License-Identifier: MIT
/*
 * Taking samples: several series side by side, one sample of each a round, in an order that turns
 * round (A B, B A, A B ...), so that a machine that grows slower or faster does so for all of them.
 * The clock is the caller's. A sample that fails ends it all: it is never averaged in.
 */
#ifndef NSPROOF_BENCH_SAMPLE_H
#define NSPROOF_BENCH_SAMPLE_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { BENCH_PARTS_MAX = 12, BENCH_SERIES_MAX = 16 };

struct bench_sample {
	double value;                  /* in the scenario's unit: nanoseconds as a rule */
	double parts[BENCH_PARTS_MAX]; /* of it, where the scenario names them; they add up to it */
};

/* Takes one sample, and verifies that what was measured did happen. */
typedef int bench_sample_fn(void *state, struct bench_sample *ret, struct err *err);

struct series {
	bench_sample_fn *sample;
	void *state;
	struct bench_sample *samples; /* in the order in which they were taken */
	size_t count, room;
};

void series_done(struct series *s);

/* Values alone, or one part of each; `count` of them. */
void series_values(const struct series *s, double *ret);
void series_parts(const struct series *s, int part, double *ret);

struct sampling {
	int64_t (*now)(void); /* nanoseconds */
	double precision;     /* 0.02: the median is known to within 2 % up and down */
	int64_t time_ns;      /* at most, without the warm-up */
	size_t warm_up;       /* rounds that are thrown away */
	size_t few;           /* rounds at least, even when the time is up */
	size_t enough;        /* rounds before precision is asked for */
	size_t most;          /* rounds at most */
	const volatile sig_atomic_t
		*stop; /* becomes non-zero: ends after the sample in hand; or NULL */
};

enum sampling_end {
	ENDED_PRECISE, /* every median is known well enough */
	ENDED_TIME,    /* the time was up before that */
	ENDED_ROUNDS,  /* so was the number of rounds */
	ENDED_STOPPED,
	ENDED_CLEAR, /* a comparison's verdict is clear: against.h */
};

/* "precision", "time", "rounds", "interrupt", "verdict" */
extern const char *const sampling_end_names[];

/*
 * Fills 1 to BENCH_SERIES_MAX series, which get as many samples each. On failure the text names the
 * round; what was taken before stays in the series.
 */
int sample_rounds(struct series *series, size_t count, const struct sampling *how,
		  enum sampling_end *ret, struct err *err);

#endif
