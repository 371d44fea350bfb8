// SPDX-License-Identifier: MIT
/*
 * Rows that share a container answer as in one of their own: what a matrix asks together is asked
 * again with a container for each cell, and compared. And a server that hangs, dies or talks
 * nonsense costs its own cell, not the next row's.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "check/matrix.h"
#include "check/survey.h"
#include "command.h"
#include "session.h"

enum { SKIPPED = 77, ARM_MS = 10000, FAKE_ARM_MS = 500, CELLS_MAX = 8192, EVIDENCE_MAX = 200 };

/* One cell's answer, for a later comparison. */
struct cell {
	char id[48], arm[12];
	enum answer_kind answer;
	char outcome[24], evidence[EVIDENCE_MAX];
	bool as_expected;
};

struct cells {
	struct cell *list;
	size_t count;
};

static void take_result(void *arg, const struct check_result *result)
{
	struct cells *c = arg;

	for (size_t i = 0; i < result->arm_count && c->count < CELLS_MAX; i++) {
		const struct arm_result *arm = &result->arms[i];
		struct cell *cell = &c->list[c->count++];

		cell->answer = arm->answer;
		cell->as_expected = arm->as_expected;
		snprintf(cell->id, sizeof(cell->id), "%s", result->id);
		snprintf(cell->arm, sizeof(cell->arm), "%s", arm->name);
		snprintf(cell->outcome, sizeof(cell->outcome), "%s", arm->outcome);
		snprintf(cell->evidence, sizeof(cell->evidence), "%s", arm->evidence);
	}
}

/* Runs the cells, together or each in a container of its own; false with a line when it cannot. */
static bool run(const struct run_spec *base, const struct matrix *m, bool together,
		struct cells *ret)
{
	struct run_spec spec = *base;
	struct totals totals = { 0 };
	struct err err;

	ret->list = calloc(CELLS_MAX, sizeof(*ret->list));
	spec.checks = m->checks;
	spec.plans = m->plans;
	spec.batches = together ? m->batches : NULL;
	spec.count = m->count;
	spec.result = take_result;
	spec.arg = ret;
	if (!ret->list || run_checks(&spec, &totals, &err) < 0 || totals.interrupted) {
		printf("not ok run: %s\n", ret->list ? err.text : "out of memory");
		return false;
	}
	return true;
}

/* ---- the same answers ---- */

/* Namespaces in hexadecimal, and guards that are taken away. */
static bool is_asked(const char *arm)
{
	static const char *const arms[] = { "00",   "01",  "02",   "04",   "06",  "08",  "0a",
					    "0e",   "10",  "20",   "40",   "4a",  "4e",  "80",
					    "ff",   "mnt", "user", "pid",  "net", "ids", "root",
					    "proc", "sys", "caps", "mask", "ipc", "fds", "key" };

	for (size_t i = 0; i < ARRAY_SIZE(arms); i++)
		if (!strcmp(arm, arms[i]))
			return true;
	return false;
}

/* Leaves the arms that are asked, and no plan without any. */
static void thin_out(struct matrix *m)
{
	size_t plans = 0;

	for (size_t i = 0; i < m->count; i++) {
		struct check_plan *plan = &m->plans[i];
		size_t arms = 0;

		for (size_t j = 0; j < plan->count; j++)
			if (is_asked(plan->arms[j].name))
				plan->arms[arms++] = plan->arms[j];
		plan->count = arms;
		if (!arms)
			continue;
		m->checks[plans] = m->checks[i];
		m->batches[plans] = m->batches[i];
		m->plans[plans++] = *plan;
	}
	m->count = plans;
}

static bool plan_rows(const struct session *s, struct matrix *m, size_t *ret_rows)
{
	guard_set available = s->abilities.guards;
	struct err err;

	for (size_t i = 0; i < check_count(); i++) {
		const struct check *check = check_at(i);
		int r = 0;

		if (!survey_takes(check) || need_missing(check, &s->abilities))
			continue;
		++*ret_rows;
		if (matrix_takes(check))
			r = matrix_add_sets(m, check, MATRIX_SETS - 1, available, &err);
		if (r == 0 && check->kind == KIND_KEEPS_OUT)
			r = matrix_add_guards(m, check, available, &err);
		if (r < 0)
			return false;
	}
	thin_out(m);
	return true;
}

static bool is_same(const struct cell *a, const struct cell *b)
{
	return !strcmp(a->id, b->id) && !strcmp(a->arm, b->arm) && a->answer == b->answer &&
	       a->as_expected == b->as_expected && !strcmp(a->outcome, b->outcome);
}

static void print_cell(const char *how, const struct cell *c)
{
	printf("#   %s %s, %s: %s %s: %s\n", c->id, c->arm, how, answer_names[c->answer],
	       c->outcome, c->evidence);
}

