// SPDX-License-Identifier: MIT
/* Which checks a command line means: ids and globs, in catalogue order. */
#ifndef NSPROOF_SELECT_H
#define NSPROOF_SELECT_H

#include <stddef.h>

#include "base/err.h"
#include "check/check.h"

/*
 * The checks that match any of the words, each once, in catalogue order; all of them without words.
 * *ret is an array of *ret_count rows that the caller frees. Returns 0; -EINVAL for an id that does
 * not exist; STATUS_NOTHING, with a text, for a glob that matches nothing: a selection that is
 * smaller than it looks must not pass in silence.
 */
int select_checks(int count, char **words, const struct check ***ret, size_t *ret_count,
		  struct err *err);

/* One check by its id; NULL with a text that says where to look. */
const struct check *select_one(const char *id, struct err *err);

#endif
