// SPDX-License-Identifier: MIT
/*
 * Every row can fail. A row lists all its walls, so the sealed container without any of them must
 * be reached, and the other kinds of rows must tell their two sides apart as well. Such containers
 * run in the arena, never on the real host. And with a probe that does nothing no row is isolated.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "check/canary.h"
#include "check/ground.h"
#include "check/plan.h"
#include "command.h"
#include "select.h"
#include "session.h"

enum { SKIPPED = 77, ARM_MS = 10000, IDLE_ARM_MS = 2000 };

/* ---- every row can fail ---- */

static const char *answer_text(const struct arm_answer *a)
{
	if (a->kind == ANSWER_BLOCKED)
		return outcome_name(a->outcome);
	if (a->kind == ANSWER_REACHED)
		return a->proven ? "reached" : "reached without proof";
	return "broken";
}

static bool is_listed(const struct check *check, int outcome)
{
	for (size_t i = 0; i < CHECK_OUTCOMES_MAX && check->blocked_as[i]; i++)
		if (check->blocked_as[i] == outcome)
			return true;
	return false;
}

/* Runs one arm and compares; a surprise is printed. `reached`: what must come. */
static bool try_arm(struct arena_ground *arena, const char *what, const struct arm *arm,
		    bool reached)
{
	AUTO_TEXT struct text guards = { 0 };
	struct arm_answer answer;
	bool good;

	arena_ground_run(arena, arm, &answer);
	if (reached)
		good = answer.kind == ANSWER_REACHED && answer.proven;
	else
		good = answer.kind == ANSWER_BLOCKED && is_listed(arm->check, answer.outcome);
	if (!good) {
		guard_names(arm->guards, &guards);
		printf("#   %s: %s, wanted %s: %s\n#   with %s\n", what, answer_text(&answer),
		       reached ? "reached" : "blocked", answer.evidence, guards.str);
	}
	return good;
}

/* Which guard of the breached set still keeps the probe out: what the row's walls lack. */
static void find_missing_wall(struct arena_ground *arena, const struct check *check, guard_set set)
{
	struct arm_answer answer;

	for (int g = 0; g < GUARD_COUNT; g++) {
		struct arm arm = { .check = check };

		arm.guards = guard_effective(set & ~(UINT64_C(1) << g));
		if (arm.guards == set || check_open(check) & ~arm.guards)
			continue;
		arena_ground_run(arena, &arm, &answer);
		if (answer.kind == ANSWER_REACHED)
			printf("#   without %s it is reached: a wall?\n", guard_table[g].name);
	}
}

static bool row_can_fail(struct arena_ground *arena, const struct check *check, guard_set available)
{
	struct arm sealed = { .check = check, .guards = check_sealed(check, available) };
	struct arm breached = { .check = check, .guards = check_breached(check, available) };
	struct arm twin = { .check = check, .guards = check_open(check), .twin = true };
	bool good;

	switch (check->kind) {
	case KIND_KEEPS_OUT:
		good = try_arm(arena, "sealed", &sealed, false);
		if (try_arm(arena, "without its walls", &breached, true))
			return good;
		find_missing_wall(arena, check, breached.guards);
		return false;
	case KIND_LETS_WORK:
		good = try_arm(arena, "sealed", &sealed, true);
		return try_arm(arena, "without what provides", &breached, false) && good;
	case KIND_KERNEL_RULE:
		good = try_arm(arena, "sealed", &sealed, false);
		return try_arm(arena, "legal twin", &twin, true) && good;
	case KIND_OPEN:
		return try_arm(arena, "sealed", &sealed, true);
	default:
		return false;
	}
}

/* What the machine lacks for this row; NULL: nothing. */
static const char *lacking(const struct check *check, const struct abilities *abilities)
{
	need_set needs = need_missing(check, abilities);
	struct check_plan plan;
	enum guard missing;

	if (needs)
		return need_table[__builtin_ctzll(needs)].name;
	if (!check_plan(check, abilities->guards, true, &plan, &missing))
		return guard_table[missing].name;
	return NULL;
}

static int every_row_can_fail(const struct run_spec *spec)
{
	struct arena_ground arena = ARENA_GROUND_INIT(spec, 100);
	int failed = 0;

	for (size_t i = 0; i < spec->count; i++) {
		const struct check *check = spec->checks[i];
		const char *need = lacking(check, spec->abilities);

		if (need) {
			printf("skip %s can fail: needs %s\n", check->id, need);
		} else if (row_can_fail(&arena, check, spec->abilities->guards)) {
			printf("ok %s can fail\n", check->id);
		} else {
			printf("not ok %s can fail\n", check->id);
			failed++;
		}
		fflush(stdout);
	}
	arena_ground_drop(&arena);
	return failed;
}

