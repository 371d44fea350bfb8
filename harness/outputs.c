// SPDX-License-Identifier: MIT
/* Where the reports of a run go: see outputs.h. */
#include "outputs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

static const char *const results_names[REPORTER_FORMATS] = {
	[REPORTER_TEXT] = "report.txt",
	[REPORTER_JSON] = "results.json",
	[REPORTER_KTAP] = "results.ktap",
};

/* Takes `file` over, also on failure; NULL is standard output. */
static int add(struct outputs *o, int format, FILE *file, const struct reporter_opts *opts,
	       struct err *err)
{
	struct reporter *r = reporter_open(format, file ? file : stdout, opts);

	if (!r) {
		file_closep(&file);
		return err_set(err, ENOMEM, "out of memory");
	}
	o->reporters[o->count] = r;
	o->files[o->count++] = file;
	return 0;
}

static int open_results(struct outputs *o, const char *path, struct err *err)
{
	if (mkdir(path, 0755) < 0 && errno != EEXIST)
		return err_sys(err, "--results %s", path);
	o->results_dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (o->results_dir < 0)
		return err_sys(err, "--results %s", path);
	o->results = path;
	return 0;
}

int outputs_open(struct outputs *o, const struct output_choice *choice, struct err *err)
{
	struct reporter_opts opts = {
		.verbose = choice->verbose,
		.colour = !choice->file && isatty(STDOUT_FILENO) && !getenv("NO_COLOR"),
	};
	FILE *file = NULL;
	int r = choice->results ? open_results(o, choice->results, err) : 0;

	if (r < 0)
		return r;
	if (choice->file) {
		file = fopen(choice->file, "we");
		if (!file)
			return err_sys(err, "%s", choice->file);
	}
	return add(o, choice->format, file, &opts, err);
}

int outputs_start(struct outputs *o, struct err *err)
{
	const struct reporter_opts opts = { .verbose = true };

	for (int format = 0; o->results && format < REPORTER_FORMATS; format++) {
		const char *name = results_names[format];
		AUTO_CLOSE int fd = openat(o->results_dir, name,
					   O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
		FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
		int r;

		if (!file)
			return err_sys(err, "%s/%s", o->results, name);
		(void)STEAL_FD(fd);
		r = add(o, format, file, &opts, err);
		if (r < 0)
			return r;
	}
	return 0;
}

void outputs_begin(struct outputs *o, const struct run_info *run)
{
	for (size_t i = 0; i < o->count; i++)
		reporter_begin(o->reporters[i], run);
}

void outputs_check(struct outputs *o, const struct check_result *result)
{
	for (size_t i = 0; i < o->count; i++)
		reporter_check(o->reporters[i], result);
}

void outputs_end(struct outputs *o, const struct totals *totals)
{
	for (size_t i = 0; i < o->count; i++)
		reporter_end(o->reporters[i], totals);
}

int outputs_close(struct outputs *o, struct err *err)
{
	struct err later;
	int ret = 0;

	for (size_t i = 0; i < o->count; i++) {
		int r = reporter_close(o->reporters[i], ret < 0 ? &later : err);

		ret = ret < 0 ? ret : r;
		file_closep(&o->files[i]);
	}
	o->count = 0;
	fd_close(&o->results_dir);
	return ret;
}

void outputs_done(struct outputs *o)
{
	struct err ignored;

	outputs_close(o, &ignored);
}
