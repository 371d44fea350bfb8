// SPDX-License-Identifier: MIT
/* Names in extended headers: see pax.h. */
#include "image/pax.h"

#include <stdint.h>
#include <string.h>

#define BLOCK       512
#define SIZE_FIELD  124
#define SIZE_LENGTH 12
#define TYPE_FIELD  156

static bool key_is_name(const char *key, size_t len)
{
	static const char *const names[] = { "path", "linkpath", "GNU.sparse.name" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (len == strlen(names[i]) && !memcmp(key, names[i], len))
			return true;
	return false;
}

/* Records of "LENGTH KEY=VALUE\n"; what is none of them is libarchive's to refuse. */
static bool records_have_nul(const char *at, size_t left)
{
	while (left > 0) {
		size_t len = 0, digits = 0;
		const char *equals;

		for (; digits < left && at[digits] >= '0' && at[digits] <= '9' && len < left;
		     digits++)
			len = len * 10 + (size_t)(at[digits] - '0');
		if (!digits || len > left || len <= digits + 1)
			return false;
		equals = memchr(at + digits, '=', len - digits);
		if (!equals)
			return false;
		if (key_is_name(at + digits + 1, (size_t)(equals - at) - digits - 1) &&
		    memchr(equals, '\0', (size_t)(at + len - equals)))
			return true;
		at += len;
		left -= len;
	}
	return false;
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

bool pax_name_has_nul(const char *headers, size_t len)
{
	size_t at = 0;

	while (len - at >= BLOCK) {
		char type = headers[at + TYPE_FIELD];
		size_t size = content_size(headers + at);

		at += BLOCK;
		if (!strchr("xgLK", type) || !type || size > len - at)
			return false;
		if ((type == 'x' || type == 'g') && records_have_nul(headers + at, size))
			return true;
		size = (size + BLOCK - 1) / BLOCK * BLOCK;
		at += size < len - at ? size : len - at;
	}
	return false;
}
