// SPDX-License-Identifier: MIT
/* Inside bench/: programs of the machine, for whole commands. None outlives its deadline. */
#ifndef NSPROOF_BENCH_PROCESS_H
#define NSPROOF_BENCH_PROCESS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/text.h"

/* Its path, through $PATH and the usual places. -ENOENT: "NAME is not installed". */
int process_find(const char *name, char *ret, size_t room, struct err *err);

/* What a letter stands for in a template; the last one has the letter 0. */
struct process_word {
	char letter;
	const char *value;
};

/*
 * A command line from a template: "%D" becomes the value of the letter D. The first word is a program
 * that is looked up, unless it begins with a letter's value. -EOPNOTSUPP: it is not installed.
 */
int process_command(const char *template, const struct process_word *words, struct text *out,
		    struct err *err);

/*
 * Runs a command to its end, in a process group of its own and with a small environment, and appends
 * what it prints on either stream to *out. `command` is split at blanks, and nothing is quoted.
 * -ECHILD: it failed, and the text has the last line that it printed; -ETIMEDOUT: it was killed.
 */
int process_run(const char *command, int timeout_ms, struct text *out, struct err *err);

/* The same for words that are split already; NULL-terminated. */
int process_run_words(const char *const *words, int timeout_ms, struct text *out, struct err *err);

#endif
