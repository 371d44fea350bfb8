// SPDX-License-Identifier: MIT
/*
 * The kernel's own test protocol, KTAP version 1 (Documentation/dev-tools/ktap.rst): a check is a
 * test, its arms are the subtests. Diagnostic lines come before the result line that they explain.
 * The kernel's parser (tools/testing/kunit/kunit_parser.py) counts the innermost tests only, and
 * finds a test's result line by the name in "# Subtest".
 */
#include <string.h>

#include "report/internal.h"

static void put_diagnostic(FILE *out, const char *indent, const char *label, const char *str)
{
	fprintf(out, "%s# %s: ", indent, label);
	put_clean(out, str, "");
	putc('\n', out);
}

static void put_baseline(FILE *out, const struct run_info *run)
{
	const char *name, *was, *is;

	if (!run->baseline)
		return;
	put_diagnostic(out, "", "baseline", run->baseline_name);
	for (size_t i = 0; (is = run_fact(run, i, &name)); i++) {
		was = run_fact(run->baseline, i, &name);
		if (!strcmp(was, is))
			continue;
		fprintf(out, "# differs: %s was ", name);
		put_clean(out, was, "");
		fputs(", is ", out);
		put_clean(out, is, "");
		putc('\n', out);
	}
}

static void ktap_begin(struct reporter *r, const struct run_info *run)
{
	fprintf(r->out, "KTAP version 1\n# nsproof %s, kernel %s %s, mode %s\n", run->version,
		run->kernel, run->machine, run->mode);
	put_diagnostic(r->out, "", "distribution", run->distribution);
	put_diagnostic(r->out, "", "image", run->image);
	put_baseline(r->out, run);
	fprintf(r->out, "1..%zu\n", run->planned);
}

static void put_arm_details(FILE *out, const char *indent, const struct arm_result *arm)
{
	fprintf(out, "%s# %s: expected %s, observed %s%s", indent, arm->name,
		answer_names[arm->expected], answer_names[arm->answer], *arm->outcome ? " " : "");
	put_clean(out, arm->outcome, "");
	fprintf(out, "; host %s, guards %s\n", arm->host, arm->guards);
	if (*arm->evidence)
		put_diagnostic(out, indent, "evidence", arm->evidence);
}

static void put_arms(FILE *out, const struct check_result *result)
{
	fprintf(out, "  KTAP version 1\n  # Subtest: %s\n  1..%zu\n", result->id,
		result->arm_count);
	for (size_t i = 0; i < result->arm_count; i++) {
		const struct arm_result *arm = &result->arms[i];

		if (!arm->as_expected)
			put_arm_details(out, "  ", arm);
		fprintf(out, "  %s %zu - %s\n", arm->as_expected ? "ok" : "not ok", i + 1,
			arm->name);
	}
}

/*
 * Whether the arms add up to the verdict. They don't when the harness itself failed: then the arms
 * are told as diagnostics, because a parser that counts the subtests would see nothing but passes.
 */
static bool arms_tell(const struct check_result *result)
{
	bool failed = false;

	for (size_t i = 0; i < result->arm_count; i++)
		failed = failed || !result->arms[i].as_expected;
	return result->arm_count && !result->known &&
	       failed == (result->verdict != VERDICT_ISOLATED);
}

static void put_failure(FILE *out, const struct check_result *result)
{
	if (!arms_tell(result))
		for (size_t i = 0; i < result->arm_count; i++)
			put_arm_details(out, "", &result->arms[i]);
	put_diagnostic(out, "", "question", result->question);
	put_diagnostic(out, "", verdict_names[result->verdict], result->reason);
	put_diagnostic(out, "", "reference", result->reference);
}

static void ktap_check(struct reporter *r, const struct check_result *result)
{
	bool skipped = result->verdict == VERDICT_SKIPPED;
	bool isolated = result->verdict == VERDICT_ISOLATED;

	if (!skipped && arms_tell(result))
		put_arms(r->out, result);
	if (!skipped && !isolated)
		put_failure(r->out, result);
	fprintf(r->out, "%s %zu - %s", skipped || isolated || result->known ? "ok" : "not ok",
		r->reported + 1, result->id);
	if (result->known) {
		fputs(" # XFAIL ", r->out);
		put_clean(r->out, result->known, "#");
	} else if (result->news) {
		fputs(" # XPASS", r->out);
	} else if (skipped) {
		fprintf(r->out, " # SKIP needs %s: ", result->need);
		put_clean(r->out, result->reason, "#");
	} else if (result->verdict == VERDICT_BROKEN) {
		fputs(" # ERROR ", r->out);
		/* no second directive may hide in the reason */
		put_clean(r->out, result->reason, "#");
	}
	putc('\n', r->out);
}

static void put_comparison(FILE *out, const struct comparison *comparison)
{
	for (size_t i = 0; i < comparison->count; i++) {
		const struct changed_check *check = &comparison->checks[i];

		fprintf(out, "# %s: ", trend_names[check->trend]);
		put_changed(out, check);
		fputs(*check->evidence ? "; " : "", out);
		put_clean(out, check->evidence, "");
		putc('\n', out);
	}
	fputs("# ", out);
	put_changes(out, comparison);
}

/* The summary line in the form of the kernel's selftests (tools/testing/selftests/kselftest.h). */
static void ktap_end(struct reporter *r, const struct totals *totals)
{
	const size_t *n = totals->verdicts, *known = totals->known;
	size_t failed = n[VERDICT_LEAKED] + n[VERDICT_BLIND];
	size_t xfail = known[VERDICT_LEAKED] + known[VERDICT_BLIND];

	if (totals->interrupted)
		fprintf(r->out, "# interrupted: %zu of %zu checks were not run\n",
			r->planned - r->reported, r->planned);
	if (totals->comparison)
		put_comparison(r->out, totals->comparison);
	fprintf(r->out, "# Totals: pass:%zu fail:%zu xfail:%zu xpass:%zu skip:%zu error:%zu\n",
		n[VERDICT_ISOLATED] - totals->news, failed - xfail, xfail + known[VERDICT_BROKEN],
		totals->news, n[VERDICT_SKIPPED], n[VERDICT_BROKEN] - known[VERDICT_BROKEN]);
}

const struct reporter_ops reporter_ktap = { "ktap", ktap_begin, ktap_check, ktap_end };
