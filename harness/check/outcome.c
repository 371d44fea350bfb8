// SPDX-License-Identifier: MIT
/* Names of outcomes: errnos by their C names, and the words of enum outcome. */
#include <string.h>

#include "base/cleanup.h"
#include "check/check.h"

static const struct {
	int outcome;
	const char *name;
} words[] = { { ABSENT, "absent" }, { UNCHANGED, "unchanged" }, { SILENT, "silent" } };

enum { ERRNO_MAX = 133 };

const char *outcome_name(int outcome)
{
	const char *name = outcome > 0 && outcome <= ERRNO_MAX ? strerrorname_np(outcome) : NULL;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (words[i].outcome == outcome)
			name = words[i].name;
	return name ? name : "unknown";
}

int outcome_parse(const char *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (!strcmp(words[i].name, text))
			return words[i].outcome;
	for (int num = 1; num <= ERRNO_MAX; num++) {
		const char *name = strerrorname_np(num);

		if (name && !strcmp(name, text))
			return num;
	}
	return 0;
}
