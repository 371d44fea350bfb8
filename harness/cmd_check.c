// SPDX-License-Identifier: MIT
/* nsproof check: runs the catalogue, or what is chosen of it, and reports. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "baseline.h"
#include "command.h"
#include "known.h"
#include "machine.h"
#include "outputs.h"
#include "report/reporter.h"
#include "select.h"
#include "session.h"

enum { HOST_REAL, HOST_ARENA };

struct values {
	const char *image, *output, *results, *known, *write_known, *baseline;
	struct image_choice choice;
	int jobs, timeout_s, format, host;
	bool strict, verbose;
};

static const struct values defaults = { .timeout_s = 5 };

static const struct opt rows[] = {
	{ 'i', OPT_STRING, "image", "FILE", offsetof(struct values, image),
	  "image, root directory or - for stdin (default: the built fixture)" },
	IMAGE_CHOICE_ROWS(struct values),
	{ 'j', OPT_INT, "jobs", "N", offsetof(struct values, jobs),
	  "run N checks at a time (default: one a processor)", 1, 64 },
	{ 't', OPT_INT, "timeout", "SECONDS", offsetof(struct values, timeout_s),
	  "time limit for one arm (default: 5)", 1, 3600 },
	{ 'f', OPT_CHOICE, "format", "text|json|ktap", offsetof(struct values, format),
	  "how to report (default: text)" },
	{ 'o', OPT_STRING, "output", "FILE", offsetof(struct values, output),
	  "report to FILE instead of standard output" },
	{ 'r', OPT_STRING, "results", "DIR", offsetof(struct values, results),
	  "also write results.json, results.ktap and report.txt into DIR" },
	{ 0, OPT_CHOICE, "host", "real|arena", offsetof(struct values, host),
	  "arena: no arm runs on the real host (default: real)" },
	{ 'k', OPT_STRING, "known", "FILE", offsetof(struct values, known),
	  "failures that are expected: 'ID VERDICT REASON', one a line" },
	{ 0, OPT_STRING, "write-known", "FILE", offsetof(struct values, write_known),
	  "write such a file: what is no success in this run" },
	{ 'b', OPT_STRING, "baseline", "FILE", offsetof(struct values, baseline),
	  "compare with the results.json of an earlier run" },
	{ 0, OPT_FLAG, "strict", NULL, offsetof(struct values, strict),
	  "a skipped check is a failure" },
	{ 'v', OPT_FLAG, "verbose", NULL, offsetof(struct values, verbose),
	  "show every arm with its evidence" },
};

COMMAND_OPTIONS(options, rows)

struct reports {
	struct outputs *outputs;
	const struct run_info *info;
	const struct known *known;
	struct totals expected;    /* of the known ones */
	struct text failures;      /* for --write-known */
	struct baseline *baseline; /* NULL: compared with nothing */
};

/* Who reads the head of the report may interrupt the run: from there on it ends in order. */
static void report_head(void *arg)
{
	const struct reports *r = arg;

	outputs_begin(r->outputs, r->info);
}

static void report_one(void *arg, const struct check_result *found)
{
	struct check_result result = *found;
	struct reports *r = arg;

	known_judge(r->known, &result);
	r->expected.known[result.verdict] += result.known != NULL;
	r->expected.news += result.news;
	known_format(&result, &r->failures);
	if (r->baseline)
		baseline_judge(r->baseline, &result);
	outputs_check(r->outputs, &result);
}

static bool exists(const char *id)
{
	return check_find(id) != NULL;
}

