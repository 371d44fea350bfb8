// SPDX-License-Identifier: MIT
/* Subordinate ids as data: see subid.h. Whether a range is granted, newuidmap(1) decides. */
#include "kernel/subid.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Longer than every line that means something: a name, two numbers. */
enum { LINE_ROOM = 512 };

static bool is_owner(const struct subid_owner *owner, const char *word)
{
	int64_t id;

	if (owner->name && !strcmp(word, owner->name))
		return true;
	return text_to_int(word, 0, UINT32_MAX - 1, &id) == 0 && (uid_t)id == owner->uid;
}

/* Takes a line apart, in place. */
static bool read_line(char *line, const struct subid_owner *owner, struct subid_range *ret)
{
	char *first = strchr(line, ':'), *count;
	int64_t from, n;

	if (!first)
		return false;
	*first++ = '\0';
	count = strchr(first, ':');
	if (!count)
		return false;
	*count++ = '\0';
	if (!is_owner(owner, line) || text_to_int(first, 1, UINT32_MAX - 1, &from) < 0 ||
	    text_to_int(count, 1, UINT32_MAX - 1, &n) < 0 || from + n > UINT32_MAX)
		return false;
	*ret = (struct subid_range){ (uint32_t)from, (uint32_t)n };
	return owner->own_id < from || owner->own_id >= from + n;
}

int subid_choose(const char *text, const struct subid_owner *owner, uint32_t want,
		 struct subid_range *ret)
{
	struct subid_range best = { 0, 0 };

	while (*text && best.count < want) {
		size_t len = strcspn(text, "\n");
		struct subid_range range;
		char line[LINE_ROOM];

		if (len < sizeof(line)) {
			snprintf(line, sizeof(line), "%.*s", (int)len, text);
			if (read_line(line, owner, &range) && range.count > best.count)
				best = range;
		}
		text += len + (text[len] == '\n');
	}
	if (best.count == 0)
		return -ENOENT;
	if (best.count > want)
		best.count = want;
	*ret = best;
	return 0;
}
