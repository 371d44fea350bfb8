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

int totals_status(const struct totals *totals)
{
	const size_t *n = totals->verdicts, *known = totals->known;

	if (totals->interrupted)
		return 130;
	if (n[VERDICT_LEAKED] > known[VERDICT_LEAKED])
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
