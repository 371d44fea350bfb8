// SPDX-License-Identifier: MIT
/* A worker owns an arena; arms that may run on the real host it runs itself. */
#include "check/worker.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "check/ground.h"

struct worker {
	const struct run_spec *spec;
	const struct check_plan *plans;
	struct ground host;
	struct arena_ground arena;
};

static void run_check(struct worker *w, size_t index, struct work_done *done)
{
	const struct check_plan *plan = &w->plans[index];

	*done = (struct work_done){ .index = index };
	for (size_t i = 0; i < plan->count; i++) {
		struct arm arm = {
			.check = w->spec->checks[index],
			.guards = plan->arms[i].guards,
			.twin = plan->arms[i].twin,
		};

		if (plan->arms[i].arena)
			arena_ground_run(&w->arena, &arm, &done->answers[i]);
		else
			arm_run(&w->host, &arm, w->spec->timeout_ms, &done->answers[i]);
	}
}

/* ---- many rows at once ---- */

/* What a batch has brought so far: a result for each of its rows. */
struct haul {
	const struct run_spec *spec;
	unsigned int batch;
	struct work_done *done; /* as long as the run's list */
};

static void take_answer(void *arg, const struct survey_answer *answer)
{
	struct haul *h = arg;

	if (answer->row < h->spec->count && h->spec->batches[answer->row] == h->batch &&
	    answer->arm < PLAN_ARMS_MAX)
		h->done[answer->row].answers[answer->arm] = answer->answer;
}

/* Nothing is asked yet: whatever is not asked stays broken. */
static void prepare_haul(const struct haul *h)
{
	for (size_t i = 0; i < h->spec->count; i++) {
		h->done[i].index = i;
		for (size_t j = 0; j < PLAN_ARMS_MAX; j++)
			h->done[i].answers[j] = (struct arm_answer){
				.kind = ANSWER_BROKEN, .evidence = "the arena broke down"
			};
	}
}

/* Whether an earlier plan of the batch, or an earlier arm, has these guards. */
static bool is_first(const struct worker *w, unsigned int batch, size_t row, size_t arm)
{
	guard_set guards = w->plans[row].arms[arm].guards;

	for (size_t i = 0; i <= row; i++) {
		size_t count = i == row ? arm : w->plans[i].count;

		for (size_t j = 0; w->spec->batches[i] == batch && j < count; j++)
			if (w->plans[i].arms[j].guards == guards)
				return false;
	}
	return true;
}

static int run_batch(struct worker *w, unsigned int batch, int sock)
{
	AUTO_FREE struct work_done *done = calloc(w->spec->count, sizeof(*done));
	struct haul haul = { w->spec, batch, done };

	if (!done)
		return -ENOMEM;
	prepare_haul(&haul);
	for (size_t i = 0; i < w->spec->count; i++)
		for (size_t j = 0; w->spec->batches[i] == batch && j < w->plans[i].count; j++)
			if (is_first(w, batch, i, j))
				arena_ground_survey(&w->arena, batch, w->plans[i].arms[j].guards,
						    take_answer, &haul);
	for (size_t i = 0; i < w->spec->count; i++)
		if (w->spec->batches[i] == batch &&
		    send(sock, &done[i], sizeof(done[i]), MSG_NOSIGNAL) < 0)
			return -EPIPE;
	return 0;
}

static int run_alone(struct worker *w, size_t index, int sock)
{
	struct work_done done;

	run_check(w, index, &done);
	return send(sock, &done, sizeof(done), MSG_NOSIGNAL) < 0 ? -EPIPE : 0;
}

void worker_main(const struct run_spec *spec, const struct check_plan *plans, int sock)
{
	struct worker w = {
		.spec = spec,
		.plans = plans,
		.host = { .spawner = spec->spawner,
			  .rootfs = spec->image,
			  .probe_fd = spec->probe_fd,
			  .cgroup_dir = spec->cgroup_dir },
		.arena = { .spec = spec, .arena = CONTAINER_INIT, .sock = -1, .number = getpid() },
	};
	struct work work;

	/* the run decides when it is over; it kills its workers, and its death does so too */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (unshare(CLONE_NEWNS) < 0)
		_exit(1);
	while (recv(sock, &work, sizeof(work), 0) == sizeof(work)) {
		unsigned int batch = spec->batches ? spec->batches[work.index] : 0;

		if ((batch ? run_batch(&w, batch, sock) : run_alone(&w, work.index, sock)) < 0)
			break;
	}
	arena_ground_drop(&w.arena);
	_exit(0);
}
