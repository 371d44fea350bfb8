// SPDX-License-Identifier: MIT
/* An earlier run, and what has changed since: see baseline.h. */
#include "baseline.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/text.h"

#define FILE_MAX (64 << 20)

enum { SCHEMA_READ = 1 };

static int find_verdict(const char *word)
{
	for (int v = 0; word && v < VERDICT_COUNT; v++)
		if (!strcmp(word, verdict_names[v]))
			return v;
	return -1;
}

static int parse_head(json_t *document, struct run_info *ret, struct err *err)
{
	static const char *const keys[] = { "version",      "kernel", "machine",
					    "distribution", "image",  "mode" };
	const char **const values[] = { &ret->version,      &ret->kernel, &ret->machine,
					&ret->distribution, &ret->image,  &ret->mode };
	json_t *schema = json_object_get(document, "schema");

	if (!json_is_integer(schema))
		return err_set(err, EINVAL, "no results of 'nsproof check': \"schema\" is missing");
	if (json_integer_value(schema) != SCHEMA_READ)
		return err_set(err, EINVAL, "schema %lld; this nsproof reads %d",
			       (long long)json_integer_value(schema), SCHEMA_READ);
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		*values[i] = json_string_value(json_object_get(document, keys[i]));
		if (!*values[i])
			return err_set(err, EINVAL, "\"%s\" is missing or no string", keys[i]);
	}
	if (!json_is_object(json_object_get(document, "totals")))
		return err_set(err, EINVAL, "no \"totals\": that run did not come to its end");
	return 0;
}

static struct baseline_check *find(const struct baseline *b, const char *id)
{
	for (size_t i = 0; i < b->count; i++)
		if (!strcmp(b->checks[i].id, id))
			return &b->checks[i];
	return NULL;
}

static int parse_checks(struct baseline *b, struct err *err)
{
	json_t *list = json_object_get(b->document, "checks"), *value;
	size_t i;

	if (!json_is_array(list))
		return err_set(err, EINVAL, "\"checks\" is missing or no array");
	b->checks = calloc(json_array_size(list) + 1, sizeof(*b->checks));
	if (!b->checks)
		return err_set(err, ENOMEM, "out of memory");
	json_array_foreach(list, i, value)
	{
		const char *id = json_string_value(json_object_get(value, "id"));
		int verdict = find_verdict(json_string_value(json_object_get(value, "verdict")));

		if (!id || verdict < 0)
			return err_set(err, EINVAL, "checks[%zu]: no \"id\" or no \"verdict\"", i);
		if (find(b, id))
			return err_set(err, EINVAL, "checks[%zu]: the second of its id", i);
		b->checks[b->count++] = (struct baseline_check){ id, (enum verdict)verdict };
	}
	return 0;
}

int baseline_parse(const char *str, size_t len, struct baseline *ret, struct err *err)
{
	AUTO_BASELINE struct baseline b = { 0 };
	json_error_t error;
	int r;

	b.document = json_loadb(str, len, JSON_REJECT_DUPLICATES, &error);
	if (!b.document) {
		char why[160];

		/* it may quote the file */
		text_escape(why, sizeof(why), error.text, strlen(error.text));
		return err_set(err, EINVAL, "not JSON, or not all of it: line %d: %s", error.line,
			       why);
	}
	r = parse_head(b.document, &b.run, err);
	if (r == 0)
		r = parse_checks(&b, err);
	if (r < 0)
		return r;
	*ret = b;
	b = (struct baseline){ 0 };
	return 0;
}

int baseline_read(const char *path, struct baseline *ret, struct err *err)
{
	AUTO_TEXT struct text t = { 0 };
	int r = file_read(AT_FDCWD, path, FILE_MAX, &t);

	if (r < 0)
		return err_set(err, -r, "--baseline %s: %s", path, strerror(-r));
	r = baseline_parse(t.str ? t.str : "", t.len, ret, err);
	return r < 0 ? err_wrap(err, "--baseline %s", path) : 0;
}

void baseline_done(struct baseline *b)
{
	for (size_t i = 0; i < b->changed_count; i++) {
		free(b->changed[i].id);
		free(b->changed[i].evidence);
	}
	free(b->changed);
	free(b->checks);
	json_decref(b->document);
	*b = (struct baseline){ 0 };
}

/* Why it is what it is, and what the probe saw: in the arm that is not as expected, else the first. */
static void describe(const struct check_result *result, struct text *out)
{
	const struct arm_result *arm = result->arm_count ? &result->arms[0] : NULL;

	for (size_t i = result->arm_count; i > 0; i--)
		if (!result->arms[i - 1].as_expected)
			arm = &result->arms[i - 1];
	text_add(out, result->reason);
	if (!arm || !*arm->evidence || strstr(result->reason, arm->evidence))
		return;
	if (*result->reason)
		text_addf(out, "; %s", arm->evidence);
	else
		text_addf(out, "%s arm: %s", arm->name, arm->evidence);
}

/* Takes nothing over. */
static void add(struct baseline *b, const struct changed_check *changed)
{
	struct changed_check *grown = reallocarray(b->changed, b->changed_count + 1,
						   sizeof(*grown));
	struct changed_check *copy;

	if (!grown) {
		b->failed = true;
		return;
	}
	b->changed = grown;
	copy = &grown[b->changed_count++];
	*copy = *changed;
	copy->id = strdup(changed->id);
	copy->evidence = strdup(changed->evidence);
	b->failed |= !copy->id || !copy->evidence;
}

void baseline_judge(struct baseline *b, const struct check_result *result)
{
	const struct baseline_check *was = find(b, result->id);
	enum trend trend = was ? verdict_trend(was->verdict, result->verdict) : TREND_NEW;
	AUTO_TEXT struct text evidence = { 0 };

	b->trends[trend]++;
	if (trend == TREND_SAME)
		return;
	describe(result, &evidence);
	b->failed |= evidence.failed;
	add(b, &(struct changed_check){ .trend = trend,
					.id = (char *)result->id,
					.was = was ? was->verdict : result->verdict,
					.is = result->verdict,
					.evidence = evidence.str ? evidence.str : (char *)"" });
}

int baseline_end(struct baseline *b, const struct run_info *is, bool (*exists)(const char *id),
		 struct comparison *ret, struct err *err)
{
	for (size_t i = 0; i < b->count; i++) {
		if (exists(b->checks[i].id))
			continue;
		b->trends[TREND_GONE]++;
		add(b, &(struct changed_check){ .trend = TREND_GONE,
						.id = (char *)b->checks[i].id,
						.was = b->checks[i].verdict,
						.is = b->checks[i].verdict,
						.evidence = (char *)"" });
	}
	if (b->failed)
		return err_set(err, ENOMEM, "out of memory");
	*ret = (struct comparison){
		.was = &b->run, .is = is, .checks = b->changed, .count = b->changed_count
	};
	memcpy(ret->trends, b->trends, sizeof(ret->trends));
	return 0;
}
