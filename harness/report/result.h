// SPDX-License-Identifier: MIT
/*
 * What a run produces, as plain structs: the reporters take these and nothing else, so that a
 * format never looks into the engine. All strings belong to the caller and live until the hook
 * returns. Nothing in here differs between two runs of the same kind on the same machine (no
 * times, process ids or tokens), so that two reports can be compared by diff.
 */
#ifndef NSPROOF_REPORT_RESULT_H
#define NSPROOF_REPORT_RESULT_H

#include <stdbool.h>
#include <stddef.h>

enum verdict {
	VERDICT_ISOLATED, /* every arm as expected */
	VERDICT_LEAKED,   /* an arm that had to block (or to work) did not */
	VERDICT_BLIND,    /* the open arm did not reach: the probe proves nothing */
	VERDICT_SKIPPED,  /* the machine can't do it: a need, decided before the check ran */
	VERDICT_BROKEN,   /* harness fault, time-out or protocol error */
	VERDICT_COUNT,
};

extern const char *const verdict_names[VERDICT_COUNT];

enum check_kind {
	KIND_KEEPS_OUT,   /* guards must block */
	KIND_LETS_WORK,   /* the container must be able to */
	KIND_KERNEL_RULE, /* no guard decides: the illegal act fails, its legal twin works */
	KIND_OPEN,        /* not isolated by design: reached even when sealed */
	KIND_COUNT,
};

extern const char *const check_kind_names[KIND_COUNT]; /* "keeps-out", "lets-work", ... */

enum answer_kind { ANSWER_REACHED, ANSWER_BLOCKED, ANSWER_BROKEN, ANSWER_COUNT };

extern const char *const answer_names[ANSWER_COUNT]; /* "reached", "blocked", "broken" */

/* One run of a check under one set of guards. */
struct arm_result {
	const char *name;   /* "sealed", "wall 1", ..., "open" */
	const char *host;   /* who was the host: "real" or "arena" */
	const char *guards; /* what was on, names joined by '+'; "all" for sealed, "none" */
	enum answer_kind expected, answer;
	const char *outcome;  /* ENOENT, absent, unchanged ...; "" when reached */
	const char *evidence; /* one line */
	bool as_expected;     /* also the outcome is one that the row lists */
};

struct check_result {
	const char *id, *suite, *question, *reference;
	enum check_kind kind;
	enum verdict verdict;
	const char *reason; /* why it is not isolated, or which need is missing; "" otherwise */
	const char *need;   /* name of the missing need when skipped, else NULL */
	const struct arm_result *arms;
	size_t arm_count;  /* 0 when skipped */
	const char *known; /* why this verdict was expected (--known), else NULL */
	bool news;         /* it was known as a failure, and has become isolated */
};

/* The machine and the way of running, for the head of a report. */
struct run_info {
	const char *version;      /* of nsproof */
	const char *kernel;       /* uname -r */
	const char *machine;      /* uname -m */
	const char *distribution; /* PRETTY_NAME of os-release, or "unknown" */
	const char *image;        /* as given: repository tag, or the file's name */
	const char *mode;         /* "root" or "user" */
	size_t planned;           /* number of checks that will be reported */
	/* the earlier run that this one is compared with (--baseline), and its file; NULL: none */
	const struct run_info *baseline;
	const char *baseline_name;
};

/* What is said of a run, from the version to the mode: two runs that differ in it may well differ
 * in their verdicts too. Returns the value, *ret_name its name; NULL after the last. */
const char *run_fact(const struct run_info *run, size_t number, const char **ret_name);

/* From the verdict of an earlier run to that of this one. */
enum trend {
	TREND_SAME,
	TREND_WORSE,
	TREND_BETTER,
	TREND_OTHER, /* from one verdict that proves nothing to another */
	TREND_NEW,   /* the earlier run has not got this check */
	TREND_GONE,  /* the catalogue has no such check any more */
	TREND_COUNT,
};

extern const char *const trend_names[TREND_COUNT]; /* "same", "worse", ... */

/*
 * Pure. Better: it is isolated now. Worse: it leaks now; or something was proved, isolation or a
 * leak, and no longer is, a check that has come to be skipped included; or it was skipped, and fails
 * now. Never TREND_NEW or TREND_GONE.
 */
enum trend verdict_trend(enum verdict was, enum verdict is);

/* One check whose verdict is not what it was. */
struct changed_check {
	enum trend trend;
	char *id;
	enum verdict was, is; /* `was` means nothing for TREND_NEW, `is` nothing for TREND_GONE */
	char *evidence;       /* of this run: why, and what the probe saw; "" for TREND_GONE */
};

/* This run against an earlier one. */
struct comparison {
	const struct run_info *was, *is;
	const struct changed_check *checks;
	size_t count;
	size_t trends[TREND_COUNT]; /* how many of each; of TREND_SAME: the same as before */
};

struct totals {
	size_t verdicts[VERDICT_COUNT];
	size_t known[VERDICT_COUNT]; /* of those, the ones that were expected */
	size_t news;                 /* known failures that have become isolated */
	size_t containers;           /* that were started */
	double seconds;              /* wall time: shown on a terminal's standard error only */
	bool interrupted;            /* SIGINT: the rest was not run */
	bool strict;                 /* skips count as failures */
	const struct comparison *comparison; /* with an earlier run; NULL: none was given */
};

/* Exit status for a run, by precedence: 130 interrupted, 1 leaked, or worse than in the run that it
 * is compared with, 3 blind or broken, 4 nothing ran or everything was skipped, 0. Under `strict` a
 * skip is a failure (3). Known verdicts are no failures, unless they are worse than before. */
int totals_status(const struct totals *totals);

#endif
