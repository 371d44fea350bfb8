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

struct output_choice {
	int format;          /* REPORTER_TEXT ... */
	bool verbose;        /* text: every arm; the one in the directory always has them */
	const char *file;    /* NULL: standard output */
	const char *results; /* directory, made if it is not there (not its parents); NULL: none */
};

struct outputs {
	struct output_choice choice;     /* its strings are the caller's */
	int file_parent, results_parent; /* directories that hold what is to be made */
	struct reporter *reporters[1 + REPORTER_FORMATS];
	FILE *files[1 + REPORTER_FORMATS]; /* NULL: standard output */
	size_t count;
};

#define OUTPUTS_INIT                                                                               \
	{                                                                                          \
		.file_parent = -1, .results_parent = -1                                            \
	}

/*
 * For a file that is to be made later: its directory, and then the file itself, by the last
 * component of the path. NULL: errno says why.
 */
int outputs_open_parent(const char *path, const char *option, int *ret_fd, struct err *err);
FILE *outputs_create(int dir_fd, const char *path);

/*
 * Opens the directories that the outputs go to. To be called before the process becomes a spawner,
 * which may hide paths. Nothing is made yet.
 */
int outputs_open(struct outputs *o, const struct output_choice *choice, struct err *err);

/* Makes the outputs. Called when a run is certain: until then nothing that is there is lost. */
int outputs_start(struct outputs *o, struct err *err);

void outputs_begin(struct outputs *o, const struct run_info *run);
void outputs_check(struct outputs *o, const struct check_result *result);
void outputs_end(struct outputs *o, const struct totals *totals);

/* The first write error of any of them, see reporter_close(). Releases all; safe twice. */
int outputs_close(struct outputs *o, struct err *err);
void outputs_done(struct outputs *o);

#define AUTO_OUTPUTS __attribute__((cleanup(outputs_done)))

#endif