/* ---- with a probe that does nothing no row is isolated ---- */

struct tally {
	const char *name;    /* of the probe */
	bool wants_isolated; /* otherwise no row may be */
	size_t judged, wrong;
};

static void judge_row(void *arg, const struct check_result *result)
{
	struct tally *t = arg;

	if (result->verdict == VERDICT_SKIPPED)
		return;
	t->judged++;
	if ((result->verdict == VERDICT_ISOLATED) == t->wants_isolated)
		return;
	t->wrong++;
	printf("#   %s is %s with %s: %s\n", result->id, verdict_names[result->verdict], t->name,
	       result->reason);
}

static int open_fake_probe(const char *path, struct err *err)
{
	AUTO_CLOSE int file = open(path, O_RDONLY | O_CLOEXEC);
	AUTO_FREE char *bytes = NULL;
	struct stat st;

	if (file < 0 || fstat(file, &st) < 0)
		return err_sys(err, "%s", path);
	bytes = malloc((size_t)st.st_size);
	if (!bytes || fd_read_full(file, bytes, (size_t)st.st_size) != st.st_size)
		return err_set(err, EIO, "%s: cannot be read", path);
	return probe_open(bytes, (size_t)st.st_size, err);
}

/* All rows with the program behind this descriptor as the probe. */
static int judge_all(const struct run_spec *real, const char *name, int probe_fd, int timeout_ms)
{
	bool is_real = probe_fd == real->probe_fd;
	struct tally tally = { .name = name, .wants_isolated = is_real };
	struct run_spec spec = *real;
	struct totals totals = { 0 };
	struct err err;
	bool good;

	spec.probe_fd = probe_fd;
	spec.timeout_ms = timeout_ms;
	spec.result = judge_row;
	spec.arg = &tally;
	if (run_checks(&spec, &totals, &err) < 0) {
		printf("not ok %s: %s\n", name, err.text);
		return 1;
	}
	good = tally.wrong == 0 && tally.judged > 0 && !totals.interrupted;
	printf("%s %s row is isolated with %s (%zu rows)\n", good ? "ok" : "not ok",
	       is_real ? "every" : "no", name, tally.judged);
	fflush(stdout);
	return !good;
}

static int run_all(const struct run_spec *spec, const int *fakes, int count, char **paths)
{
	int failed = every_row_can_fail(spec);

	/* the counterpart first: without it "no row is isolated" would prove nothing */
	failed += judge_all(spec, "the real probe", spec->probe_fd, ARM_MS);
	for (int i = 0; i < count; i++)
		failed += judge_all(spec, strrchr(paths[i], '/') + 1, fakes[i], IDLE_ARM_MS);
	return failed;
}

/* The rows that the words before "--" mean; returns how many arguments that takes, or -EINVAL. */
static int choose_rows(int argc, char **argv, const struct check ***ret, size_t *ret_count,
		       struct err *err)
{
	int words = 0;

	for (int i = 1; i < argc && !words; i++)
		if (strcmp(argv[i], "--") == 0)
			words = i;
	if (select_checks(words ? words - 1 : 0, argv + 1, ret, ret_count, err) != 0)
		return -EINVAL;
	return words;
}

/* usage: test_rows [[ID|GLOB]... --] IMAGE FAKE_PROBE... */
int main(int argc, char **argv)
{
	AUTO_SESSION struct session s = SESSION_INIT;
	AUTO_FREE const struct check **checks = NULL;
	struct run_spec spec;
	int fakes[8], count, status, failed, taken;
	size_t chosen;
	struct err err;

	taken = choose_rows(argc, argv, &checks, &chosen, &err);
	if (taken < 0) {
		fprintf(stderr, "%s\n", err.text);
		return 2;
	}
	argv += taken;
	count = argc - taken - 2;
	if (count < 1 || count > (int)ARRAY_SIZE(fakes))
		return 2;
	/* the session hides what lies below /tmp: these first */
	for (int i = 0; i < count; i++) {
		fakes[i] = open_fake_probe(argv[i + 2], &err);
		if (fakes[i] < 0) {
			fprintf(stderr, "%s\n", err.text);
			return 2;
		}
	}
	if (session_open(&s, &(struct rootfs_choice){ argv[1] }, session_all_needs(), &status,
			 &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		return status == STATUS_NOTHING ? SKIPPED : EXIT_FAILURE;
	}
	spec = session_run_spec(&s, ARM_MS);
	spec.checks = checks;
	spec.count = chosen;
	spec.jobs = 2;
	failed = run_all(&spec, fakes, count, &argv[2]);
	printf("%d failed\n", failed);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
