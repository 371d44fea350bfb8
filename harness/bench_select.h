// SPDX-License-Identifier: MIT
/* Which scenarios a command line means: names and globs, in the order of the themes. */
#ifndef NSPROOF_BENCH_SELECT_H
#define NSPROOF_BENCH_SELECT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "bench/scenario.h"

/*
 * The scenarios that match any of the words, each once; all of them without words. `quick`: without
 * slow ones, but for those that are named in full. *ret is an array of *ret_count rows that the
 * caller frees. Returns 0, or STATUS_NOTHING, with a text, for a word that matches nothing.
 */
int bench_select(int count, char **words, bool quick, const struct scenario ***ret,
		 size_t *ret_count, struct err *err);

#endif