static int run(const struct session *s, const struct values *v, const struct check *const *checks,
	       size_t count, struct reports *reports, struct totals *totals, struct err *err)
{
	struct run_info info = {
		.version = NSPROOF_VERSION,
		.image = s->rootfs.name,
		.mode = s->rootfs.spawner.user ? "user" : "root",
		.planned = count,
	};
	struct run_spec spec = session_run_spec(s, v->timeout_s * 1000);
	struct comparison comparison;
	struct machine machine;
	int status;

	spec.checks = checks;
	spec.count = count;
	spec.jobs = v->jobs ? v->jobs : (int)sysconf(_SC_NPROCESSORS_ONLN);
	spec.force_arena = v->host == HOST_ARENA;
	spec.begin = report_head;
	spec.result = report_one;
	spec.arg = reports;
	machine_read(&machine);
	info.kernel = machine.kernel;
	info.machine = machine.architecture;
	info.distribution = machine.distribution;
	if (reports->baseline) {
		info.baseline = &reports->baseline->run;
		info.baseline_name = v->baseline;
	}
	totals->strict = v->strict;
	reports->info = &info;
	if (run_checks(&spec, totals, err) < 0)
		return STATUS_UNPROVEN;
	memcpy(totals->known, reports->expected.known, sizeof(totals->known));
	totals->news = reports->expected.news;
	if (reports->baseline) {
		if (baseline_end(reports->baseline, &info, exists, &comparison, err) < 0)
			return STATUS_UNPROVEN;
		totals->comparison = &comparison;
	}
	outputs_end(reports->outputs, totals);
	status = totals_status(totals);
	totals->comparison = NULL; /* it ends here */
	return status;
}

static int write_known(int dir, const char *path, const struct text *failures, struct err *err)
{
	AUTO_FILE FILE *file = outputs_create(dir, path);

	if (!file)
		return err_sys(err, "--write-known %s", path);
	if (failures->failed)
		return err_set(err, ENOMEM, "out of memory");
	fputs(failures->str ? failures->str : "", file);
	return fflush(file) ? err_sys(err, "--write-known %s", path) : 0;
}

/* Everything that is opened by a path, before the session may hide it. */
static int open_files(const struct values *v, struct reports *reports, struct known *known,
		      int *ret_dir, struct err *err)
{
	const struct output_choice choice = { v->format, v->verbose, v->output, v->results };
	int r = outputs_open(reports->outputs, &choice, err);

	if (r == 0 && v->known)
		r = known_read(v->known, known, err);
	if (r == 0 && reports->baseline)
		r = baseline_read(v->baseline, reports->baseline, err);
	if (r == 0 && v->write_known)
		r = outputs_open_parent(v->write_known, "--write-known", ret_dir, err);
	return r;
}

static int check(void *values, int word_count, char **words, struct err *err)
{
	const struct values *v = values;
	AUTO_SESSION struct session s = SESSION_INIT;
	AUTO_FREE const struct check **checks = NULL;
	AUTO_OUTPUTS struct outputs outputs = OUTPUTS_INIT;
	AUTO_KNOWN struct known known = { 0 };
	AUTO_BASELINE struct baseline baseline = { 0 };
	AUTO_CLOSE int known_dir = -1;
	struct reports reports = { .outputs = &outputs,
				   .known = &known,
				   .baseline = v->baseline ? &baseline : NULL };
	struct totals totals = { 0 };
	need_set needs = 0;
	size_t count = 0;
	int status, r = select_checks(word_count, words, &checks, &count, err);

	if (r != 0)
		return r;
	for (size_t i = 0; i < count; i++)
		needs |= checks[i]->needs;
	r = open_files(v, &reports, &known, &known_dir, err);
	if (r < 0)
		return r;
	r = session_open(&s, &(struct rootfs_choice){ v->image, v->choice }, needs, &status, err);
	if (r < 0)
		return status;
	r = outputs_start(&outputs, err);
	if (r < 0)
		return r;
	if (!(s.abilities.needs & NEED(ARENA)))
		err_set(err, ENOTSUP, "nothing can run: needs %s: %s", need_table[NEED_ARENA].name,
			s.abilities.need_why[NEED_ARENA].text);
	status = run(&s, v, checks, count, &reports, &totals, err);
	r = outputs_close(&outputs, err);
	if (r == 0 && known_dir >= 0)
		r = write_known(known_dir, v->write_known, &reports.failures, err);
	text_done(&reports.failures);
	report_timing(stderr, &totals);
	return r < 0 ? r : status;
}

const struct command cmd_check = {
	.name = "check",
	.args = "[ID|GLOB...]",
	.about = "Run isolation checks in containers, and prove that each can fail",
	.details =
		"Without arguments the whole catalogue runs. Each check runs in several arms: in a\n"
		"sealed container, behind each of its walls alone, and in the open, where the probe\n"
		"must reach the host, or it would prove nothing.",
	.options = options,
	.values_size = sizeof(struct values),
	.defaults = &defaults,
	.max_words = -1,
	.run = check,
};
