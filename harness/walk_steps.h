// SPDX-License-Identifier: MIT
/* The guided tour as data: each step switches a few guards on and says what they are for. */
#ifndef NSPROOF_WALK_STEPS_H
#define NSPROOF_WALK_STEPS_H

#include <stdbool.h>
#include <stddef.h>

#include "container/guard.h"

struct walk_step {
	const char *title;
	const char *text;   /* for a person who has never built a container */
	guard_set adds;     /* on from here on; none: a step that only looks closer */
	const char *closer; /* of the checks that still reach, those to name: fnmatch(3), or NULL */
	const char *watch;  /* label of the line of the view to look at, or NULL */
};

extern const struct walk_step walk_steps[];
extern const size_t walk_step_count;

/* The checks that are asked at every step: a few of each kind, or the tour would take a minute. */
bool walk_asks(const char *id);

#endif
