// SPDX-License-Identifier: MIT
/*
 * Reports of benchmarks: hooks over one output stream, one file a format, like reporter.h. What a
 * hook has written is with the kernel when it returns.
 */
#ifndef NSPROOF_REPORT_BENCH_REPORTER_H
#define NSPROOF_REPORT_BENCH_REPORTER_H

#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"
#include "report/bench_result.h"

enum { BENCH_CURVES_MAX = 32 };

struct bench_reporter {
	const struct bench_reporter_ops *ops;
	FILE *out;   /* the caller's */
	bool colour; /* text: ANSI colours */
	bool parts;  /* text: the phases too */
	int failed;  /* errno of the first thing that went wrong; 0: nothing */
	/* the formats' own */
	size_t reported;
	bool against; /* there is a base */
	char theme[64];
	struct bench_curve curves[BENCH_CURVES_MAX]; /* their strings live as long as the program */
	size_t curve_count;
	char curve_names[BENCH_CURVES_MAX][64];
};

struct bench_reporter_ops {
	const char *name; /* "text", "json" */
	void (*begin)(struct bench_reporter *r, const struct bench_info *info);
	void (*result)(struct bench_reporter *r, const struct bench_result *result);
	void (*duel)(struct bench_reporter *r, const struct bench_duel *duel);
	void (*curve)(struct bench_reporter *r, const struct bench_curve *curve);
	void (*end)(struct bench_reporter *r, const struct bench_totals *totals);
};

/* In this order, so that an OPT_CHOICE index picks one. */
extern const struct bench_reporter_ops *const bench_formats[];
enum { BENCH_TEXT, BENCH_JSON, BENCH_FORMATS };

/* Call begin once, then results (with a base: duels) and curves as they come, and end once. */
void bench_report_begin(struct bench_reporter *r, const struct bench_info *info);
void bench_report_result(struct bench_reporter *r, const struct bench_result *result);
void bench_report_duel(struct bench_reporter *r, const struct bench_duel *duel);
void bench_report_curve(struct bench_reporter *r, const struct bench_curve *curve);
/* Returns the first thing that went wrong since the beginning: the stream's errno, or -ENOMEM. */
int bench_report_end(struct bench_reporter *r, const struct bench_totals *totals, struct err *err);

/* "148.2 us", "1.3 MB": three digits and a fitting unit, for people. */
void bench_format(double value, const char *unit, char *ret, size_t room);

#endif
