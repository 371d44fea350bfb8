// SPDX-License-Identifier: MIT
/* Reading runs back: see bench_file.h. */
#include "bench_file.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

enum { SCHEMA_READ = 1 };

const char *const bench_head_keys[7] = { "version", "kernel",   "machine", "distribution",
					 "cpu",     "governor", "mode" };

static int read_head(struct bench_file *f, struct err *err)
{
	const char *kind = json_string_value(json_object_get(f->document, "kind"));

	if (!kind || strcmp(kind, "bench") != 0)
		return err_set(err, EINVAL, "%s: not written by 'nsproof bench --format json'",
			       f->path);
	if (json_integer_value(json_object_get(f->document, "schema")) != SCHEMA_READ)
		return err_set(err, EINVAL, "%s: not of schema %d, which this nsproof reads",
			       f->path, SCHEMA_READ);
	for (size_t i = 0; i < ARRAY_SIZE(bench_head_keys); i++) {
		f->head[i] = json_string_value(json_object_get(f->document, bench_head_keys[i]));
		if (!f->head[i])
			return err_set(err, EINVAL, "%s: \"%s\" is missing or no string", f->path,
				       bench_head_keys[i]);
	}
	f->cpus = (long)json_integer_value(json_object_get(f->document, "cpus"));
	if (!json_is_object(json_object_get(f->document, "totals")))
		return err_set(err, EINVAL, "%s: no \"totals\": that run did not come to its end",
			       f->path);
	return 0;
}

/* An array of finite numbers; *ret_count stays 0 where there is none. */
static int read_samples(json_t *list, double **ret, size_t *ret_count, struct err *err)
{
	size_t count = json_array_size(list);
	double *samples;

	if (count == 0)
		return 0;
	samples = *ret = calloc(count, sizeof(*samples));
	if (!samples)
		return err_set(err, ENOMEM, "out of memory");
	for (size_t i = 0; i < count; i++) {
		json_t *value = json_array_get(list, i);

		samples[i] = json_number_value(value);
		if (!json_is_number(value) || !isfinite(samples[i]))
			return err_set(err, EINVAL, "sample %zu is no number", i + 1);
	}
	*ret_count = count;
	return 0;
}

static double read_median(json_t *value)
{
	return json_number_value(json_object_get(json_object_get(value, "stats"), "median"));
}

static int read_entry(json_t *value, struct bench_entry *e, struct err *err)
{
	json_t *floor = json_object_get(value, "floor");
	size_t floor_count = 0;
	int r;

	e->name = json_string_value(json_object_get(value, "name"));
	e->unit = json_string_value(json_object_get(value, "unit"));
	e->state = json_string_value(json_object_get(value, "state"));
	e->reason = json_string_value(json_object_get(value, "reason"));
	if (!e->name || !e->unit || !e->state || !e->reason)
		return err_set(err, EINVAL, "no \"name\", \"unit\", \"state\" or \"reason\"");
	r = read_samples(json_object_get(value, "samples"), &e->own, &e->pair.count, err);
	if (r == 0)
		r = read_samples(json_object_get(floor, "samples"), &e->floor, &floor_count, err);
	if (r < 0)
		return err_wrap(err, "%s", e->name);
	if (floor_count && floor_count != e->pair.count)
		return err_set(err, EINVAL, "%s: not as many samples of the floor", e->name);
	e->pair.a = e->own;
	e->pair.b = e->floor;
	e->median = read_median(value);
	e->floor_median = read_median(floor);
	return 0;
}

static int read_entries(struct bench_file *f, struct err *err)
{
	json_t *list = json_object_get(f->document, "results"), *value;
	size_t i;

	if (!json_is_array(list))
		return err_set(err, EINVAL, "%s: \"results\" is missing or no array", f->path);
	f->entries = calloc(json_array_size(list) + 1, sizeof(*f->entries));
	if (!f->entries)
		return err_set(err, ENOMEM, "out of memory");
	json_array_foreach(list, i, value)
	{
		f->count++;
		if (read_entry(value, &f->entries[i], err) < 0)
			return err_wrap(err, "%s: results[%zu]", f->path, i);
		for (size_t j = 0; j < i; j++)
			if (!strcmp(f->entries[j].name, f->entries[i].name))
				return err_set(err, EINVAL, "%s: results[%zu]: the second '%s'",
					       f->path, i, f->entries[i].name);
	}
	return 0;
}

int bench_file_read(const char *path, struct bench_file *ret, struct err *err)
{
	AUTO_BENCH_FILE struct bench_file f = { .path = path };
	AUTO_FILE FILE *file = fopen(path, "re");
	json_error_t error;

	if (!file)
		return err_sys(err, "%s", path);
	f.document = json_loadf(file, JSON_REJECT_DUPLICATES, &error);
	if (!f.document)
		return err_set(err, EINVAL, "%s, line %d: %s", path, error.line, error.text);
	if (read_head(&f, err) < 0 || read_entries(&f, err) < 0)
		return -err->num;
	*ret = f;
	f = (struct bench_file){ 0 };
	return 0;
}

void bench_file_done(struct bench_file *f)
{
	for (size_t i = 0; i < f->count; i++) {
		free(f->entries[i].own);
		free(f->entries[i].floor);
	}
	free(f->entries);
	json_decref(f->document);
	*f = (struct bench_file){ 0 };
}

const struct bench_entry *bench_file_find(const struct bench_file *f, const char *name)
{
	for (size_t i = 0; i < f->count; i++)
		if (!strcmp(f->entries[i].name, name))
			return &f->entries[i];
	return NULL;
}
