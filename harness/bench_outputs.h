// SPDX-License-Identifier: MIT
/*
 * Where the reports of a benchmark go: one format to standard output or a file, and, if asked for,
 * all of them into a directory of results, where bench/ leaves what hyperfine wrote of whole commands.
 */
#ifndef NSPROOF_BENCH_OUTPUTS_H
#define NSPROOF_BENCH_OUTPUTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/err.h"
#include "report/bench_reporter.h"

struct bench_output_choice {
	int format;          /* BENCH_TEXT ... */
	bool parts;          /* text: the phases too; the one in the directory always has them */
	const char *file;    /* NULL: standard output */
	const char *results; /* directory, made if it is not there (not its parents); NULL: none */
};

struct bench_outputs {
	struct bench_output_choice choice; /* its strings are the caller's */
	int file_parent, results_parent;   /* directories that hold what is to be made */
	int results_dir;                   /* for bench_env; -1: none */
	struct bench_reporter reporters[1 + BENCH_FORMATS];
	FILE *files[1 + BENCH_FORMATS]; /* NULL: standard output */
	size_t count;
};

#define BENCH_OUTPUTS_INIT                                                                         \
	{                                                                                          \
		.file_parent = -1, .results_parent = -1, .results_dir = -1                         \
	}

/* As outputs_open() and outputs_start() of outputs.h. */
int bench_outputs_open(struct bench_outputs *o, const struct bench_output_choice *choice,
		       struct err *err);
int bench_outputs_start(struct bench_outputs *o, struct err *err);

/* To all of them; see bench_reporter.h. */
void bench_outputs_begin(struct bench_outputs *o, const struct bench_info *info);
void bench_outputs_result(struct bench_outputs *o, const struct bench_result *result);
void bench_outputs_duel(struct bench_outputs *o, const struct bench_duel *duel);
void bench_outputs_curve(struct bench_outputs *o, const struct bench_curve *curve);
int bench_outputs_end(struct bench_outputs *o, const struct bench_totals *totals, struct err *err);

void bench_outputs_done(struct bench_outputs *o); /* safe twice */

#define AUTO_BENCH_OUTPUTS __attribute__((cleanup(bench_outputs_done)))

#endif