/* Returns how many differ. */
static size_t compare(const struct cells *shared, const struct cells *alone)
{
	size_t wrong = shared->count != alone->count;

	for (size_t i = 0; i < shared->count && i < alone->count; i++) {
		if (is_same(&shared->list[i], &alone->list[i]) &&
		    alone->list[i].answer != ANSWER_BROKEN)
			continue;
		wrong++;
		print_cell("with others", &shared->list[i]);
		print_cell("alone", &alone->list[i]);
	}
	return wrong;
}

static int same_answers(const struct session *s, const struct run_spec *spec)
{
	AUTO_MATRIX struct matrix m = { 0 };
	struct cells shared = { 0 }, alone = { 0 };
	size_t rows = 0, wrong = 1;

	if (plan_rows(s, &m, &rows) && run(spec, &m, true, &shared) && run(spec, &m, false, &alone))
		wrong = compare(&shared, &alone);
	if (alone.count < rows)
		wrong++;
	printf("%s rows that share a container answer as alone (%zu rows, %zu cells)\n",
	       wrong ? "not ok" : "ok", rows, alone.count);
	fflush(stdout);
	free(shared.list);
	free(alone.list);
	return wrong != 0;
}

/* ---- a server that is none ---- */

#define FAKE(name)                                                                                 \
	{                                                                                          \
		.id = "fake/" name, .walls = { WALL(UTS) }, .blocked_as = { ENOENT },              \
		.shares = true                                                                     \
	}

static const struct check fake_rows[] = {
	FAKE("answers"), FAKE("hangs"), FAKE("answers"),    FAKE("dies"),    FAKE("answers"),
	FAKE("floods"),  FAKE("lies"),  FAKE("never-ends"), FAKE("babbles"), FAKE("answers"),
};

/* What the evidence of each says; NULL: it is answered as it should be. */
static const char *const fake_reasons[] = {
	NULL,          "time limit",   NULL, "ended without an answer", NULL, "too long", "",
	"did not end", "is no answer", NULL,
};

static_assert(ARRAY_SIZE(fake_rows) == ARRAY_SIZE(fake_reasons), "a reason for each row");

static bool is_wanted(const struct cell *c, const char *reason)
{
	if (!reason)
		return c->as_expected && !strcmp(c->outcome, "ENOENT");
	if (!*reason)
		return c->answer == ANSWER_REACHED && !c->as_expected;
	return c->answer == ANSWER_BROKEN && strstr(c->evidence, reason);
}

/* Those with the uts namespace: they expect what a good answer is here. */
static void keep_blocked(struct matrix *m)
{
	size_t kept = 0;

	for (size_t i = 0; i < m->count; i++) {
		if (m->plans[i].arms[0].expected != ANSWER_BLOCKED)
			continue;
		m->checks[kept] = m->checks[i];
		m->batches[kept] = m->batches[i];
		m->plans[kept++] = m->plans[i];
	}
	m->count = kept;
}

static int bad_server(const struct run_spec *real, int probe_fd)
{
	const size_t count = ARRAY_SIZE(fake_rows);
	const unsigned int set = 1U << NS_UTS;
	AUTO_MATRIX struct matrix m = { 0 };
	struct run_spec spec = *real;
	struct cells cells = { 0 };
	size_t wrong = 0;
	struct err err;

	spec.probe_fd = probe_fd;
	spec.timeout_ms = FAKE_ARM_MS;
	for (size_t i = 0; i < count && !wrong; i++)
		wrong += matrix_add_sets(&m, &fake_rows[i], set, GUARDS_EVERYTHING, &err) < 0;
	keep_blocked(&m);
	if (wrong || !run(&spec, &m, true, &cells) || cells.count != count)
		wrong++;
	for (size_t i = 0; i < cells.count && i < count; i++) {
		if (is_wanted(&cells.list[i], fake_reasons[i]))
			continue;
		wrong++;
		print_cell("from a bad server", &cells.list[i]);
	}
	printf("%s a bad server's cells are broken, and no others\n", wrong ? "not ok" : "ok");
	free(cells.list);
	return wrong != 0;
}

static int open_fake(const char *path, struct err *err)
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

/* usage: test_shared IMAGE FAKE_SERVER */
int main(int argc, char **argv)
{
	AUTO_SESSION struct session s = SESSION_INIT;
	AUTO_CLOSE int fake = -1;
	struct run_spec spec;
	int status, failed;
	struct err err;

	if (argc != 3)
		return 2;
	/* the session hides what lies below /tmp: this first */
	fake = open_fake(argv[2], &err);
	if (fake < 0) {
		fprintf(stderr, "%s\n", err.text);
		return 2;
	}
	if (session_open(&s, &(struct rootfs_choice){ argv[1] }, session_all_needs(), &status,
			 &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		return status == STATUS_NOTHING ? SKIPPED : EXIT_FAILURE;
	}
	spec = session_run_spec(&s, ARM_MS);
	spec.jobs = 2;
	spec.force_arena = true;
	failed = bad_server(&spec, fake) + same_answers(&s, &spec);
	printf("%d failed\n", failed);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
