// SPDX-License-Identifier: MIT
/* Choosing scenarios: see bench_select.h. */
#include "bench_select.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "command.h"

static size_t scenario_count(void)
{
	size_t count = 0;

	for (const struct scenario_theme *const *theme = scenario_themes; *theme; theme++)
		count += (*theme)->count;
	return count;
}

/* Whether the words mean the scenario; marks those that mean something. */
static bool is_meant(const struct scenario *s, int count, char **words, bool quick, bool *matched)
{
	bool meant = count == 0 && !(quick && s->slow);

	for (int w = 0; w < count; w++) {
		if (fnmatch(words[w], s->name, 0) != 0)
			continue;
		matched[w] = true;
		meant |= !(quick && s->slow) || !strcmp(words[w], s->name);
	}
	return meant;
}

int bench_select(int count, char **words, bool quick, const struct scenario ***ret,
		 size_t *ret_count, struct err *err)
{
	AUTO_FREE const struct scenario **chosen = calloc(scenario_count() + 1, sizeof(*chosen));
	AUTO_FREE bool *matched = calloc((size_t)count + 1, sizeof(*matched));
	size_t n = 0;

	if (!chosen || !matched)
		return err_set(err, ENOMEM, "out of memory");
	for (const struct scenario_theme *const *theme = scenario_themes; *theme; theme++)
		for (size_t i = 0; i < (*theme)->count; i++)
			if (is_meant(&(*theme)->rows[i], count, words, quick, matched))
				chosen[n++] = &(*theme)->rows[i];
	for (int w = 0; w < count; w++) {
		if (matched[w])
			continue;
		err_set(err, ENOENT, "no scenario matches '%s'; see 'nsproof bench --list'",
			words[w]);
		return STATUS_NOTHING;
	}
	*ret = STEAL_PTR(chosen);
	*ret_count = n;
	return 0;
}
