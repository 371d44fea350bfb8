// SPDX-License-Identifier: MIT
/* Where the reports of a benchmark go: see bench_outputs.h. */
#include "bench_outputs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "outputs.h"

static const char *const results_names[BENCH_FORMATS] = {
	[BENCH_TEXT] = "bench.txt",
	[BENCH_JSON] = "bench.json",
};

int bench_outputs_open(struct bench_outputs *o, const struct bench_output_choice *choice,
		       struct err *err)
{
	int r = 0;

	o->choice = *choice;
	if (choice->file)
		r = outputs_open_parent(choice->file, "--output", &o->file_parent, err);
	if (r == 0 && choice->results)
		r = outputs_open_parent(choice->results, "--results", &o->results_parent, err);
	return r;
}

/* Takes `file` over; NULL is standard output. */
static struct bench_reporter *add(struct bench_outputs *o, int format, FILE *file)
{
	struct bench_reporter *r = &o->reporters[o->count];

	o->files[o->count++] = file;
	*r = (struct bench_reporter){ .ops = bench_formats[format], .out = file ? file : stdout };
	return r;
}

static int start_results(struct bench_outputs *o, struct err *err)
{
	const char *path = o->choice.results, *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	if (mkdirat(o->results_parent, name, 0755) < 0 && errno != EEXIST)
		return err_sys(err, "--results %s", path);
	o->results_dir = openat(o->results_parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (o->results_dir < 0)
		return err_sys(err, "--results %s", path);
	for (int format = 0; format < BENCH_FORMATS; format++) {
		FILE *file = outputs_create(o->results_dir, results_names[format]);

		if (!file)
			return err_sys(err, "%s/%s", path, results_names[format]);
		add(o, format, file)->parts = true;
	}
	return 0;
}

int bench_outputs_start(struct bench_outputs *o, struct err *err)
{
	const struct bench_output_choice *choice = &o->choice;
	struct bench_reporter *r;
	FILE *file = NULL;

	if (choice->file) {
		file = outputs_create(o->file_parent, choice->file);
		if (!file)
			return err_sys(err, "--output %s", choice->file);
	}
	r = add(o, choice->format, file);
	r->parts = choice->parts;
	r->colour = !file && isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
	return choice->results ? start_results(o, err) : 0;
}

void bench_outputs_begin(struct bench_outputs *o, const struct bench_info *info)
{
	for (size_t i = 0; i < o->count; i++)
		bench_report_begin(&o->reporters[i], info);
}

void bench_outputs_result(struct bench_outputs *o, const struct bench_result *result)
{
	for (size_t i = 0; i < o->count; i++)
		bench_report_result(&o->reporters[i], result);
}

void bench_outputs_duel(struct bench_outputs *o, const struct bench_duel *duel)
{
	for (size_t i = 0; i < o->count; i++)
		bench_report_duel(&o->reporters[i], duel);
}

void bench_outputs_curve(struct bench_outputs *o, const struct bench_curve *curve)
{
	for (size_t i = 0; i < o->count; i++)
		bench_report_curve(&o->reporters[i], curve);
}

int bench_outputs_end(struct bench_outputs *o, const struct bench_totals *totals, struct err *err)
{
	struct err later;
	int ret = 0;

	for (size_t i = 0; i < o->count; i++) {
		int r = bench_report_end(&o->reporters[i], totals, ret < 0 ? &later : err);

		ret = ret < 0 ? ret : r;
	}
	return ret;
}

void bench_outputs_done(struct bench_outputs *o)
{
	for (size_t i = 0; i < o->count; i++)
		file_closep(&o->files[i]);
	o->count = 0;
	fd_close(&o->file_parent);
	fd_close(&o->results_parent);
	fd_close(&o->results_dir);
}
