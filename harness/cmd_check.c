// SPDX-License-Identifier: MIT
/* nsproof check: runs the catalogue, or what is chosen of it, and reports. */
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "command.h"
#include "outputs.h"
#include "report/reporter.h"
#include "session.h"

struct values {
	const char *image, *output, *results;
	int jobs, timeout_s, format;
	bool arena, strict, verbose;
};

static const struct values defaults = { .timeout_s = 5 };

static const struct opt rows[] = {
	{ 'i', OPT_STRING, "image", "FILE", offsetof(struct values, image),
	  "image archive or unpacked root directory (default: the built fixture)" },
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
	{ 0, OPT_FLAG, "host-arena", NULL, offsetof(struct values, arena),
	  "run every arm in the arena, none on the real host" },
	{ 0, OPT_FLAG, "strict", NULL, offsetof(struct values, strict),
	  "a skipped check is a failure" },
	{ 'v', OPT_FLAG, "verbose", NULL, offsetof(struct values, verbose),
	  "show every arm with its evidence" },
};

COMMAND_OPTIONS(options, rows)

/* The checks that match any of the words, in catalogue order; all without words. */
static int select_checks(int count, char **words, const struct check ***ret, size_t *ret_count,
			 struct err *err)
{
	AUTO_FREE const struct check **chosen = calloc(check_count() + 1, sizeof(*chosen));
	size_t n = 0;

	if (!chosen)
		return err_set(err, ENOMEM, "out of memory");
	for (int w = 0; w < count; w++)
		if (!strpbrk(words[w], "*?[") && !check_find(words[w]))
			return err_set(err, EINVAL, "unknown check '%s'; see 'nsproof list'",
				       words[w]);
	for (size_t i = 0; i < check_count(); i++) {
		bool wanted = count == 0;

		for (int w = 0; w < count; w++)
			wanted |= fnmatch(words[w], check_at(i)->id, 0) == 0;
		if (wanted)
			chosen[n++] = check_at(i);
	}
	*ret = STEAL_PTR(chosen);
	*ret_count = n;
	return 0;
}

/* PRETTY_NAME of os-release(5), without its quotes. */
static void read_distribution(char *out, size_t room)
{
	AUTO_TEXT struct text text = { 0 };
	const char *name = NULL;

	snprintf(out, room, "unknown");
	if (file_read(AT_FDCWD, "/etc/os-release", 65536, &text) == 0)
		name = strstr(text.str, "PRETTY_NAME=\"");
	if (name) {
		name += strlen("PRETTY_NAME=\"");
		snprintf(out, room, "%.*s", (int)strcspn(name, "\"\n"), name);
	}
}

static void report_one(void *arg, const struct check_result *result)
{
	outputs_check(arg, result);
}

static int run(const struct session *s, const struct values *v, const struct check *const *checks,
	       size_t count, struct outputs *outputs, struct totals *totals, struct err *err)
{
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
		.force_arena = v->arena,
		.result = report_one,
		.arg = outputs,
	};
	char distribution[128];
	struct utsname uts;
	struct run_info info = {
		.version = NSPROOF_VERSION,
		.image = s->rootfs.name,
		.mode = s->rootfs.spawner.user ? "user" : "root",
		.planned = count,
	};

	uname(&uts);
	read_distribution(distribution, sizeof(distribution));
	info.kernel = uts.release;
	info.machine = uts.machine;
	info.distribution = distribution;
	outputs_begin(outputs, &info);
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

	if (r < 0)
		return r;
	if (count == 0) {
		err_set(err, ENOENT, "no check matches; see 'nsproof list'");
		return STATUS_NOTHING;
	}
	for (size_t i = 0; i < count; i++)
		needs |= checks[i]->needs;
	r = outputs_open(&outputs, &choice, err);
	if (r < 0)
		return r;
	r = session_open(&s, v->image, needs, &status, err);
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
