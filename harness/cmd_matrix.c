// SPDX-License-Identifier: MIT
/* nsproof matrix: every set of namespaces against every check, and what each guard is worth. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "command.h"
#include "matrix_view.h"
#include "print.h"
#include "select.h"
#include "session.h"

struct values {
	const char *image, *only, *suites;
	struct image_choice choice;
	int jobs, timeout_s;
	bool guards, json;
};

/* of one command line */
enum { SUITES_MAX = 64, WORDS_MAX = 1024 };

static const struct values defaults = { .timeout_s = 5 };

static const struct opt rows[] = {
	{ 'i', OPT_STRING, "image", "FILE", offsetof(struct values, image),
	  "image, root directory or - for stdin (default: the built fixture)" },
	IMAGE_CHOICE_ROWS(struct values),
	{ 'j', OPT_INT, "jobs", "N", offsetof(struct values, jobs),
	  "run N checks at a time (default: one a processor)", 1, 64 },
	{ 't', OPT_INT, "timeout", "SECONDS", offsetof(struct values, timeout_s),
	  "time limit for one cell (default: 5)", 1, 3600 },
	{ 0, OPT_STRING, "suite", "NAME,...", offsetof(struct values, suites),
	  "the checks of these suites, as well as those named" },
	{ 0, OPT_STRING, "only", "NS,...", offsetof(struct values, only),
	  "sets of these namespaces alone" },
	{ 0, OPT_FLAG, "guards", NULL, offsetof(struct values, guards),
	  "take single guards away from a sealed container instead" },
	{ 0, OPT_FLAG, "json", NULL, offsetof(struct values, json), "print JSON" },
};

COMMAND_OPTIONS(options, rows)

/* The namespaces of a list; all of them without one. */
static int parse_only(const char *list, unsigned int *ret, struct err *err)
{
	unsigned int set = 0;

	for (; list && *list; list += strspn(list, ",")) {
		size_t len = strcspn(list, ",");
		int ns = 0;

		while (ns < NS_COUNT && (strlen(guard_table[ns].name) != len ||
					 memcmp(list, guard_table[ns].name, len) != 0))
			ns++;
		if (ns == NS_COUNT)
			return err_set(
				err, EINVAL,
				"--only: '%.*s' is no namespace; they are user, mnt, pid, net, "
				"ipc, uts, cgroup and time",
				(int)len, list);
		set |= 1U << ns;
		list += len;
	}
	*ret = set ? set : MATRIX_SETS - 1;
	return 0;
}

/* The rows that can be asked here: in the matrix, and their needs are there. */
static size_t keep_fitting(const struct check **checks, size_t count, bool guards,
			   const struct abilities *abilities)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		bool fits = guards ? checks[i]->kind == KIND_KEEPS_OUT : matrix_takes(checks[i]);

		if (fits && !need_missing(checks[i], abilities))
			checks[kept++] = checks[i];
	}
	return kept;
}

static int plan_cells(struct matrix *m, const struct check *const *checks, size_t count,
		      const struct values *v, unsigned int only, guard_set available,
		      struct err *err)
{
	int r = 0;

	for (size_t i = 0; i < count && r == 0; i++)
		r = v->guards ? matrix_add_guards(m, checks[i], available, err)
			      : matrix_add_sets(m, checks[i], only, available, err);
	return r;
}

static void take_result(void *arg, const struct check_result *result)
{
	matrix_view_add(arg, result);
}

static int print_view(const struct matrix_view *view, bool json, struct err *err)
{
	AUTO_TEXT struct text out = { 0 };

	if (json)
		return print_json(matrix_view_json(view), err);
	matrix_view_text(view, &out);
	return print_text(&out, err);
}

