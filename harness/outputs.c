// SPDX-License-Identifier: MIT
/* Where the reports of a run go: see outputs.h. */
#include "outputs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

/* The last component of a path; "" when it ends in a slash. */
static const char *last_component(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

int outputs_open_parent(const char *path, const char *option, int *ret_fd, struct err *err)
{
	const char *name = last_component(path);
	char parent[PATH_MAX];

	if (!*name)
		return err_set(err, EINVAL, "%s %s: ends in a slash", option, path);
	snprintf(parent, sizeof(parent), "%.*s", (int)(name - path), path);
	*ret_fd = open(*parent ? parent : ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return *ret_fd < 0 ? err_sys(err, "%s %s", option, path) : 0;
}

int outputs_open(struct outputs *o, const struct output_choice *choice, struct err *err)
{
	int r = 0;

	o->choice = *choice;
	if (choice->file)
		r = outputs_open_parent(choice->file, "--output", &o->file_parent, err);
	if (r == 0 && choice->results)
		r = outputs_open_parent(choice->results, "--results", &o->results_parent, err);
	return r;
}

FILE *outputs_create(int dir_fd, const char *path)
{
	AUTO_CLOSE int fd = openat(dir_fd, last_component(path),
				   O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");

	if (file)
		(void)STEAL_FD(fd);
	return file;
}

static int start_results(struct outputs *o, struct err *err)
{
	const struct reporter_opts opts = { .verbose = true };
	const char *path = o->choice.results, *name = last_component(path);
	AUTO_CLOSE int dir = -1;

	if (mkdirat(o->results_parent, name, 0755) < 0 && errno != EEXIST)
		return err_sys(err, "--results %s", path);
	dir = openat(o->results_parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return err_sys(err, "--results %s", path);
	for (int format = 0; format < REPORTER_FORMATS; format++) {
		FILE *file = outputs_create(dir, results_names[format]);
		int r;

		if (!file)
			return err_sys(err, "%s/%s", path, results_names[format]);
		r = add(o, format, file, &opts, err);
		if (r < 0)
			return r;
	}
	return 0;
}

int outputs_start(struct outputs *o, struct err *err)
{
	const struct output_choice *choice = &o->choice;
	struct reporter_opts opts = {
		.verbose = choice->verbose,
		.colour = !choice->file && isatty(STDOUT_FILENO) && !getenv("NO_COLOR"),
	};
	FILE *file = NULL;
	int r;

	if (choice->file) {
		file = outputs_create(o->file_parent, choice->file);
		if (!file)
			return err_sys(err, "%s", choice->file);
	}
	r = add(o, choice->format, file, &opts, err);
	return r == 0 && choice->results ? start_results(o, err) : r;
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
	fd_close(&o->file_parent);
	fd_close(&o->results_parent);
	return ret;
}

void outputs_done(struct outputs *o)
{
	struct err ignored;

	outputs_close(o, &ignored);
}
