// SPDX-License-Identifier: MIT
/* Handing checks to workers and results to the caller, in order: see run.h. */
#include "check/run.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/child.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "check/ground.h"
#include "check/judge.h"
#include "check/worker.h"

enum { JOBS_MAX = 64, WORKER_SLACK_MS = 5000 };

enum row_state { ROW_WAITING, ROW_RUNNING, ROW_DONE };

struct worker_handle {
	pid_t pid; /* 0: none */
	int sock;
	size_t busy; /* checks that it still owes */
	size_t index;
	int64_t deadline_ms;
};

struct runner {
	const struct run_spec *spec;
	struct check_plan *plans;
	struct work_done *done;
	enum row_state *states;
	bool *skipped;
	enum guard *missing;
	struct worker_handle workers[JOBS_MAX];
	int jobs;
	size_t next_work, next_report;
	struct totals *totals;
};

static volatile sig_atomic_t interrupted;

static void on_interrupt(int sig)
{
	(void)sig;
	interrupted = 1;
}

static int start_worker(struct runner *r, struct worker_handle *w, struct err *err)
{
	int pair[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(err, "socketpair");
	pid = fork();
	if (pid == 0) {
		for (int i = 0; i < r->jobs; i++)
			fd_close(&r->workers[i].sock);
		close(pair[0]);
		worker_main(r->spec, r->plans, pair[1]);
	}
	close(pair[1]);
	if (pid < 0) {
		close(pair[0]);
		return err_sys(err, "cannot start a worker");
	}
	*w = (struct worker_handle){ .pid = pid, .sock = pair[0] };
	return 0;
}

static void end_worker(struct worker_handle *w)
{
	if (w->pid <= 0)
		return;
	kill(w->pid, SIGKILL);
	child_reap(w->pid);
	fd_close(&w->sock);
	w->pid = 0;
}

static unsigned int batch_of(const struct runner *r, size_t index)
{
	return r->spec->batches ? r->spec->batches[index] : 0;
}

/* Whether the row is part of what a worker does that was given `index`. */
static bool goes_with(const struct runner *r, size_t row, size_t index)
{
	return row == index || (batch_of(r, index) && batch_of(r, row) == batch_of(r, index));
}

/* A check whose worker is gone: every arm is broken. */
static void mark_row(struct runner *r, size_t index, const char *why)
{
	struct work_done *done = &r->done[index];

	for (size_t i = 0; i < r->plans[index].count; i++) {
		done->answers[i] = (struct arm_answer){ .kind = ANSWER_BROKEN };
		memccpy(done->answers[i].evidence, why, '\0', sizeof(done->answers[i].evidence));
	}
	r->states[index] = ROW_DONE;
}

/* Nothing more comes from this worker. */
static void mark_broken(struct runner *r, struct worker_handle *w, const char *why)
{
	for (size_t i = 0; i < r->spec->count; i++)
		if (r->states[i] == ROW_RUNNING && goes_with(r, i, w->index))
			mark_row(r, i, why);
	w->busy = 0;
	end_worker(w);
}

static bool give_work(struct runner *r, struct worker_handle *w)
{
	struct work work;

	while (r->next_work < r->spec->count && r->states[r->next_work] != ROW_WAITING)
		r->next_work++;
	if (r->next_work == r->spec->count)
		return false;
	work.index = r->next_work;
	if (send(w->sock, &work, sizeof(work), MSG_NOSIGNAL) != sizeof(work))
		return false;
	w->index = work.index;
	w->deadline_ms = clock_ms() + WORKER_SLACK_MS;
	for (size_t i = work.index; i < r->spec->count; i++) {
		if (r->states[i] != ROW_WAITING || !goes_with(r, i, work.index))
			continue;
		r->states[i] = ROW_RUNNING;
		w->busy++;
		w->deadline_ms += (int64_t)r->plans[i].count *
				  (ARENA_START_MS + r->spec->timeout_ms + ARENA_SLACK_MS);
	}
	return true;
}

static void take_result(struct runner *r, struct worker_handle *w)
{
	struct work_done done;

	if (recv(w->sock, &done, sizeof(done), 0) == sizeof(done) && done.index < r->spec->count &&
	    r->states[done.index] == ROW_RUNNING && goes_with(r, done.index, w->index)) {
		r->done[done.index] = done;
		r->states[done.index] = ROW_DONE;
		w->busy--;
		return;
	}
	mark_broken(r, w, "the worker died");
}

static void report_ready(struct runner *r)
{
	while (r->next_report < r->spec->count && r->states[r->next_report] == ROW_DONE) {
		size_t i = r->next_report++;
		struct judged judged;

		if (r->skipped[i])
			judge_skipped(r->spec->checks[i], r->spec->abilities, r->missing[i],
				      &judged);
		else
			judge_check(r->spec->checks[i], &r->plans[i], r->done[i].answers, &judged);
		r->totals->verdicts[judged.result.verdict]++;
		r->totals->containers += judged.result.arm_count;
		r->spec->result(r->spec->arg, &judged.result);
		judge_done(&judged);
	}
}

/* Keeps the workers busy; returns false when there is nothing left to wait for. */
static bool feed_workers(struct runner *r)
{
	bool waiting = false;
	struct err ignored;

	for (int i = 0; i < r->jobs; i++) {
		struct worker_handle *w = &r->workers[i];

		if (w->pid == 0 && r->next_work < r->spec->count &&
		    start_worker(r, w, &ignored) < 0)
			continue;
		if (w->pid > 0 && !w->busy)
			give_work(r, w);
		waiting |= w->busy > 0;
	}
	return waiting;
}

static void kill_late(struct runner *r)
{
	for (int i = 0; i < r->jobs; i++) {
		struct worker_handle *w = &r->workers[i];

		if (!w->busy || clock_ms() < w->deadline_ms)
			continue;
		mark_broken(r, w, "the worker did not answer in time");
	}
}

static void wait_for_results(struct runner *r, const sigset_t *unblocked)
{
	struct timespec second = { 1, 0 };
	struct pollfd pfds[JOBS_MAX];

	for (int i = 0; i < r->jobs; i++) {
		pfds[i].fd = r->workers[i].busy ? r->workers[i].sock : -1;
		pfds[i].events = POLLIN;
		pfds[i].revents = 0;
	}
	if (ppoll(pfds, (nfds_t)r->jobs, &second, unblocked) < 0)
		return;
	for (int i = 0; i < r->jobs; i++)
		if (pfds[i].revents)
			take_result(r, &r->workers[i]);
	kill_late(r);
}

static void run_all(struct runner *r, const sigset_t *unblocked)
{
	report_ready(r);
	while (!interrupted && feed_workers(r)) {
		wait_for_results(r, unblocked);
		report_ready(r);
	}
	for (int i = 0; i < r->jobs; i++)
		end_worker(&r->workers[i]);
	if (interrupted)
		r->totals->interrupted = true;
}

/* What can't be done here is known before anything runs. */
static void plan_rows(struct runner *r)
{
	const struct run_spec *spec = r->spec;
	bool arena = spec->force_arena || spec->abilities->host_why.num;

	for (size_t i = 0; i < spec->count; i++) {
		const struct check *check = spec->checks[i];

		r->missing[i] = GUARD_COUNT;
		r->skipped[i] = need_missing(check, spec->abilities);
		if (spec->plans)
			r->plans[i] = spec->plans[i];
		else if (!r->skipped[i])
			r->skipped[i] = !check_plan(check, spec->abilities->guards, arena,
						    &r->plans[i], &r->missing[i]);
		r->states[i] = r->skipped[i] ? ROW_DONE : ROW_WAITING;
	}
}

static int alloc_rows(struct runner *r, size_t count, struct err *err)
{
	r->plans = calloc(count + 1, sizeof(*r->plans));
	r->done = calloc(count + 1, sizeof(*r->done));
	r->states = calloc(count + 1, sizeof(*r->states));
	r->skipped = calloc(count + 1, sizeof(*r->skipped));
	r->missing = calloc(count + 1, sizeof(*r->missing));
	if (r->plans && r->done && r->states && r->skipped && r->missing)
		return 0;
	return err_set(err, ENOMEM, "out of memory");
}

static void free_rows(struct runner *r)
{
	free(r->plans);
	free(r->done);
	free(r->states);
	free(r->skipped);
	free(r->missing);
}

int run_checks(const struct run_spec *spec, struct totals *ret, struct err *err)
{
	struct sigaction action = { .sa_handler = on_interrupt }, old_int, old_term;
	struct runner r = { .spec = spec, .totals = ret, .jobs = spec->jobs };
	int64_t start;
	sigset_t blocked, unblocked;
	int result = alloc_rows(&r, spec->count, err);

	if (r.jobs > JOBS_MAX)
		r.jobs = JOBS_MAX;
	if (result == 0) {
		interrupted = 0;
		sigemptyset(&blocked);
		sigaddset(&blocked, SIGINT);
		sigaddset(&blocked, SIGTERM);
		sigprocmask(SIG_BLOCK, &blocked, &unblocked);
		sigaction(SIGINT, &action, &old_int);
		sigaction(SIGTERM, &action, &old_term);
		start = clock_ns();
		if (spec->begin)
			spec->begin(spec->arg);
		plan_rows(&r);
		run_all(&r, &unblocked);
		ret->seconds = (double)(clock_ns() - start) / 1e9;
		sigaction(SIGINT, &old_int, NULL);
		sigaction(SIGTERM, &old_term, NULL);
		sigprocmask(SIG_SETMASK, &unblocked, NULL);
	}
	free_rows(&r);
	return result;
}
