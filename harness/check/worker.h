// SPDX-License-Identifier: MIT
/* Inside the engine: a worker, the process that runs the arms of one check after the other. */
#ifndef NSPROOF_CHECK_WORKER_H
#define NSPROOF_CHECK_WORKER_H

#include "check/plan.h"
#include "check/run.h"

/* From the run to a worker: which of the selected checks; if it is in a batch, all of that. */
struct work {
	size_t index;
};

/* And back, one for each check that was meant. */
struct work_done {
	size_t index;
	struct arm_answer answers[PLAN_ARMS_MAX];
};

/* Serves until the socket ends. */
_Noreturn void worker_main(const struct run_spec *spec, const struct check_plan *plans, int sock);

#endif
