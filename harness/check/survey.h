// SPDX-License-Identifier: MIT
/*
 * Many rows asked in one container. A matrix asks the same rows in 256 containers; one container a
 * cell would spend nearly all of the time on starting them. So the canaries that last are planted
 * once for a batch of plans, one container runs the probe program as a server (nsprobe serve), and
 * every row of the batch that has these guards among its arms is asked there. Only for rows that
 * say that they can share a container (struct check); the answers count as everywhere.
 */
#ifndef NSPROOF_CHECK_SURVEY_H
#define NSPROOF_CHECK_SURVEY_H

#include "check/arm.h"
#include "check/run.h"

/* One cell's answer, as it crosses a socket. The last message of a survey has no row. */
struct survey_answer {
	size_t row, arm;
	struct arm_answer answer;
};

#define SURVEY_END SIZE_MAX

/* What is planted for a batch; zero: nothing. */
struct survey {
	struct planted *planted;
	size_t count;
	unsigned int batch;
};

typedef void survey_take_fn(void *arg, const struct survey_answer *answer);

/* Pure: whether the row may be asked in a container with others. */
bool survey_takes(const struct check *check);

/*
 * Asks all rows of the batch that have an arm with these guards; `take` gets each answer as it
 * comes. What another batch planted is taken away first. Every failure is an answer.
 */
void survey_ask(struct survey *sv, struct ground *ground, const struct run_spec *spec,
		unsigned int batch, guard_set guards, survey_take_fn *take, void *arg);

/* Takes away what is planted; safe twice. */
void survey_end(struct survey *sv);

#endif
