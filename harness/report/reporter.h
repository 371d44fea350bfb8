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
	bool colour;   /* text: ANSI colours */
	bool verbose;  /* text: every arm with its evidence, also of what passed */
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
 * Opens a reporter on `out`, which stays the caller's. NULL when memory runs out.
 * reporter_close() returns -EIO (or the stream's errno) if anything could not be written, and
 * releases the reporter; NULL is fine.
 */
struct reporter *reporter_open(int format, FILE *out, const struct reporter_opts *opts);
void reporter_begin(struct reporter *r, const struct run_info *run);
void reporter_check(struct reporter *r, const struct check_result *result);
void reporter_end(struct reporter *r, const struct totals *totals);
int reporter_close(struct reporter *r, struct err *err);

#endif
