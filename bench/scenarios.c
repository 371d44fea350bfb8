// SPDX-License-Identifier: MIT
/* The order of the themes, which is that of every report: see scenario.h. */
#include <string.h>

#include "bench/themes.h"

const struct scenario_theme *const scenario_themes[] = {
	&theme_ns,    &theme_container, &theme_runtimes, &theme_unpackers, &theme_image,
	&theme_check, &theme_net,       &theme_scale,    &theme_memory,    NULL,
};

const struct scenario *scenario_find(const char *name)
{
	for (const struct scenario_theme *const *theme = scenario_themes; *theme; theme++)
		for (size_t i = 0; i < (*theme)->count; i++)
			if (!strcmp((*theme)->rows[i].name, name))
				return &(*theme)->rows[i];
	return NULL;
}
