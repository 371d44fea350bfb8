// SPDX-License-Identifier: MIT
/*
 * One JSON document, as results/schema.json describes it, written piece by piece: the head, each
 * check as it comes, the totals. jansson makes every value; only the brackets around the checks are
 * written by hand. A file that a crash cut short is completed by appending "]}".
 */
#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "report/internal.h"

enum { SCHEMA_VERSION = 1 };

json_t *report_json_text(const char *str)
{
	json_t *value = json_string(str);
	AUTO_FREE char *escaped = NULL;
	size_t len = strlen(str);

	if (value)
		return value;
	escaped = malloc(4 * len + 1);
	if (!escaped)
		return NULL;
	text_escape(escaped, 4 * len + 1, str, len);
	return json_string(escaped);
}

/* "all" -> ["all"], "none" -> [], "ns:pid+fresh-proc" -> one string each. */
static json_t *guards_value(const char *guards)
{
	json_t *list = json_array();

	if (!strcmp(guards, "none"))
		return list;
	for (const char *at = guards; *at;) {
		size_t len = strcspn(at, "+");

		if (json_array_append_new(list, json_stringn(at, len)) < 0) {
			json_decref(list);
			return NULL;
		}
		at += len;
		at += *at == '+';
	}
	return list;
}

static json_t *arm_value(const struct arm_result *arm)
{
	return json_pack("{s:o, s:o, s:o, s:s, s:s, s:o, s:o, s:b}", "name",
			 report_json_text(arm->name), "host", report_json_text(arm->host), "guards",
			 guards_value(arm->guards), "expected", answer_names[arm->expected],
			 "answer", answer_names[arm->answer], "outcome",
			 report_json_text(arm->outcome), "evidence",
			 report_json_text(arm->evidence), "as_expected", arm->as_expected);
}

