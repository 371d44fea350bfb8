// SPDX-License-Identifier: MIT
/* Layers as text: see recipe.h. */
#include "recipe.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Copies a word up to `end`, with %XX resolved. */
static const uint8_t *take_word(const uint8_t *at, const uint8_t *end, char ret[RECIPE_TEXT])
{
	size_t len = 0;

	while (at < end && *at == ' ')
		at++;
	for (; at < end && *at != ' ' && len + 1 < RECIPE_TEXT; at++) {
		char hex[3] = { 0 };

		if (*at == '%' && end - at > 2) {
			memcpy(hex, at + 1, 2);
			ret[len] = (char)strtol(hex, NULL, 16);
			len += ret[len] != '\0';
			at += 2;
		} else if (*at) {
			ret[len++] = (char)*at;
		}
	}
	ret[len] = '\0';
	return at;
}

static const struct {
	const char *word;
	mode_t type;
	int hard;
} kinds[] = {
	{ "dir", S_IFDIR, 0 },  { "file", S_IFREG, 0 }, { "link", S_IFLNK, 0 },
	{ "hard", S_IFREG, 1 }, { "fifo", S_IFIFO, 0 }, { "char", S_IFCHR, 0 },
};

static void take_line(const uint8_t *at, const uint8_t *end, struct recipe *r)
{
	struct recipe_entry *e = &r->entries[r->count];
	char word[RECIPE_TEXT];

	at = take_word(at, end, word);
	if (!strcmp(word, "layer") && r->layers < RECIPE_LAYERS && r->count)
		r->layers++;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(word, kinds[i].word) != 0 || r->count == RECIPE_ENTRIES)
			continue;
		e->layer = r->layers - 1;
		e->type = kinds[i].type;
		e->hard = kinds[i].hard;
		at = take_word(at, end, e->name);
		take_word(at, end, e->target);
		r->count++;
	}
}

void recipe_parse(const uint8_t *data, size_t size, struct recipe *ret)
{
	const uint8_t *end = data + size;

	ret->count = 0;
	ret->layers = 1;
	while (data < end) {
		const uint8_t *line = memchr(data, '\n', (size_t)(end - data));

		if (!line)
			line = end;
		if (ret->count < RECIPE_ENTRIES)
			take_line(data, line, ret);
		data = line + (line < end);
	}
}
