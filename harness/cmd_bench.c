// SPDX-License-Identifier: MIT
/* nsproof bench: measures scenarios and reports. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "bench/against.h"
#include "bench/pin.h"
#include "bench/run.h"
#include "bench/serve.h"
#include "bench_outputs.h"
#include "bench_select.h"
#include "bench_server.h"
#include "command.h"
#include "machine.h"
#include "numbers.h"
#include "session.h"
#include "signals.h"

enum { WARM_UP = 3, ROUNDS_FEW = 5, ROUNDS_ENOUGH = 40, ROUNDS_MOST = 20000 };

struct values {
	const char *image, *output, *results, *precision, *time, *against, *threshold, *serve;
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
	{ 'r', OPT_STRING, "results", "DIR", offsetof(struct values, results),
	  "also write bench.json, bench.txt and what hyperfine wrote into DIR" },
	{ 0, OPT_FLAG, "phases", NULL, offsetof(struct values, phases),
	  "text: show where the time of a container goes" },
	{ 'a', OPT_STRING, "against", "BINARY", offsetof(struct values, against),
	  "take samples of this build and of another one in turns" },
	{ 0, OPT_STRING, "threshold", "PERCENT", offsetof(struct values, threshold),
	  "against: changes up to this are none (default: 5)" },
	{ 0, OPT_STRING, "serve", "NAME", offsetof(struct values, serve),
	  "answer each line on standard input with one sample" },
};

COMMAND_OPTIONS(options, rows)

static void take_duel(void *arg, const struct bench_duel *duel)
{
	bench_outputs_duel(arg, duel);
}

static int list(const struct scenario *const *scenarios, size_t count)
{
	for (size_t i = 0; i < count; i++)
		printf("%-28s  %s\n", scenarios[i]->name, scenarios[i]->about);
	return STATUS_OK;
}

static void take_result(void *arg, const struct bench_result *result)
{
	bench_outputs_result(arg, result);
}

static void take_curve(void *arg, const struct bench_curve *curve)
{
	bench_outputs_curve(arg, curve);
}

static struct bench_env make_env(const struct session *s)
{
	return (struct bench_env){
		.now = clock_ns,
		.spawner = &s->rootfs.spawner,
		.rootfs = s->rootfs.path,
		.rootfs_shifted = s->rootfs.shifted,
		.idle_fd = s->probe_fd,
		.cgroup_dir = s->cgroups.dir_fd,
		.image_fd = s->image_fd,
		.results_dir = -1,
	};
}

/* `mode` is that of before the session, in which a user may be root. */
static void begin_report(struct bench_outputs *outputs, const struct values *v,
			 const struct sampling *sampling, size_t planned, const char *mode,
			 double threshold)
{
	struct machine machine;
	struct bench_info info = {
		.version = NSPROOF_VERSION,
		.mode = mode,
		.pinned = pin_is_possible(),
		.precision = sampling->precision,
		.time_s = (double)sampling->time_ns / 1e9,
		.planned = planned,
		.base = v->against,
		.threshold = threshold,
	};

	machine_read(&machine);
	info.kernel = machine.kernel;
	info.machine = machine.architecture;
	info.distribution = machine.distribution;
	info.cpu = machine.cpu;
	info.governor = machine.governor;
	info.cpus = machine.cpus;
	bench_outputs_begin(outputs, &info);
}

static int end_report(struct bench_outputs *outputs, const struct bench_totals *totals, int result,
		      struct err *err)
{
	struct err ignored;

	if (bench_outputs_end(outputs, totals, result < 0 ? &ignored : err) < 0 && result == 0)
		return -err->num;
	return result < 0 ? result : bench_totals_status(totals);
}

static int run(const struct session *s, const struct values *v, const struct sampling *sampling,
	       const struct scenario *const *scenarios, size_t count, struct bench_outputs *outputs,
	       struct err *err)
{
	struct bench_env env = make_env(s);
	const struct bench_run_spec spec = {
		.scenarios = scenarios,
		.count = count,
		.env = &env,
		.sampling = *sampling,
		.result = take_result,
		.curve = take_curve,
		.arg = outputs,
	};
	struct bench_totals totals = { 0 };

	env.results_dir = outputs->results_dir;
	begin_report(outputs, v, sampling, count, s->rootfs.spawner.user ? "user" : "root", 0);
	return end_report(outputs, &totals, bench_run(&spec, &totals, err), err);
}

static int run_against(const struct values *v, const struct sampling *sampling,
		       const struct scenario *const *scenarios, size_t count,
		       struct bench_outputs *outputs, struct err *err)
{
	char fixture[PATH_MAX];
	struct rootfs_choice image = { v->image, v->choice };
	struct against_spec spec = {
		.scenarios = scenarios,
		.count = count,
		.sampling = *sampling,
		.result = take_duel,
		.arg = outputs,
	};
	struct bench_totals totals = { 0 };
	double percent = 5;
	int r = parse_positive(v->threshold, "--threshold", "%", 1000, &percent, err);

