// SPDX-License-Identifier: MIT
/*
 * A reporter is a set of typed hooks over one output stream, one file a format. Every result is
 * written and flushed as it comes, so that a crash of the kernel under test loses at most the check
 * that caused it.
 */
#ifndef NSPROOF_REPORT_REPORTER_H
#define NSPROOF_REPORT_REPORTER_H

#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"
#include "report/result.h"

struct reporter_opts {
	bool colour;  /* text: ANSI colours */
	bool verbose; /* text: every arm with its evidence, also of what passed */
};

struct reporter;

struct reporter_ops {
	const char *name; /* "text", "json", "ktap" */
	void (*begin)(struct reporter *r, const struct run_info *run);
	void (*check)(struct reporter *r, const struct check_result *result);
	void (*end)(struct reporter *r, const struct totals *totals);
};

/* In this order: "text", "json", "ktap", so that an OPT_CHOICE index picks one. */
extern const struct reporter_ops *const reporter_formats[];
enum { REPORTER_TEXT, REPORTER_JSON, REPORTER_KTAP, REPORTER_FORMATS };

/*
 * Opens a reporter on `out`, which stays the caller's. NULL when memory runs out. Then call
 * reporter_begin() once, reporter_check() for each result in the order of the catalogue (a suite's
 * checks together), reporter_end() once, also after an interrupt. What a hook has written is with
 * the kernel when it returns, and on the disk if `out` is a regular file. Free text is made
 * harmless: it can neither drive a terminal nor pose as a line of the report.
 */
struct reporter *reporter_open(int format, FILE *out, const struct reporter_opts *opts);
void reporter_begin(struct reporter *r, const struct run_info *run);
void reporter_check(struct reporter *r, const struct check_result *result);
void reporter_end(struct reporter *r, const struct totals *totals);

/*
 * Releases the reporter; NULL is fine. Returns the first thing that went wrong since it was opened:
 * the stream's errno (-EIO if it tells none), or -ENOMEM. `out` is flushed, not closed.
 */
int reporter_close(struct reporter *r, struct err *err);

/* One line, "33 checks, 120 containers in 0.42 s": for standard error, because it never repeats. */
void report_timing(FILE *out, const struct totals *totals);

#endif
