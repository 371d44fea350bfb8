// SPDX-License-Identifier: MIT
/*
 * An earlier run, read from its results.json, and what has changed since. Pure but for reading the
 * file. What a change is worth, verdict_trend() decides.
 */
#ifndef NSPROOF_BASELINE_H
#define NSPROOF_BASELINE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "report/result.h"

struct baseline_check {
	const char *id; /* the document's */
	enum verdict verdict;
};

/* Start with { 0 }. */
struct baseline {
	json_t *document;
	struct run_info
		run; /* what the earlier run said of itself; the strings are the document's */
	struct baseline_check *checks;
	size_t count;
	struct changed_check *changed;
	size_t changed_count;
	size_t trends[TREND_COUNT];
	bool failed; /* memory ran out */
};

/*
 * Reads the file `path`, or a text. The file must be whole: a run that was killed left no verdict on
 * most checks, and comparing with it would hide that. -EINVAL: it is not what `check --format json`
 * writes, or of a later schema; the text says where it fails.
 */
int baseline_read(const char *path, struct baseline *ret, struct err *err);
int baseline_parse(const char *str, size_t len, struct baseline *ret, struct err *err);
void baseline_done(struct baseline *b); /* safe twice */

/* Compares one result of this run; to be called once for each. */
void baseline_judge(struct baseline *b, const struct check_result *result);

/*
 * After the last result: adds what is gone, that is, what `exists` does not know. What was left out
 * of this run only by its selection, or by an interrupt, is no change. Fills `ret`, which borrows
 * from `b` and `is`. -ENOMEM, also when a call of baseline_judge() ran out of memory.
 */
int baseline_end(struct baseline *b, const struct run_info *is, bool (*exists)(const char *id),
		 struct comparison *ret, struct err *err);

#define AUTO_BASELINE __attribute__((cleanup(baseline_done)))

#endif
