// SPDX-License-Identifier: MIT
/*
 * What the guided tour shows after a step, as pure functions: the probe's look around the container
 * becomes a few lines for a person, and answers to checks become changes worth telling.
 */
#ifndef NSPROOF_WALK_VIEW_H
#define NSPROOF_WALK_VIEW_H

#include "check/arm.h"
#include "check/check.h"

enum view_line {
	VIEW_SELF,
	VIEW_PROCESSES,
	VIEW_FILES,
	VIEW_MOUNTS,
	VIEW_HOSTNAME,
	VIEW_LINKS,
	VIEW_ROUTE,
	VIEW_NAMESERVER,
	VIEW_LINES,
};

extern const char *const view_labels[VIEW_LINES];

struct view {
	char lines[VIEW_LINES][512]; /* printable; process ids, which change, are left out */
};

/* Reads what `nsprobe look` writes (lines "key=value"). Unknown keys are passed over. */
void view_parse(const char *text, struct view *ret);

/* Where a check stands after a step. */
enum standing {
	STANDING_UNASKED, /* its base is not switched on yet, or it was not reached */
	STANDING_REACHED,
	STANDING_BLOCKED,
	STANDING_UNCLEAR, /* an answer that does not count */
};

/* Whether the check's question makes sense under these guards, and is one for a tour. */
bool standing_asked(const struct check *check, guard_set guards);
enum standing standing_of(const struct check *check, const struct arm_answer *answer);

/* Whether the answer contradicts the row: a wall is up and does not hold, or a provision fails. */
bool standing_wrong(const struct check *check, guard_set guards, enum standing now);

/* What is worth telling about a check when a step has been taken. */
enum change {
	CHANGE_NONE,
	CHANGE_CLOSES, /* reached the host before, or was not asked, and is blocked now */
	CHANGE_OPENS,  /* was blocked or not asked, and reaches the host now */
	CHANGE_WORKS,  /* the container has become able to */
	CHANGE_FAILS,  /* it could, and no longer can */
	CHANGE_UNCLEAR,
	/* ... and what else there may be to say: not from change_of() */
	CHANGE_OPEN,       /* before anything was switched on */
	CHANGE_STILL_OPEN, /* where a step looks closer */
	CHANGE_WRONG,      /* see standing_wrong() */
	CHANGE_COUNT,
};

enum change change_of(const struct check *check, enum standing before, enum standing now);

#endif
