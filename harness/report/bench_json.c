// SPDX-License-Identifier: MIT
/*
 * One JSON document, as results/bench-schema.json describes it, written piece by piece: the head,
 * each scenario with its raw samples as it comes, then curves and totals.
 */
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "report/bench_reporter.h"
#include "report/internal.h"

enum { SCHEMA_VERSION = 1 };

static json_t *samples_value(const double *samples, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < count; i++) {
		if (json_array_append_new(list, json_integer(llround(samples[i]))) < 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *stats_value(const struct stats *s)
{
	return json_pack("{s:I, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:I, s:[f, f]}",
			 "count", (json_int_t)s->count, "min", s->min, "p5", s->p5, "p25", s->p25,
			 "median", s->median, "p75", s->p75, "p95", s->p95, "p99", s->p99, "max",
			 s->max, "mean", s->mean, "mad", s->mad, "outliers",
			 (json_int_t)s->outliers, "likely", s->likely.low, s->likely.high);
}

static json_t *parts_value(const struct bench_result *b)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < b->part_count; i++) {
		json_t *part = json_pack("{s:s, s:f}", "name", b->parts[i].name, "mean",
					 b->parts[i].mean);

		if (json_array_append_new(list, part) < 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *floor_value(const struct bench_result *b)
{
	if (!b->floor.count)
		return json_null();
	return json_pack("{s:o, s:o, s:f, s:[f, f]}", "stats", stats_value(&b->floor), "samples",
			 samples_value(b->floor_samples, b->floor.count), "ratio", b->ratio,
			 "ratio_likely", b->ratio_likely.low, b->ratio_likely.high);
}

static json_t *result_value(const struct bench_result *b)
{
	bool has = b->stats.count;

	return json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:f, s:o, s:f, s:f, s:f, s:o}",
			 "name", b->name, "about", b->about, "unit", b->unit, "state",
			 bench_state_names[b->state], "reason", report_json_text(b->reason),
			 "ended", has ? json_string(b->ended) : json_null(), "stats",
			 has ? stats_value(&b->stats) : json_null(), "parts", parts_value(b),
			 "whole", b->whole, "floor", floor_value(b), "bytes", b->bytes, "files",
			 b->files, "items", b->items, "samples",
			 samples_value(b->samples, b->stats.count));
}

static json_t *side_value(const struct stats *stats, const double *samples)
{
	return json_pack("{s:o, s:o}", "stats", stats_value(stats), "samples",
			 samples_value(samples, stats->count));
}

static json_t *duel_value(const struct bench_duel *c)
{
	bool has = c->stats.count;

	return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s}", "name", c->name,
			 "unit", c->unit, "state", bench_state_names[c->state], "reason",
			 report_json_text(c->reason), "ended",
			 has ? json_string(c->ended) : json_null(), "base",
			 has ? side_value(&c->base, c->base_samples) : json_null(), "this",
			 has ? side_value(&c->stats, c->samples) : json_null(), "ratio",
			 has ? json_real(c->ratio) : json_null(), "ratio_likely",
			 has ? json_pack("[f, f]", c->likely.low, c->likely.high) : json_null(),
			 "change", has ? json_string(c->change) : json_null(), "doubt", c->doubt);
}

static void put_value(struct bench_reporter *r, json_t *value)
{
	char *str = value ? json_dumps(value, JSON_ENCODE_ANY | JSON_ENSURE_ASCII |
						      JSON_REAL_PRECISION(12))
			  : NULL;

	if (!str && !r->failed)
		r->failed = ENOMEM;
	fputs(str ? str : "null", r->out);
	free(str);
	json_decref(value);
}

static void put_member(struct bench_reporter *r, const char *key, json_t *value)
{
	fprintf(r->out, "  \"%s\": ", key);
	put_value(r, value);
	fputs(",\n", r->out);
}

