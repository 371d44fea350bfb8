// SPDX-License-Identifier: MIT
/* Inside bench/: the themes, one file each; scenarios.c lists them in the order of the report. */
#ifndef NSPROOF_BENCH_THEMES_H
#define NSPROOF_BENCH_THEMES_H

#include "base/cleanup.h"
#include "bench/scenario.h"

#define SCENARIO_THEME(theme, list)                                                                \
	const struct scenario_theme theme_##theme = { #theme, list, ARRAY_SIZE(list) }

extern const struct scenario_theme theme_check, theme_container, theme_image, theme_ns,
	theme_runtimes, theme_unpackers, theme_net, theme_scale, theme_memory;

#endif
