// SPDX-License-Identifier: MIT
/* Which checks a command line means: see select.h. */
#include "select.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "command.h"

const struct check *select_one(const char *id, struct err *err)
{
	const struct check *check = check_find(id);

	if (check)
		return check;
	for (const struct check_suite *const *s = check_suites; *s; s++) {
		if (!strcmp((*s)->name, id)) {
			err_set(err, EINVAL, "'%s' is a suite; its checks are '%s/*'", id, id);
			return NULL;
		}
	}
	err_set(err, EINVAL, "unknown check '%s'; see 'nsproof list'", id);
	return NULL;
}

static bool matches_any(const char *glob)
{
	for (size_t i = 0; i < check_count(); i++)
		if (fnmatch(glob, check_at(i)->id, 0) == 0)
			return true;
	return false;
}

static int check_word(const char *word, struct err *err)
{
	if (!strpbrk(word, "*?["))
		return select_one(word, err) ? 0 : -EINVAL;
	if (matches_any(word))
		return 0;
	err_set(err, ENOENT, "no check matches '%s'; see 'nsproof list'", word);
	return STATUS_NOTHING;
}

int select_checks(int count, char **words, const struct check ***ret, size_t *ret_count,
		  struct err *err)
{
	AUTO_FREE const struct check **chosen = calloc(check_count() + 1, sizeof(*chosen));
	int status = 0;
	size_t n = 0;

	if (!chosen)
		return err_set(err, ENOMEM, "out of memory");
	for (int w = 0; w < count; w++) {
		int r = check_word(words[w], err);

		if (r < 0)
			return r;
		if (r > 0)
			status = r;
	}
	if (status > 0)
		return status;
	for (size_t i = 0; i < check_count(); i++) {
		bool wanted = count == 0;

		for (int w = 0; w < count; w++)
			wanted |= fnmatch(words[w], check_at(i)->id, 0) == 0;
		if (wanted)
			chosen[n++] = check_at(i);
	}
	*ret = STEAL_PTR(chosen);
	*ret_count = n;
	return 0;
}