static json_t *arms_value(const struct check_result *result)
{
	json_t *list = json_array();

	for (size_t i = 0; i < result->arm_count; i++) {
		if (json_array_append_new(list, arm_value(&result->arms[i])) < 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *check_value(const struct check_result *result)
{
	return json_pack("{s:o, s:o, s:s, s:o, s:s, s:o, s:o, s:o, s:b, s:o, s:o}", "id",
			 report_json_text(result->id), "suite", report_json_text(result->suite),
			 "kind", check_kind_names[result->kind], "question",
			 report_json_text(result->question), "verdict",
			 verdict_names[result->verdict], "reason", report_json_text(result->reason),
			 "need", result->need ? report_json_text(result->need) : json_null(),
			 "known", result->known ? report_json_text(result->known) : json_null(),
			 "news", result->news, "reference", report_json_text(result->reference),
			 "arms", arms_value(result));
}

static json_t *totals_value(const struct totals *totals)
{
	json_t *value = json_object();
	size_t known = 0;
	int failed = 0;

	for (int i = 0; i < VERDICT_COUNT; i++) {
		known += totals->known[i];
		failed |= json_object_set_new(value, verdict_names[i],
					      json_integer((json_int_t)totals->verdicts[i]));
	}
	failed |= json_object_set_new(value, "known", json_integer((json_int_t)known));
	failed |= json_object_set_new(value, "news", json_integer((json_int_t)totals->news));
	failed |= json_object_set_new(value, "containers",
				      json_integer((json_int_t)totals->containers));
	failed |= json_object_set_new(value, "interrupted", json_boolean(totals->interrupted));
	failed |= json_object_set_new(value, "strict", json_boolean(totals->strict));
	failed |= json_object_set_new(value, "status", json_integer(totals_status(totals)));
	if (failed) {
		json_decref(value);
		return NULL;
	}
	return value;
}

static json_t *changed_value(const struct changed_check *check)
{
	return json_pack("{s:o, s:o, s:o, s:o}", "id", report_json_text(check->id), "was",
			 check->trend == TREND_NEW ? json_null()
						   : json_string(verdict_names[check->was]),
			 "is",
			 check->trend == TREND_GONE ? json_null()
						    : json_string(verdict_names[check->is]),
			 "evidence", report_json_text(check->evidence));
}

static json_t *changes_value(const struct comparison *comparison, enum trend trend)
{
	json_t *list = json_array();

	for (size_t i = 0; i < comparison->count; i++) {
		if (comparison->checks[i].trend != trend)
			continue;
		if (json_array_append_new(list, changed_value(&comparison->checks[i])) < 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

/* The facts of the earlier run, which of them are others now, and every change under its name. */
static json_t *comparison_value(const struct comparison *comparison)
{
	json_t *value = json_object(), *differs = json_array();
	const char *name, *was, *is;
	int failed = 0;

	for (size_t i = 0; (was = run_fact(comparison->was, i, &name)); i++) {
		is = run_fact(comparison->is, i, &name);
		failed |= json_object_set_new(value, name, report_json_text(was));
		if (strcmp(was, is) != 0)
			failed |= json_array_append_new(differs, json_string(name));
	}
	failed |= json_object_set_new(value, "differs", differs);
	failed |= json_object_set_new(value, trend_names[TREND_SAME],
				      json_integer((json_int_t)comparison->trends[TREND_SAME]));
	for (int i = TREND_SAME + 1; i < TREND_COUNT; i++)
		failed |= json_object_set_new(value, trend_names[i],
					      changes_value(comparison, (enum trend)i));
	if (failed) {
		json_decref(value);
		return NULL;
	}
	return value;
}

/* Where a value goes, and how far right its further lines begin. */
struct place {
	FILE *out;
	const char *margin;
};

/* Sets a value of several lines under its place: a line break is never part of a JSON string. */
static int put_indented(const char *bytes, size_t len, void *data)
{
	const struct place *place = data;

	for (size_t i = 0; i < len; i++) {
		putc(bytes[i], place->out);
		if (bytes[i] == '\n')
			fputs(place->margin, place->out);
	}
	return ferror(place->out) ? -1 : 0;
}

/* Writes and releases `value`. ASCII only: a report is also looked at on a terminal. */
static void put_value(struct reporter *r, json_t *value, size_t flags, const char *margin)
{
	struct place place = { r->out, margin };

	flags |= JSON_ENCODE_ANY | JSON_ENSURE_ASCII;
	if (!value)
		reporter_fail(r, ENOMEM);
	else if (json_dump_callback(value, put_indented, &place, flags) < 0)
		reporter_fail(r, ferror(r->out) && errno ? errno : EIO);
	json_decref(value);
}

static void put_member(struct reporter *r, const char *key, json_t *value)
{
	fprintf(r->out, "  \"%s\": ", key);
	put_value(r, value, 0, "");
	fputs(",\n", r->out);
}

static void json_begin(struct reporter *r, const struct run_info *run)
{
	fputs("{\n", r->out);
	put_member(r, "schema", json_integer(SCHEMA_VERSION));
	put_member(r, "version", report_json_text(run->version));
	put_member(r, "kernel", report_json_text(run->kernel));
	put_member(r, "machine", report_json_text(run->machine));
	put_member(r, "distribution", report_json_text(run->distribution));
	put_member(r, "image", report_json_text(run->image));
	put_member(r, "mode", report_json_text(run->mode));
	put_member(r, "planned", json_integer((json_int_t)run->planned));
	fputs("  \"checks\": [", r->out);
}

static void json_check(struct reporter *r, const struct check_result *result)
{
	fputs(r->reported ? ",\n    " : "\n    ", r->out);
	put_value(r, check_value(result), JSON_INDENT(2), "    ");
}

static void json_end(struct reporter *r, const struct totals *totals)
{
	fputs(r->reported ? "\n  ],\n" : "],\n", r->out);
	fputs("  \"totals\": ", r->out);
	put_value(r, totals_value(totals), 0, "");
	if (totals->comparison) {
		fputs(",\n  \"baseline\": ", r->out);
		put_value(r, comparison_value(totals->comparison), JSON_INDENT(2), "  ");
	}
	fputs("\n}\n", r->out);
}

const struct reporter_ops reporter_json = { "json", json_begin, json_check, json_end };