	if (r == 0 && !image.path) {
		r = session_fixture(fixture, sizeof(fixture), err);
		image.path = fixture;
	}
	if (r < 0)
		return r;
	spec.threshold = percent / 100;
	spec.base = bench_server(v->against, v->against, &image);
	spec.now = bench_server("this build", "/proc/self/exe", &image);
	begin_report(outputs, v, sampling, count, geteuid() == 0 ? "root" : "user", spec.threshold);
	return end_report(outputs, &totals, against_run(&spec, &totals, err), err);
}

/* For --against, and for a person who asks by hand. */
static int serve(const struct values *v, struct err *err)
{
	AUTO_SESSION struct session s = SESSION_INIT;
	const struct scenario *scenario = scenario_find(v->serve);
	struct bench_env env;
	int status, r;

	if (!scenario) {
		err_set(err, ENOENT, "no scenario is called '%s'; see 'nsproof bench --list'",
			v->serve);
		return STATUS_NOTHING;
	}
	if (session_open(&s, &(struct rootfs_choice){ v->image, v->choice }, 0, &status, err) < 0)
		return status;
	env = make_env(&s);
	r = bench_serve(&env, scenario, STDIN_FILENO, STDOUT_FILENO, err);
	return r == 0 ? STATUS_OK : r == -EOPNOTSUPP ? STATUS_NOTHING : STATUS_UNPROVEN;
}

static int read_values(const struct values *v, struct sampling *ret, struct err *err)
{
	double precision = 2, seconds = (v->quick ? 0.5 : 3) * (v->against ? 4 : 1);
	int r = parse_positive(v->precision, "--precision", "%", 100, &precision, err);

	r = r < 0 ? r : parse_positive(v->time, "--time", "s", 3600, &seconds, err);
	*ret = (struct sampling){
		.now = clock_ns,
		.precision = precision / 100,
		.time_ns = (int64_t)(seconds * 1e9),
		.warm_up = WARM_UP,
		.few = ROUNDS_FEW,
		.enough = ROUNDS_ENOUGH,
		.most = ROUNDS_MOST,
	};
	return r;
}

/* What goes with what. */
static int check_values(const struct values *v, int count, struct err *err)
{
	if (v->serve && (v->against || v->list || v->output || v->results || count))
		return err_set(err, EINVAL, "--serve takes one scenario and nothing else");
	if (v->threshold && !v->against)
		return err_set(err, EINVAL, "--threshold goes with --against");
	if (v->against && v->precision)
		return err_set(err, EINVAL, "--precision does not go with --against");
	if (v->against && v->phases)
		return err_set(err, EINVAL, "--phases does not go with --against");
	if (v->against && v->image && !strcmp(v->image, "-"))
		return err_set(err, EINVAL, "--against needs an image that can be read twice");
	if (v->against && access(v->against, X_OK) < 0)
		return err_sys(err, "--against %s", v->against);
	return 0;
}

static int bench(void *values, int count, char **words, struct err *err)
{
	const struct values *v = values;
	AUTO_SESSION struct session s = SESSION_INIT;
	AUTO_FREE const struct scenario **scenarios = NULL;
	AUTO_BENCH_OUTPUTS struct bench_outputs outputs = BENCH_OUTPUTS_INIT;
	const struct bench_output_choice choice = { v->format, v->phases, v->output, v->results };
	struct sampling sampling;
	size_t chosen = 0;
	int status, r = read_values(v, &sampling, err);

	r = r < 0 ? r : check_values(v, count, err);
	if (r < 0 || v->serve)
		return r < 0 ? r : serve(v, err);
	r = bench_select(count, words, v->quick, &scenarios, &chosen, err);
	if (r != 0)
		return r;
	if (v->list)
		return list(scenarios, chosen);
	r = bench_outputs_open(&outputs, &choice, err);
	if (r < 0)
		return r;
	if (!v->against &&
	    session_open(&s, &(struct rootfs_choice){ v->image, v->choice }, 0, &status, err) < 0)
		return status;
	r = bench_outputs_start(&outputs, err);
	if (r < 0)
		return r;
	sampling.stop = signals_catch();
	return v->against ? run_against(v, &sampling, scenarios, chosen, &outputs, err)
			  : run(&s, v, &sampling, scenarios, chosen, &outputs, err);
}

const struct command cmd_bench = {
	.name = "bench",
	.args = "[NAME|GLOB...]",
	.about = "Measure what namespaces, containers and unpacking cost",
	.details =
		"Each scenario is sampled until its median is known well enough or its time is up, next\n"
		"to the shortest program that makes the same system calls (the floor), where there is\n"
		"one. A sample that fails ends its scenario: it is never averaged in. What disturbed a\n"
		"measurement is named. 'nsproof compare' reads the JSON of two runs.\n\n"
		"With --against, this build and BINARY, another nsproof, run the scenarios in turns, in\n"
		"several pairs of processes ('bench --serve'), until the verdict is clear or the time is\n"
		"up (12 s for one scenario; quick: 2). The ratio is what this build takes to what BINARY\n"
		"takes: 1.1 is a tenth slower. Exit status 1: something is slower by more than the\n"
		"threshold, with confidence.",
	.options = options,
	.values_size = sizeof(struct values),
	.max_words = -1,
	.run = bench,
};
