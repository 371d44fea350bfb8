// SPDX-License-Identifier: MIT
/* Names in extended headers: see pax.h. */
#include "image/pax.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define BLOCK       512
#define SIZE_FIELD  124
#define SIZE_LENGTH 12
#define TYPE_FIELD  156

static bool key_in(const char *key, size_t len, const char *const *list)
{
	for (; *list; list++)
		if (len == strlen(*list) && !memcmp(key, *list, len))
			return true;
	return false;
}

/* Decimal, with a sign and a fraction. */
static bool is_number(const char *at, size_t len)
{
	size_t digits = 0, points = 0;

	if (len && *at == '-') {
		at++;
		len--;
	}
	for (size_t i = 0; i < len; i++) {
		digits += at[i] >= '0' && at[i] <= '9';
		points += at[i] == '.';
	}
	return digits && points <= 1 && digits + points == len;
}

static const char *check_value(const char *key, size_t key_len, const char *value, size_t len)
{
	static const char *const names[] = { "path", "linkpath", "GNU.sparse.name", NULL };
	static const char *const numbers[] = {
		"uid", "gid", "size", "mtime", "atime", "ctime", NULL
	};

	if (key_in(key, key_len, names) && memchr(value, '\0', len))
		return "its name holds a NUL";
	/* an empty value takes back what a global header has said */
	if (len && key_in(key, key_len, numbers) && !is_number(value, len))
		return "its extended header has a word where a number belongs";
	return NULL;
}

/* Records of "LENGTH KEY=VALUE\n". */
static const char *check_records(const char *at, size_t left)
{
	static const char malformed[] = "its extended header is malformed";

	while (left > 0) {
		size_t len = 0, digits = 0;
		const char *key, *equals, *end, *why;

		for (; digits < left && at[digits] >= '0' && at[digits] <= '9' && len <= left;
		     digits++)
			len = len * 10 + (size_t)(at[digits] - '0');
		/* at least a blank, a letter, '=' and a line feed */
		if (!digits || len > left || len < digits + 4 || at[digits] != ' ' ||
		    at[len - 1] != '\n')
			return malformed;
		key = at + digits + 1;
		end = at + len - 1;
		equals = memchr(key, '=', (size_t)(end - key));
		if (!equals || equals == key)
			return malformed;
		why = check_value(key, (size_t)(equals - key), equals + 1,
				  (size_t)(end - equals - 1));
		if (why)
			return why;
		at += len;
		left -= len;
	}
	return NULL;
}

static size_t content_size(const char *header)
{
	const char *at = header + SIZE_FIELD, *end = at + SIZE_LENGTH;
	uint64_t size = 0;

	while (at < end && *at == ' ')
		at++;
	for (; at < end && *at >= '0' && *at <= '7'; at++)
		size = size * 8 + (uint64_t)(*at - '0');
	return (size_t)size;
}

const char *pax_check(const char *headers, size_t len)
{
	size_t at = 0;

	while (len - at >= BLOCK) {
		char type = headers[at + TYPE_FIELD];
		size_t size = content_size(headers + at);
		const char *why = NULL;

		at += BLOCK;
		if (!type || !strchr("xgLK", type) || size > len - at)
			break;
		if (type == 'x' || type == 'g')
			why = check_records(headers + at, size);
		if (why)
			return why;
		size = (size + BLOCK - 1) / BLOCK * BLOCK;
		at += size < len - at ? size : len - at;
	}
	return NULL;
}