static void json_begin(struct bench_reporter *r, const struct bench_info *info)
{
	fputs("{\n", r->out);
	put_member(r, "schema", json_integer(SCHEMA_VERSION));
	put_member(r, "kind", json_string(info->base ? "against" : "bench"));
	put_member(r, "version", report_json_text(info->version));
	put_member(r, "kernel", report_json_text(info->kernel));
	put_member(r, "machine", report_json_text(info->machine));
	put_member(r, "distribution", report_json_text(info->distribution));
	put_member(r, "cpu", report_json_text(info->cpu));
	put_member(r, "cpus", json_integer((json_int_t)info->cpus));
	put_member(r, "governor", report_json_text(info->governor));
	put_member(r, "pinned", json_boolean(info->pinned));
	put_member(r, "mode", report_json_text(info->mode));
	put_member(r, "precision", info->base ? json_null() : json_real(info->precision));
	put_member(r, "time", json_real(info->time_s));
	put_member(r, "planned", json_integer((json_int_t)info->planned));
	if (info->base) {
		put_member(r, "base", report_json_text(info->base));
		put_member(r, "threshold", json_real(info->threshold));
		r->against = true;
	}
	fputs("  \"results\": [", r->out);
}

static void json_result(struct bench_reporter *r, const struct bench_result *result)
{
	fputs(r->reported ? ",\n    " : "\n    ", r->out);
	put_value(r, result_value(result));
}

static void json_duel(struct bench_reporter *r, const struct bench_duel *duel)
{
	fputs(r->reported ? ",\n    " : "\n    ", r->out);
	put_value(r, duel_value(duel));
}

/* Kept for the end. */
static void json_curve(struct bench_reporter *r, const struct bench_curve *curve)
{
	size_t i = r->curve_count;

	if (i == BENCH_CURVES_MAX)
		return;
	r->curves[i] = *curve;
	snprintf(r->curve_names[i], sizeof(r->curve_names[i]), "%s", curve->name);
	r->curve_count++;
}

/* JSON knows no infinity: without enough points there is no interval. */
static json_t *curve_value(const struct bench_curve *c, const char *name)
{
	const struct interval *i = &c->line.slope_likely;

	return json_pack("{s:s, s:s, s:I, s:f, s:f, s:o, s:f}", "name", name, "per", c->per,
			 "points", (json_int_t)c->points, "intercept", c->line.intercept, "slope",
			 c->line.slope, "slope_likely",
			 isfinite(i->low) ? json_pack("[f, f]", i->low, i->high) : json_null(),
			 "r2", c->line.r2);
}

static void json_end(struct bench_reporter *r, const struct bench_totals *totals)
{
	json_t *counts = json_object();

	fputs(r->reported ? "\n  ],\n  \"curves\": [" : "],\n  \"curves\": [", r->out);
	for (size_t i = 0; i < r->curve_count; i++) {
		fputs(i ? ",\n    " : "\n    ", r->out);
		put_value(r, curve_value(&r->curves[i], r->curve_names[i]));
	}
	fputs(r->curve_count ? "\n  ],\n  \"totals\": " : "],\n  \"totals\": ", r->out);
	for (int i = 0; i < BENCH_STATES; i++)
		json_object_set_new(counts, bench_state_names[i],
				    json_integer((json_int_t)totals->states[i]));
	if (r->against) {
		json_object_set_new(counts, "slower", json_integer((json_int_t)totals->slower));
		json_object_set_new(counts, "faster", json_integer((json_int_t)totals->faster));
		json_object_set_new(counts, "same", json_integer((json_int_t)totals->same));
		json_object_set_new(counts, "unclear", json_integer((json_int_t)totals->unclear));
	}
	json_object_set_new(counts, "interrupted", json_boolean(totals->interrupted));
	json_object_set_new(counts, "status", json_integer(bench_totals_status(totals)));
	put_value(r, counts);
	fputs("\n}\n", r->out);
}

const struct bench_reporter_ops bench_reporter_json = { "json",    json_begin, json_result,
							json_duel, json_curve, json_end };

const struct bench_reporter_ops *const bench_formats[] = {
	[BENCH_TEXT] = &bench_reporter_text,
	[BENCH_JSON] = &bench_reporter_json,
};
