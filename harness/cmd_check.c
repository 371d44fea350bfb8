// SPDX-License-Identifier: MIT
/* nsproof check: runs the catalogue, or what is chosen of it, and reports. */
#include <stdio.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "command.h"
#include "machine.h"
#include "outputs.h"
#include "report/reporter.h"
#include "select.h"
#include "session.h"

enum { HOST_REAL, HOST_ARENA };

struct values {
	const char *image, *output, *results;
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
	{ 0, OPT_FLAG, "strict", NULL, offsetof(struct values, strict),
	  "a skipped check is a failure" },
	{ 'v', OPT_FLAG, "verbose", NULL, offsetof(struct values, verbose),
	  "show every arm with its evidence" },
};

COMMAND_OPTIONS(options, rows)

struct reports {
	struct outputs *outputs;
	const struct run_info *info;
};

/* Who reads the head of the report may interrupt the run: from there on it ends in order. */
static void report_head(void *arg)
{
	const struct reports *r = arg;

	outputs_begin(r->outputs, r->info);
}

static void report_one(void *arg, const struct check_result *result)
{
	const struct reports *r = arg;

	outputs_check(r->outputs, result);
}

static int run(const struct session *s, const struct values *v, const struct check *const *checks,
	       size_t count, struct outputs *outputs, struct totals *totals, struct err *err)
{
	struct run_info info = {
		.version = NSPROOF_VERSION,
		.image = s->rootfs.name,
		.mode = s->rootfs.spawner.user ? "user" : "root",
		.planned = count,
	};
	struct reports reports = { outputs, &info };
	struct run_spec spec = {
		.checks = checks,
		.count = count,
		.spawner = &s->rootfs.spawner,
		.abilities = &s->abilities,
		.image = s->rootfs.path,
		.probe_fd = s->probe_fd,
		.cgroup_dir = s->cgroups.dir_fd,
		.jobs = v->jobs ? v->jobs : (int)sysconf(_SC_NPROCESSORS_ONLN),
		.timeout_ms = v->timeout_s * 1000,
		.force_arena = v->host == HOST_ARENA,
		.begin = report_head,
		.result = report_one,
		.arg = &reports,
	};
	struct machine machine;

	machine_read(&machine);
	info.kernel = machine.kernel;
	info.machine = machine.architecture;
	info.distribution = machine.distribution;
	totals->strict = v->strict;
	if (run_checks(&spec, totals, err) < 0)
		return STATUS_UNPROVEN;
	outputs_end(outputs, totals);
	return totals_status(totals);
}

static int check(void *values, int word_count, char **words, struct err *err)
{
	const struct values *v = values;
	AUTO_SESSION struct session s = SESSION_INIT;
	AUTO_FREE const struct check **checks = NULL;
	AUTO_OUTPUTS struct outputs outputs = OUTPUTS_INIT;
	const struct output_choice choice = { v->format, v->verbose, v->output, v->results };
	struct totals totals = { 0 };
	unsigned int needs = 0;
	size_t count = 0;
	int status, r = select_checks(word_count, words, &checks, &count, err);

	if (r != 0)
		return r;
	for (size_t i = 0; i < count; i++)
		needs |= checks[i]->needs;
	r = outputs_open(&outputs, &choice, err);
	if (r < 0)
		return r;
	r = session_open(&s, &(struct rootfs_choice){ v->image, v->choice }, needs, &status, err);
	if (r < 0)
		return status;
	r = outputs_start(&outputs, err);
	if (r < 0)
		return r;
	status = run(&s, v, checks, count, &outputs, &totals, err);
	r = outputs_close(&outputs, err);
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
