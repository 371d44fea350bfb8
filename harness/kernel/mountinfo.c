// SPDX-License-Identifier: MIT
/*
 * The lines of mountinfo: see mountinfo.h. Fields are divided by exactly one blank, and may be
 * empty: a source can be "". What a field may not hold, the kernel writes as \ooo.
 */
#include "kernel/mountinfo.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"

static bool is_octal(char c)
{
	return c >= '0' && c <= '7';
}

/* Decodes \ooo in place. \000 stays: no path holds a NUL, and it would hide what follows. */
static void decode(char *str)
{
	char *out = str;

	while (*str) {
		if (str[0] == '\\' && is_octal(str[1]) && is_octal(str[2]) && is_octal(str[3])) {
			int c = (str[1] - '0') * 64 + (str[2] - '0') * 8 + (str[3] - '0');

			if (c > 0 && c < 256) {
				*out++ = (char)c;
				str += 4;
				continue;
			}
		}
		*out++ = *str++;
	}
	*out = '\0';
}

/* Cuts the next field off; NULL when the line has no more. */
static char *cut_field(char **line)
{
	char *field = *line;
	char *end;

	if (!field)
		return NULL;
	end = strchr(field, ' ');
	if (end)
		*end++ = '\0';
	*line = end;
	return field;
}

static char *cut_path(char **line)
{
	char *field = cut_field(line);

	if (field)
		decode(field);
	return field;
}

static bool to_id(const char *str, int64_t max, int *ret)
{
	int64_t value;

	if (!str || text_to_int(str, 0, max, &value) < 0)
		return false;
	*ret = (int)value;
	return true;
}

/* "major:minor" */
static bool to_device(char *field, struct mountinfo *m)
{
	char *colon = field ? strchr(field, ':') : NULL;
	int major_nr, minor_nr;

	if (!colon)
		return false;
	*colon = '\0';
	if (!to_id(field, INT_MAX, &major_nr) || !to_id(colon + 1, INT_MAX, &minor_nr))
		return false;
	m->major = (unsigned int)major_nr;
	m->minor = (unsigned int)minor_nr;
	return true;
}

/* The optional fields up to the "-". Unknown ones are allowed: the kernel may add to them. */
static bool take_optional(char **line, struct mountinfo *m)
{
	char *field;

	while ((field = cut_field(line)) != NULL) {
		if (!strcmp(field, "-"))
			return true;
		if (!strcmp(field, "unbindable"))
			m->unbindable = true;
		if (text_starts(field, "shared:") &&
		    !to_id(field + strlen("shared:"), INT_MAX, &m->shared))
			return false;
		if (text_starts(field, "master:") &&
		    !to_id(field + strlen("master:"), INT_MAX, &m->master))
			return false;
	}
	return false;
}

static bool parse_line(char *line, struct mountinfo *m)
{
	if (!to_id(cut_field(&line), INT_MAX, &m->id) ||
	    !to_id(cut_field(&line), INT_MAX, &m->parent) || !to_device(cut_field(&line), m))
		return false;
	m->root = cut_path(&line);
	m->point = cut_path(&line);
	m->options = cut_field(&line);
	if (!take_optional(&line, m))
		return false;
	m->fstype = cut_path(&line);
	m->source = cut_path(&line);
	m->super_options = cut_path(&line);
	return m->super_options && !line;
}

int mountinfo_next(char **text, struct mountinfo *ret)
{
	struct mountinfo m = { 0 };
	char *line = *text;
	char *end = strchr(line, '\n');

	if (!*line)
		return 0;
	if (end)
		*end = '\0';
	*text = end ? end + 1 : line + strlen(line);
	if (!parse_line(line, &m))
		return -EINVAL;
	*ret = m;
	return 1;
}
