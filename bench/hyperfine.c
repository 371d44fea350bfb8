// SPDX-License-Identifier: MIT
/* Batches of whole commands: see hyperfine.h, and hyperfine(1). */
#include "bench/hyperfine.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "bench/process.h"

enum { BATCH_MS = 120000 };

int hyperfine_find(struct hyperfine *h, struct err *err)
{
	h->kept = json_array();
	if (!h->kept)
		return err_set(err, ENOMEM, "out of memory");
	return process_find("hyperfine", h->program, sizeof(h->program), err);
}

void hyperfine_done(struct hyperfine *h)
{
	json_decref(h->kept);
	h->kept = NULL;
}

int hyperfine_parse(const char *str, size_t runs, double *ret, json_t **ret_result, struct err *err)
{
	json_t *document = json_loads(str, 0, NULL), *result, *times;
	double read[HYPERFINE_RUNS_MAX];
	size_t good = 0;

	result = json_array_get(json_object_get(document, "results"), 0);
	times = json_object_get(result, "times");
	while (json_array_size(times) == runs && good < runs) {
		/* seconds */
		read[good] = json_number_value(json_array_get(times, good)) * 1e9;
		if (!isfinite(read[good]) || read[good] <= 0)
			break;
		good++;
	}
	if (good == runs) {
		memcpy(ret, read, runs * sizeof(*ret));
		if (ret_result)
			*ret_result = json_incref(result);
	}
	json_decref(document);
	return good == runs ? 0
			    : err_set(err, EPROTO, "hyperfine: not the times of %zu runs", runs);
}

/* Several entries of one command are told apart as in a parameter scan of hyperfine's. */
static int keep(struct hyperfine *h, json_t *result, struct err *err)
{
	char number[24];

	snprintf(number, sizeof(number), "%zu", ++h->batches);
	if (json_object_set_new(result, "parameters", json_pack("{s:s}", "batch", number)) < 0 ||
	    json_array_append_new(h->kept, result) < 0)
		return err_set(err, ENOMEM, "out of memory");
	return 0;
}

int hyperfine_batch(struct hyperfine *h, const char *command, double *ret, struct err *err)
{
	AUTO_TEXT struct text out = { 0 };
	AUTO_TEXT struct text json = { 0 };
	char runs[24], warm_up[24];
	const char *const words[] = {
		h->program, "-N",    "--style",       "none",  "--runs", runs,
		"--warmup", warm_up, "--export-json", h->file, command,  NULL
	};
	json_t *result;
	int r;

	snprintf(runs, sizeof(runs), "%zu", h->runs);
	snprintf(warm_up, sizeof(warm_up), "%zu", h->warm_up);
	r = process_run_words(words, BATCH_MS, &out, err);
	if (r < 0)
		return r;
	r = file_read(AT_FDCWD, h->file, 1 << 20, &json);
	if (r < 0)
		return err_set(err, -r, "%s: %s", h->file, strerror(-r));
	r = hyperfine_parse(json.str, h->runs, ret, &result, err);
	return r < 0 ? r : keep(h, result, err);
}

static int save(const struct hyperfine *h, int fd)
{
	json_t *document = json_pack("{s:O}", "results", h->kept);
	int r = document ? json_dumpfd(document, fd, JSON_INDENT(2) | JSON_REAL_PRECISION(12)) : -1;

	json_decref(document);
	return r;
}

int hyperfine_save(const struct hyperfine *h, int dir_fd, const char *name, struct err *err)
{
	AUTO_CLOSE int fd = -1;
	char path[64];

	snprintf(path, sizeof(path), "hyperfine/%s", name);
	if (mkdirat(dir_fd, "hyperfine", 0755) < 0 && errno != EEXIST)
		return err_sys(err, "hyperfine");
	fd = openat(dir_fd, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0 || save(h, fd) < 0)
		return err_sys(err, "%s", path);
	return 0;
}
