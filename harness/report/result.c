// SPDX-License-Identifier: MIT
/* The names that every format uses, and the exit status of a run: see result.h. */
#include "report/result.h"

const char *const verdict_names[VERDICT_COUNT] = {
	[VERDICT_ISOLATED] = "isolated", [VERDICT_LEAKED] = "leaked", [VERDICT_BLIND] = "blind",
	[VERDICT_SKIPPED] = "skipped",   [VERDICT_BROKEN] = "broken",
};

const char *const check_kind_names[KIND_COUNT] = {
	[KIND_KEEPS_OUT] = "keeps-out",
	[KIND_LETS_WORK] = "lets-work",
	[KIND_KERNEL_RULE] = "kernel-rule",
	[KIND_OPEN] = "open",
};

const char *const answer_names[ANSWER_COUNT] = {
	[ANSWER_REACHED] = "reached",
	[ANSWER_BLOCKED] = "blocked",
	[ANSWER_BROKEN] = "broken",
};

const char *const trend_names[TREND_COUNT] = {
	[TREND_SAME] = "same",     [TREND_WORSE] = "worse", [TREND_BETTER] = "better",
	[TREND_OTHER] = "changed", [TREND_NEW] = "new",     [TREND_GONE] = "gone",
};

static bool proves(enum verdict verdict)
{
	return verdict == VERDICT_ISOLATED || verdict == VERDICT_LEAKED;
}

enum trend verdict_trend(enum verdict was, enum verdict is)
{
	if (was == is)
		return TREND_SAME;
	if (is == VERDICT_ISOLATED)
		return TREND_BETTER;
	if (is == VERDICT_LEAKED || proves(was) || was == VERDICT_SKIPPED)
		return TREND_WORSE;
	return TREND_OTHER;
}

const char *run_fact(const struct run_info *run, size_t number, const char **ret_name)
{
	static const char *const names[] = { "version",      "kernel", "machine",
					     "distribution", "image",  "mode" };
	const char *const facts[] = { run->version,      run->kernel, run->machine,
				      run->distribution, run->image,  run->mode };

	if (number >= sizeof(names) / sizeof(names[0]))
		return NULL;
	*ret_name = names[number];
	return facts[number];
}

int totals_status(const struct totals *totals)
{
	const size_t *n = totals->verdicts, *known = totals->known;

	if (totals->interrupted)
		return 130;
	if (n[VERDICT_LEAKED] > known[VERDICT_LEAKED] ||
	    (totals->comparison && totals->comparison->trends[TREND_WORSE]))
		return 1;
	if (n[VERDICT_BLIND] > known[VERDICT_BLIND] || n[VERDICT_BROKEN] > known[VERDICT_BROKEN])
		return 3;
	if (totals->strict && n[VERDICT_SKIPPED])
		return 3;
	for (int i = 0; i < VERDICT_COUNT; i++)
		if (i != VERDICT_SKIPPED && n[i])
			return 0;
	return 4;
}
