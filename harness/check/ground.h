// SPDX-License-Identifier: MIT
/*
 * Arms in an arena, from outside: starts an arena when the first arm is to run, hands arms to its
 * PID 1, and throws it away when it does not answer any more; the next arm then gets a new one.
 */
#ifndef NSPROOF_CHECK_GROUND_H
#define NSPROOF_CHECK_GROUND_H

#include "check/arm.h"
#include "check/run.h"
#include "check/survey.h"

/*
 * Deadlines beyond an arm's own time limit, which bounds what the container does. ARENA_SLACK_MS is
 * for what comes before and after: planting, the witness, the container's end and its cgroup's, each
 * with limits of its own that together come near it on a machine that is overloaded. It only ever
 * passes when the arena's PID 1 hangs; its death is seen at once.
 */
enum { ARENA_START_MS = 10000, ARENA_SLACK_MS = 20000 };

struct arena_ground {
	const struct run_spec *spec; /* image, probe, abilities, time limit ... */
	struct container arena;
	int sock;   /* -1: no arena */
	int number; /* of this one, among those of all runs of a process */
	int made;
	char leaf[24];
};

/* The calling process must be a spawner, with a mount namespace that it need not share. */
#define ARENA_GROUND_INIT(spec_, number_)                                                          \
	{                                                                                          \
		.spec = (spec_), .arena = CONTAINER_INIT, .sock = -1, .number = (number_)          \
	}

/* Runs one arm. Every failure is an answer: see arm_run(). */
void arena_ground_run(struct arena_ground *g, const struct arm *arm, struct arm_answer *ret);

/* The same for arm_look(). */
void arena_ground_look(struct arena_ground *g, const struct arm *arm, struct arm_view *ret);

/*
 * survey_ask() there, for what the run's spec says of the batch. Without an answer are the cells that
 * were still to come when the arena broke down.
 */
void arena_ground_survey(struct arena_ground *g, unsigned int batch, guard_set guards,
			 survey_take_fn *take, void *arg);

/* Ends the arena, if there is one; safe twice. */
void arena_ground_drop(struct arena_ground *g);

#endif
