// SPDX-License-Identifier: MIT
/* A worker owns an arena; arms that may run on the real host it runs itself. */
#include "check/worker.h"

#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

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

void worker_main(const struct run_spec *spec, const struct check_plan *plans, int sock, int number)
{
	struct worker w = {
		.spec = spec,
		.plans = plans,
		.host = { .spawner = spec->spawner,
			  .rootfs = spec->image,
			  .probe_fd = spec->probe_fd,
			  .cgroup_dir = spec->cgroup_dir },
		.arena = { .spec = spec, .arena = CONTAINER_INIT, .sock = -1, .number = number },
	};
	struct work_done done;
	struct work work;

	/* the run decides when it is over; it kills its workers, and its death does so too */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (unshare(CLONE_NEWNS) < 0)
		_exit(1);
	while (recv(sock, &work, sizeof(work), 0) == sizeof(work)) {
		run_check(&w, work.index, &done);
		if (send(sock, &done, sizeof(done), MSG_NOSIGNAL) < 0)
			break;
	}
	arena_ground_drop(&w.arena);
	_exit(0);
}
