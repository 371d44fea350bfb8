// SPDX-License-Identifier: MIT
/* The catalogue as a document: see catalogue_doc.h. */
#include "catalogue_doc.h"

#include <string.h>

#include "base/cleanup.h"
#include "check/arm.h"
#include "check/needs.h"
#include "probe_image.h"

static const char head[] =
	"# The checks\n"
	"\n"
	"Made by `nsproof list --markdown` from the catalogue; do not edit. `nsproof explain ID` shows one\n"
	"of them with all its arms.\n"
	"\n"
	"A wall is a set of guards that alone must keep the container from the host: guards of one wall are\n"
	"joined by '+'. With none of them on the host must be reached, or the probe proves nothing. The base\n"
	"is on in every arm.\n";

static const char *const kinds[KIND_COUNT] = {
	[KIND_KEEPS_OUT] = "must be kept out",
	[KIND_LETS_WORK] = "must work; a wall is a step that provides it",
	[KIND_KERNEL_RULE] = "the kernel's rule: refused whatever is on, and the legal twin works",
	[KIND_OPEN] = "open by design: reached even when sealed, a change is news",
};

static void add_item(struct text *out, const char *label, const char *value)
{
	text_addf(out, "- %s: %s\n", label, value);
}

static void add_walls(struct text *out, const struct check *check)
{
	if (check->base) {
		text_add(out, "- base: ");
		guard_names(check->base, out);
		text_add(out, "\n");
	}
	if (check_wall_count(check) == 0)
		return;
	text_add(out, "- walls: ");
	for (size_t i = 0; i < check_wall_count(check); i++) {
		text_add(out, i ? "; " : "");
		guard_names(check->walls[i], out);
	}
	text_add(out, "\n");
}

static void add_outcomes(struct text *out, const struct check *check)
{
	if (!check->blocked_as[0])
		return;
	text_add(out, check->kind == KIND_LETS_WORK ? "- fails as: " : "- blocked as: ");
	for (size_t i = 0; i < CHECK_OUTCOMES_MAX && check->blocked_as[i]; i++)
		text_addf(out, "%s%s", i ? ", " : "", outcome_name(check->blocked_as[i]));
	text_add(out, "\n");
}

static void add_needs(struct text *out, const struct check *check)
{
	const char *before = "- needs: ";

	for (int need = 0; need < NEED_COUNT; need++) {
		if (!(check->needs & NEED_BIT(need)))
			continue;
		text_addf(out, "%s%s", before, need_table[need].name);
		before = ", ";
	}
	if (check->needs)
		text_add(out, "\n");
}

static void add_check(struct text *out, const struct check *check)
{
	size_t len;
	const char *about = probe_about(check->id, &len);

	text_addf(out, "\n### %s\n\n%s\n\n", check->id, check->question);
	add_item(out, "kind", kinds[check->kind]);
	if (about)
		text_addf(out, "- how it tries: %.*s\n", (int)len, about);
	if (check->canary)
		add_item(out, "on the host", check->canary->about);
	add_item(out, "an open arm shows", check->effect ? check->effect : "the canary's token");
	add_walls(out, check);
	add_outcomes(out, check);
	add_needs(out, check);
	add_item(out, "reference", check->reference);
}

void catalogue_markdown(const struct check *const *checks, size_t count, struct text *out)
{
	text_add(out, head);
	for (size_t i = 0; i < count; i++) {
		size_t len = strcspn(checks[i]->id, "/");

		if (i == 0 || strncmp(checks[i]->id, checks[i - 1]->id, len + 1) != 0)
			text_addf(out, "\n## Suite %.*s\n", (int)len, checks[i]->id);
		add_check(out, checks[i]);
	}
}
