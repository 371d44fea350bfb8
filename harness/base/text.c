// SPDX-License-Identifier: MIT
/* A growing text, and small pure helpers for strings: see text.h. */
#include "base/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool make_room(struct text *t, size_t more)
{
	size_t room = t->room ? t->room : 128;
	char *grown;

	if (t->failed)
		return false;
	while (room - t->len <= more)
		room *= 2;
	if (room == t->room)
		return true;
	grown = realloc(t->str, room);
	if (!grown) {
		t->failed = true;
		return false;
	}
	t->str = grown;
	t->room = room;
	return true;
}

void text_addn(struct text *t, const char *bytes, size_t len)
{
	if (!make_room(t, len))
		return;
	memcpy(t->str + t->len, bytes, len);
	t->len += len;
	t->str[t->len] = '\0';
}

void text_add(struct text *t, const char *str)
{
	text_addn(t, str, strlen(str));
}

void text_addf(struct text *t, const char *fmt, ...)
{
	va_list ap;
	int need;

	va_start(ap, fmt);
	need = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (need < 0 || !make_room(t, (size_t)need))
		return;
	va_start(ap, fmt);
	vsnprintf(t->str + t->len, t->room - t->len, fmt, ap);
	va_end(ap);
	t->len += (size_t)need;
}

void text_done(struct text *t)
{
	free(t->str);
	*t = (struct text){ 0 };
}

bool text_starts(const char *str, const char *prefix)
{
	return strncmp(str, prefix, strlen(prefix)) == 0;
}

bool text_ends(const char *str, const char *suffix)
{
	size_t len = strlen(str), tail = strlen(suffix);

	return len >= tail && strcmp(str + len - tail, suffix) == 0;
}

int text_to_int(const char *str, int64_t min, int64_t max, int64_t *ret)
{
	char *end;
	long long value;

	if (*str != '-' && (*str < '0' || *str > '9'))
		return -EINVAL;
	errno = 0;
	value = strtoll(str, &end, 10);
	if (end == str || *end)
		return -EINVAL;
	if (errno == ERANGE || value < min || value > max)
		return -ERANGE;
	*ret = value;
	return 0;
}

int text_to_size(const char *str, uint64_t *ret)
{
	static const char suffixes[] = "kMGT";
	const char *suffix;
	unsigned int shift = 0;
	char *end;
	unsigned long long value;

	if (*str < '0' || *str > '9')
		return -EINVAL;
	errno = 0;
	value = strtoull(str, &end, 10);
	if (*end) {
		suffix = strchr(suffixes, *end);
		if (!suffix || end[1])
			return -EINVAL;
		shift = 10 * (unsigned int)(suffix - suffixes + 1);
	}
	if (errno == ERANGE || value > UINT64_MAX >> shift)
		return -ERANGE;
	*ret = (uint64_t)value << shift;
	return 0;
}

void text_hex(const uint8_t *bytes, size_t len, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		*out++ = digits[bytes[i] >> 4];
		*out++ = digits[bytes[i] & 15];
	}
	*out = '\0';
}

void text_escape(char *out, size_t room, const char *bytes, size_t len)
{
	size_t used = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)bytes[i];
		bool plain = c >= ' ' && c < 127 && c != '\\';
		size_t need = plain ? 1 : 4;

		if (used + need >= room)
			break;
		if (plain)
			out[used] = (char)c;
		else
			snprintf(out + used, 5, "\\x%02x", c);
		used += need;
	}
	out[used] = '\0';
}
