// SPDX-License-Identifier: MIT
/*
 * The report for a person: what ran where, one line a check, everything about what is not as it
 * should be, the skips by their need, and the totals. The marks are ASCII, so that a log on any
 * serial console is as readable as a terminal; colour only repeats what the words say.
 */
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "report/internal.h"

static const char bold[] = "1", dim[] = "2", red[] = "1;31";

static const struct {
	char mark;
	const char *colour;
} looks[VERDICT_COUNT] = {
	[VERDICT_ISOLATED] = { '+', "32" }, [VERDICT_LEAKED] = { '!', red },
	[VERDICT_BLIND] = { '?', "1;35" },  [VERDICT_SKIPPED] = { '-', "33" },
	[VERDICT_BROKEN] = { 'x', "1;35" },
};

static void paint(struct reporter *r, const char *colour)
{
	if (r->opts.colour)
		fprintf(r->out, "\033[%sm", colour);
}

/* What the verdict means for this kind of check: to reach is good where the container must work. */
static const char *verdict_word(const struct check_result *result)
{
	static const char *const good[KIND_COUNT] = { "isolated", "works", "holds", "open" };
	static const char *const bad[KIND_COUNT] = { "leaked", "fails", "violated", "changed" };

	if (result->verdict == VERDICT_ISOLATED)
		return good[result->kind];
	if (result->verdict == VERDICT_LEAKED)
		return bad[result->kind];
	return verdict_names[result->verdict];
}

static const char *answer_word(enum check_kind kind, enum answer_kind answer)
{
	static const char *const lets_work[ANSWER_COUNT] = { "works", "fails", "broken" };

	return kind == KIND_LETS_WORK ? lets_work[answer] : answer_names[answer];
}

static void put_head(struct reporter *r, const char *label, const char *value)
{
	fprintf(r->out, "  %-12s  ", label);
	put_clean(r->out, value, "");
	putc('\n', r->out);
}

/* With what it is compared, and what else is not the same: it may explain a changed verdict. */
static void put_baseline(struct reporter *r, const struct run_info *run)
{
	const char *name, *was, *is;

	if (!run->baseline)
		return;
	put_head(r, "baseline", run->baseline_name);
	for (size_t i = 0; (is = run_fact(run, i, &name)); i++) {
		was = run_fact(run->baseline, i, &name);
		if (!strcmp(was, is))
			continue;
		fprintf(r->out, "  %-12s  %s was ", "differs", name);
		put_clean(r->out, was, "");
		fputs(", is ", r->out);
		put_clean(r->out, is, "");
		putc('\n', r->out);
	}
}

static void text_begin(struct reporter *r, const struct run_info *run)
{
	paint(r, bold);
	fprintf(r->out, "nsproof %s", run->version);
	paint(r, "");
	fprintf(r->out, "\n\n  %-12s  %s %s\n", "kernel", run->kernel, run->machine);
	put_head(r, "distribution", run->distribution);
	put_head(r, "image", run->image);
	put_head(r, "mode", run->mode);
	fprintf(r->out, "  %-12s  %zu\n", "checks", run->planned);
	put_baseline(r, run);
}

static void put_suite(struct reporter *r, const char *suite)
{
	if (!strcmp(r->suite, suite))
		return;
	snprintf(r->suite, sizeof(r->suite), "%s", suite);
	putc('\n', r->out);
	paint(r, bold);
	fputs(suite, r->out);
	paint(r, "");
	putc('\n', r->out);
}

static void put_arm(struct reporter *r, enum check_kind kind, const struct arm_result *arm)
{
	char observed[64];

	snprintf(observed, sizeof(observed), "%s%s%s", answer_word(kind, arm->answer),
		 *arm->outcome ? " " : "", arm->outcome);
	if (!arm->as_expected)
		paint(r, red);
	fprintf(r->out, "      %c %-8s  %-8s  ", arm->as_expected ? ' ' : '!', arm->name,
		answer_word(kind, arm->expected));
	put_clean(r->out, observed, "");
	fprintf(r->out, "%*s  %-5s  %s", (int)(strlen(observed) < 18 ? 18 - strlen(observed) : 0),
		"", arm->host, arm->guards);
	if (!arm->as_expected)
		paint(r, "");
	putc('\n', r->out);
	if (*arm->evidence) {
		fputs("                  ", r->out);
		put_clean(r->out, arm->evidence, "");
		putc('\n', r->out);
	}
}

static void put_details(struct reporter *r, const struct check_result *result)
{
	if (*result->reason) {
		fputs("        why       ", r->out);
		put_clean(r->out, result->reason, "");
		putc('\n', r->out);
	}
	if (result->arm_count) {
		paint(r, dim);
		fprintf(r->out, "        %-8s  %-8s  %-18s  %-5s  %s", "arm", "expected",
			"observed", "host", "guards");
		paint(r, "");
		putc('\n', r->out);
	}
	for (size_t i = 0; i < result->arm_count; i++)
		put_arm(r, result->kind, &result->arms[i]);
	fprintf(r->out, "        see       %s\n", result->reference);
}

