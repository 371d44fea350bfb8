// SPDX-License-Identifier: MIT
/* nsproof explain: one check in full, and the arms that it runs. Starts nothing. */
#include <stdio.h>

#include "base/cleanup.h"
#include "check/arm.h"
#include "check/plan.h"
#include "command.h"
#include "print.h"
#include "probe_image.h"
#include "select.h"
#include "session.h"

static const char *const kind_texts[KIND_COUNT] = {
	[KIND_KEEPS_OUT] = "each wall alone must keep the container out",
	[KIND_LETS_WORK] = "the container must be able to; a wall is a step that provides it",
	[KIND_KERNEL_RULE] = "no guard decides: the kernel must refuse, and allow the legal twin",
	[KIND_OPEN] = "not isolated by design: reached even when sealed, a change is news",
};

enum { LABEL_WIDTH = 12 };

static void add_row(struct text *out, const char *label, const char *value)
{
	text_addf(out, "%-*s%s\n", LABEL_WIDTH, label, value);
}

/* One line a guard; only the first bears the label. */
static void add_guards(struct text *out, const char *label, const char *sign, guard_set set)
{
	for (int g = 0; g < GUARD_COUNT; g++) {
		if (!(set & (UINT64_C(1) << g)))
			continue;
		text_addf(out, "%-*s%s%-10s%s\n", LABEL_WIDTH, label, sign, guard_table[g].name,
			  guard_table[g].about);
		label = "";
	}
}

/* The guards of a set, then what they bring along. */
static void add_set(struct text *out, const char *label, guard_set set)
{
	add_guards(out, label, "", set);
	add_guards(out, "", "+ ", guard_closure(set) & ~set);
}

static void add_walls(struct text *out, const struct check *check)
{
	const char *word = check->kind == KIND_LETS_WORK ? "step" : "wall";

	if (check->base)
		add_set(out, "base", check->base);
	else
		add_row(out, "base", "none");
	if (check_wall_count(check) == 0)
		add_row(out, "walls", "none");
	for (size_t i = 0; i < check_wall_count(check); i++) {
		char label[LABEL_WIDTH];

		snprintf(label, sizeof(label), "%s %zu", word, i + 1);
		add_set(out, label, check->walls[i]);
	}
}

static void add_probe(struct text *out, const struct check *check)
{
	size_t len;
	const char *about = probe_about(check->id, &len);

	if (about)
		text_addf(out, "%-*s%.*s\n", LABEL_WIDTH, "probe", (int)len, about);
	add_row(out, "canary", check->canary ? check->canary->about : "none");
	add_row(out, "proof",
		check->effect ? check->effect : "the canary's random token comes back");
	if (!check->blocked_as[0])
		return;
	text_addf(out, "%-*s", LABEL_WIDTH,
		  check->kind == KIND_LETS_WORK ? "fails as" : "blocked as");
	for (size_t i = 0; i < CHECK_OUTCOMES_MAX && check->blocked_as[i]; i++)
		text_addf(out, "%s%s", i ? ", " : "", outcome_name(check->blocked_as[i]));
	text_add(out, "\n");
}

static void add_needs(struct text *out, const struct check *check)
{
	const char *label = "needs";

	if (!check->needs)
		add_row(out, label, "nothing but its guards");
	for (int need = 0; need < NEED_COUNT; need++) {
		if (!(check->needs & NEED_BIT(need)))
			continue;
		text_addf(out, "%-*s%s: %s\n", LABEL_WIDTH, label, need_table[need].name,
			  need_table[need].about);
		label = "";
	}
}

static const char *expectation(const struct check *check, const struct arm_plan *arm)
{
	bool reached = arm->expected == ANSWER_REACHED;

	if (arm->control)
		return reached ? "must be reached, or the probe proves nothing"
			       : "must be blocked, or the probe proves nothing";
	if (check->kind == KIND_LETS_WORK)
		return "must work";
	return reached ? "must be reached" : "must be blocked";
}

static void add_arms(struct text *out, const struct check *check)
{
	struct check_plan plan;
	enum guard missing;
	int width = 0;

	if (!check_plan(check, GUARDS_EVERYTHING, false, &plan, &missing))
		return;
	text_add(out, "\nArms, on a machine that can do everything:\n");
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < plan.count; i++) {
			AUTO_TEXT struct text guards = { 0 };

			guard_names(plan.arms[i].guards, &guards);
			if (pass == 0) {
				width = (int)guards.len > width ? (int)guards.len : width;
				continue;
			}
			text_addf(out, "  %-7s %s  %-*s  %s\n", plan.arms[i].name,
				  plan.arms[i].arena ? "in an arena     " : "on the real host",
				  width, guards.str ? guards.str : "",
				  expectation(check, &plan.arms[i]));
		}
	}
}

static int explain(void *values, int count, char **words, struct err *err)
{
	const struct check *check = select_one(words[0], err);
	AUTO_TEXT struct text out = { 0 };

	(void)values;
	(void)count;
	if (!check)
		return -err->num;
	text_addf(&out, "%s\n%s\n\n", check->id, check->question);
	text_addf(&out, "%-*s%s: %s\n", LABEL_WIDTH, "kind", check_kind_names[check->kind],
		  kind_texts[check->kind]);
	add_probe(&out, check);
	add_walls(&out, check);
	add_needs(&out, check);
	add_row(&out, "reference", check->reference);
	add_arms(&out, check);
	return print_text(&out, err);
}

const struct command cmd_explain = {
	.name = "explain",
	.args = "ID",
	.about = "Explain a check: how the probe tries, what keeps it out, and how it is proven",
	.details =
		"A wall keeps the probe out all by itself; what it brings along is marked with '+'.\n"
		"The base is on in every arm. The arms are those of a machine that can do everything;\n"
		"'nsproof doctor' says what this one can do. Nothing is started, and no privilege is\n"
		"needed.",
	.min_words = 1,
	.max_words = 1,
	.run = explain,
};
