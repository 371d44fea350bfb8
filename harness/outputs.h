// SPDX-License-Identifier: MIT
/*
 * Where the reports of a run go: one format to standard output or a file, and, if asked for, every
 * format into a directory of results, all from the same run.
 */
#ifndef NSPROOF_OUTPUTS_H
#define NSPROOF_OUTPUTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/err.h"
#include "report/reporter.h"

struct outputs {
	struct reporter *reporters[1 + REPORTER_FORMATS];
	FILE *files[1 + REPORTER_FORMATS]; /* NULL: standard output */
	size_t count;
	const char *results; /* the directory's path, the caller's; NULL: none asked for */
	int results_dir;
};

#define OUTPUTS_INIT                                                                               \
	{                                                                                          \
		.results_dir = -1                                                                  \
	}

struct output_choice {
	int format;          /* REPORTER_TEXT ... */
	bool verbose;        /* text: every arm; the one in the directory always has them */
	const char *file;    /* NULL: standard output */
	const char *results; /* directory, made if it is not there (not its parents); NULL: none */
};

/*
 * Opens what must be found by its path. To be called before the process becomes a spawner, which
 * may hide paths.
 */
int outputs_open(struct outputs *o, const struct output_choice *choice, struct err *err);

/* Writes results.json, results.ktap and report.txt from now on. Called when a run is certain. */
int outputs_start(struct outputs *o, struct err *err);

void outputs_begin(struct outputs *o, const struct run_info *run);
void outputs_check(struct outputs *o, const struct check_result *result);
void outputs_end(struct outputs *o, const struct totals *totals);

/* The first write error of any of them, see reporter_close(). Releases all; safe twice. */
int outputs_close(struct outputs *o, struct err *err);
void outputs_done(struct outputs *o);

#define AUTO_OUTPUTS __attribute__((cleanup(outputs_done)))

#endif
