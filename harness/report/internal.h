// SPDX-License-Identifier: MIT
/* What the formats share with the dispatcher, and nobody outside this folder needs. */
#ifndef NSPROOF_REPORT_INTERNAL_H
#define NSPROOF_REPORT_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "report/bench_reporter.h"
#include "report/reporter.h"

/* How many checks were skipped for want of one thing. */
struct need_count {
	char *need;
	size_t count;
};

struct reporter {
	const struct reporter_ops *ops;
	FILE *out; /* the caller's */
	struct reporter_opts opts;
	bool is_file;    /* `out` is a regular file: what is written must survive a crash */
	int failed;      /* errno of the first thing that went wrong; 0: nothing */
	size_t reported; /* checks so far, without the one in hand */
	size_t planned;  /* checks that were announced */
	/* text only: the suite whose name was written last, and the skips, for the end */
	char suite[64];
	struct need_count *needs;
	size_t need_count;
};

extern const struct reporter_ops reporter_text, reporter_json, reporter_ktap;
extern const struct bench_reporter_ops bench_reporter_text, bench_reporter_json;

/* Remembers the first failure, for reporter_close(). */
void reporter_fail(struct reporter *r, int num);

/*
 * Writes one line's worth of text that came from outside (from the container, above all): all but
 * printable ASCII, and the characters of `avoid`, become \xNN, so that it can neither drive a
 * terminal nor pose as a line of the report.
 */
void put_clean(FILE *out, const char *str, const char *avoid);

/* "against the baseline: 1 worse, 2 better, ...", and a newline. */
void put_changes(FILE *out, const struct comparison *comparison);

/* "ID: isolated -> leaked"; of what is new or gone the one verdict that there is. */
void put_changed(FILE *out, const struct changed_check *check);

/*
 * A JSON string. JSON knows only Unicode; bytes that are none (a file's name may be anything) become
 * \xNN. NULL when memory runs out.
 */
struct json_t;
struct json_t *report_json_text(const char *str);

#endif