/* Counts a skip under its need, in the order in which the needs turn up. */
static void count_need(struct reporter *r, const char *need)
{
	AUTO_FREE char *copy = NULL;
	struct need_count *grown;

	for (size_t i = 0; i < r->need_count; i++) {
		if (!strcmp(r->needs[i].need, need)) {
			r->needs[i].count++;
			return;
		}
	}
	copy = strdup(need);
	grown = reallocarray(r->needs, r->need_count + 1, sizeof(*grown));
	if (grown)
		r->needs = grown;
	if (!copy || !grown) {
		reporter_fail(r, ENOMEM);
		return;
	}
	r->needs[r->need_count++] = (struct need_count){ STEAL_PTR(copy), 1 };
}

static void text_check(struct reporter *r, const struct check_result *result)
{
	bool skipped = result->verdict == VERDICT_SKIPPED;

	put_suite(r, result->suite);
	fputs("  ", r->out);
	paint(r, looks[result->verdict].colour);
	fprintf(r->out, "%c %-8s", looks[result->verdict].mark, verdict_word(result));
	paint(r, "");
	fprintf(r->out, "  %-32s  %s\n", result->id, result->question);
	if (result->known || result->news) {
		fprintf(r->out, "        %-8s  ", result->news ? "news" : "known");
		put_clean(r->out,
			  result->news ? "known as a failure, and it is none any more"
				       : result->known,
			  "");
		putc('\n', r->out);
	}
	if (skipped) {
		count_need(r, result->need);
		fprintf(r->out, "        needs     %s: ", result->need);
		put_clean(r->out, result->reason, "");
		putc('\n', r->out);
	} else if (r->opts.verbose || result->verdict != VERDICT_ISOLATED) {
		put_details(r, result);
	}
}

static void put_needs(struct reporter *r)
{
	if (!r->need_count)
		return;
	putc('\n', r->out);
	paint(r, bold);
	fputs("skipped, by what the machine lacks", r->out);
	paint(r, "");
	putc('\n', r->out);
	for (size_t i = 0; i < r->need_count; i++)
		fprintf(r->out, "  %4zu  %s\n", r->needs[i].count, r->needs[i].need);
}

static void put_known(struct reporter *r, const struct totals *totals)
{
	size_t known = 0;

	for (int i = 0; i < VERDICT_COUNT; i++)
		known += totals->known[i];
	if (known)
		fprintf(r->out, "known: %zu of these were expected\n", known);
	if (totals->news)
		fprintf(r->out, "news: %zu known as a failure %s isolated now\n", totals->news,
			totals->news == 1 ? "is" : "are");
}

static void put_comparison(struct reporter *r, const struct comparison *comparison)
{
	static const char *const colours[TREND_COUNT] = {
		[TREND_WORSE] = red, [TREND_BETTER] = "32"
	};

	put_changes(r->out, comparison);
	for (size_t i = 0; i < comparison->count; i++) {
		const struct changed_check *check = &comparison->checks[i];

		fputs("  ", r->out);
		if (colours[check->trend])
			paint(r, colours[check->trend]);
		fprintf(r->out, "%-8s", trend_names[check->trend]);
		if (colours[check->trend])
			paint(r, "");
		fputs("  ", r->out);
		put_changed(r->out, check);
		putc('\n', r->out);
		if (*check->evidence) {
			fputs("            ", r->out);
			put_clean(r->out, check->evidence, "");
			putc('\n', r->out);
		}
	}
}

static void text_end(struct reporter *r, const struct totals *totals)
{
	static const enum verdict order[] = { VERDICT_ISOLATED, VERDICT_LEAKED, VERDICT_BLIND,
					      VERDICT_BROKEN, VERDICT_SKIPPED };
	const size_t *n = totals->verdicts;

	put_needs(r);
	putc('\n', r->out);
	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		fputs(i ? ", " : "", r->out);
		if (n[order[i]])
			paint(r, looks[order[i]].colour);
		fprintf(r->out, "%zu %s", n[order[i]], verdict_names[order[i]]);
		if (n[order[i]])
			paint(r, "");
	}
	fprintf(r->out, "; %zu container%s started\n", totals->containers,
		totals->containers == 1 ? "" : "s");
	put_known(r, totals);
	if (totals->interrupted)
		fprintf(r->out, "interrupted: %zu of %zu checks were not run\n",
			r->planned - r->reported, r->planned);
	if (r->reported == n[VERDICT_SKIPPED])
		fputs("nothing was proved: no check ran\n", r->out);
	if (totals->strict && n[VERDICT_SKIPPED])
		fputs("strict: a skipped check counts as a failure\n", r->out);
	if (totals->comparison) {
		putc('\n', r->out);
		put_comparison(r, totals->comparison);
	}
}

const struct reporter_ops reporter_text = { "text", text_begin, text_check, text_end };
