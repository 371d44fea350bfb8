// SPDX-License-Identifier: MIT
/* nsproof bench: measures scenarios and reports. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "bench/run.h"
#include "bench_select.h"
#include "command.h"
#include "machine.h"
#include "numbers.h"
#include "outputs.h"
#include "report/bench_reporter.h"
#include "session.h"
#include "signals.h"

enum { WARM_UP = 3, ROUNDS_FEW = 5, ROUNDS_ENOUGH = 40, ROUNDS_MOST = 20000 };

struct values {
	const char *image, *output, *precision, *time;
	struct image_choice choice;
	int format;
	bool quick, list, phases;
};

static const struct opt rows[] = {
	{ 'i', OPT_STRING, "image", "FILE", offsetof(struct values, image),
	  "image or root directory for containers (default: the built fixture)" },
	IMAGE_CHOICE_ROWS(struct values),
	{ 'p', OPT_STRING, "precision", "PERCENT", offsetof(struct values, precision),
	  "sample until the median is known to +-PERCENT (default: 2)" },
	{ 't', OPT_STRING, "time", "SECONDS", offsetof(struct values, time),
	  "but no longer than this for one scenario (default: 3; quick: 0.5)" },
	{ 'q', OPT_FLAG, "quick", NULL, offsetof(struct values, quick),
	  "less time, and without the scenarios that take long" },
	{ 'l', OPT_FLAG, "list", NULL, offsetof(struct values, list), "list scenarios and stop" },
	{ 'f', OPT_CHOICE, "format", "text|json", offsetof(struct values, format),
	  "how to report (default: text)" },
	{ 'o', OPT_STRING, "output", "FILE", offsetof(struct values, output),
	  "report to FILE instead of standard output" },
	{ 0, OPT_FLAG, "phases", NULL, offsetof(struct values, phases),
	  "text: show where the time of a container goes" },
};

COMMAND_OPTIONS(options, rows)

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static int list(const struct scenario *const *scenarios, size_t count)
{
	for (size_t i = 0; i < count; i++)
		printf("%-28s  %s\n", scenarios[i]->name, scenarios[i]->about);
	return STATUS_OK;
}

static void take_result(void *arg, const struct bench_result *result)
{
	bench_report_result(arg, result);
}

static void take_curve(void *arg, const struct bench_curve *curve)
{
	bench_report_curve(arg, curve);
}

static int run(const struct session *s, const struct sampling *sampling,
	       const struct scenario *const *scenarios, size_t count,
	       struct bench_reporter *reporter, struct err *err)
{
	const struct bench_env env = {
		.now = sampling->now,
		.spawner = &s->rootfs.spawner,
		.rootfs = s->rootfs.path,
		.rootfs_shifted = s->rootfs.shifted,
		.idle_fd = s->probe_fd,
		.cgroup_dir = s->cgroups.dir_fd,
		.results_dir = -1,
	};
	const struct bench_run_spec spec = {
		.scenarios = scenarios,
		.count = count,
		.env = &env,
		.sampling = *sampling,
		.result = take_result,
		.curve = take_curve,
		.arg = reporter,
	};
	struct bench_totals totals = { 0 };
	struct bench_info info = {
		.version = NSPROOF_VERSION,
		.mode = s->rootfs.spawner.user ? "user" : "root",
		.precision = sampling->precision,
		.time_s = (double)sampling->time_ns / 1e9,
		.planned = count,
	};
	struct machine machine;
	int r;

	machine_read(&machine);
	info.kernel = machine.kernel;
	info.machine = machine.architecture;
	info.distribution = machine.distribution;
	info.cpu = machine.cpu;
	info.governor = machine.governor;
	info.cpus = machine.cpus;
	bench_report_begin(reporter, &info);
	r = bench_run(&spec, &totals, err);
	if (bench_report_end(reporter, &totals, r < 0 ? &(struct err){ 0 } : err) < 0 || r < 0)
		return r < 0 ? r : -err->num;
	return bench_totals_status(&totals);
}

static int read_values(const struct values *v, struct sampling *ret, struct err *err)
{
	double precision = 2, seconds = v->quick ? 0.5 : 3;
	int r = parse_positive(v->precision, "--precision", "%", 100, &precision, err);

	r = r < 0 ? r : parse_positive(v->time, "--time", "s", 3600, &seconds, err);
	*ret = (struct sampling){
		.now = now_ns,
		.precision = precision / 100,
		.time_ns = (int64_t)(seconds * 1e9),
		.warm_up = WARM_UP,
		.few = ROUNDS_FEW,
		.enough = ROUNDS_ENOUGH,
		.most = ROUNDS_MOST,
	};
	return r;
}

static int bench(void *values, int count, char **words, struct err *err)
{
	const struct values *v = values;
	AUTO_SESSION struct session s = SESSION_INIT;
	AUTO_FREE const struct scenario **scenarios = NULL;
	AUTO_FILE FILE *file = NULL;
	AUTO_CLOSE int parent = -1;
	struct bench_reporter reporter = { .ops = bench_formats[v->format], .parts = v->phases };
	struct sampling sampling;
	size_t chosen = 0;
	int status, r = read_values(v, &sampling, err);

	r = r < 0 ? r : bench_select(count, words, v->quick, &scenarios, &chosen, err);
	if (r != 0)
		return r;
	if (v->list)
		return list(scenarios, chosen);
	r = v->output ? outputs_open_parent(v->output, "--output", &parent, err) : 0;
	if (r < 0)
		return r;
	r = session_open(&s, &(struct rootfs_choice){ v->image, v->choice }, 0, &status, err);
	if (r < 0)
		return status;
	file = v->output ? outputs_create(parent, v->output) : NULL;
	if (v->output && !file)
		return err_sys(err, "--output %s", v->output);
	reporter.out = file ? file : stdout;
	reporter.colour = !file && isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
	sampling.stop = signals_catch();
	return run(&s, &sampling, scenarios, chosen, &reporter, err);
}

const struct command cmd_bench = {
	.name = "bench",
	.args = "[NAME|GLOB...]",
	.about = "Measure what namespaces, containers and unpacking cost",
	.details =
		"Each scenario is sampled until its median is known well enough or its time is up, next\n"
		"to the shortest program that makes the same system calls (the floor), where there is\n"
		"one. A sample that fails ends its scenario: it is never averaged in. What disturbed a\n"
		"measurement is named. 'nsproof compare' reads the JSON of two runs.",
	.options = options,
	.values_size = sizeof(struct values),
	.max_words = -1,
	.run = bench,
};