static int run(struct session *s, const struct values *v, const struct check **checks, size_t count,
	       unsigned int only, struct err *err)
{
	AUTO_MATRIX_VIEW struct matrix_view view = { .guards = v->guards };
	AUTO_MATRIX struct matrix matrix = { 0 };
	struct totals totals = { 0 };
	struct run_spec spec = session_run_spec(s, v->timeout_s * 1000);
	int r = matrix_view_init(&view, checks, count, s->abilities.guards, err);

	if (r == 0)
		r = plan_cells(&matrix, checks, count, v, only, s->abilities.guards, err);
	if (r < 0)
		return r;
	if (!matrix.count) {
		err_set(err, EINVAL, "no check of the matrix is selected");
		return STATUS_NOTHING;
	}
	spec.checks = matrix.checks;
	spec.plans = matrix.plans;
	spec.batches = matrix.batches;
	spec.count = matrix.count;
	spec.jobs = v->jobs ? v->jobs : (int)sysconf(_SC_NPROCESSORS_ONLN);
	spec.force_arena = true;
	spec.result = take_result;
	spec.arg = &view;
	if (run_checks(&spec, &totals, err) < 0)
		return STATUS_UNPROVEN;
	r = print_view(&view, v->json, err);
	return r < 0 ? r : totals_status(&totals);
}

/* The rows of the words, and of the suites: a suite is a glob like any other. */
static int select_rows(char *suites, int word_count, char **words, const struct check ***ret,
		       size_t *ret_count, struct err *err)
{
	char globs[SUITES_MAX][32], *all[SUITES_MAX + WORDS_MAX];
	int count = 0, globbed = 0;

	if (word_count > WORDS_MAX)
		return err_set(err, EINVAL, "more than %d checks are named; use a glob", WORDS_MAX);
	for (char *name; (name = strsep(&suites, ","));) {
		if (globbed == SUITES_MAX || !*name || strlen(name) > sizeof(globs[0]) - 3)
			return err_set(err, EINVAL, "--suite: '%s' is no suite", name);
		snprintf(globs[globbed], sizeof(globs[0]), "%s/*", name);
		all[count++] = globs[globbed++];
	}
	for (int i = 0; i < word_count; i++)
		all[count++] = words[i];
	return select_checks(count, all, ret, ret_count, err);
}

static int matrix(void *values, int word_count, char **words, struct err *err)
{
	const struct values *v = values;
	AUTO_SESSION struct session s = SESSION_INIT;
	AUTO_FREE const struct check **checks = NULL;
	AUTO_FREE char *suites = v->suites ? strdup(v->suites) : NULL;
	unsigned int only = 0;
	size_t count = 0;
	int status, r;

	if (v->suites && !suites)
		return err_set(err, ENOMEM, "out of memory");
	r = select_rows(suites, word_count, words, &checks, &count, err);
	if (r != 0)
		return r;
	r = parse_only(v->only, &only, err);
	if (r < 0)
		return r;
	r = session_open(&s, &(struct rootfs_choice){ v->image, v->choice }, session_all_needs(),
			 &status, err);
	if (r < 0)
		return status;
	count = keep_fitting(checks, count, v->guards, &s.abilities);
	return run(&s, v, checks, count, only, err);
}

const struct command cmd_matrix = {
	.name = "matrix",
	.args = "[ID|GLOB...]",
	.about = "Try every set of namespaces, and see that the walls decide as they say",
	.details =
		"For each of the 256 sets, every check whose walls are made of nothing but namespaces\n"
		"and what they bring (a root of its own, fresh /proc, /sys ...) runs in an arena: it\n"
		"must be blocked when one of its walls is on, and reached otherwise. With --guards each\n"
		"single guard is taken away from a sealed container, and the table says what its loss\n"
		"opens, and for each check the smallest set of guards whose loss opens it.\n"
		"\n"
		"In JSON a row is a text with one letter a set: bit 0 of its place is the user\n"
		"namespace, in the order of \"namespaces\"; '#' is blocked, '.' reached.",
	.options = options,
	.values_size = sizeof(struct values),
	.defaults = &defaults,
	.max_words = -1,
	.run = matrix,
};
