// SPDX-License-Identifier: MIT
/* What is in a merged tree: see merge_list.h. */
#include "merge_list.h"

#include <stdlib.h>
#include <string.h>

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void add_path(const struct merge *m, uint32_t id, struct text *out)
{
	struct node *n = merge_node((struct merge *)m, id);

	if (id == NODE_ROOT)
		return;
	add_path(m, n->parent, out);
	text_addf(out, "/%s", merge_name(m, id));
}

void merge_list(struct merge *m, struct text *out)
{
	char **lines = calloc(merge_count(m), sizeof(*lines));
	const char kinds[] = { [NODE_DIR] = 'd', [NODE_LINK] = 'l', [NODE_FILE] = 'f' };
	size_t count = 0;

	for (uint32_t id = NODE_ROOT + 1; id < merge_count(m); id++) {
		const struct node *n = merge_node(m, id);
		struct text line = { 0 };
		bool unlisted;

		if (n->dropped || n->kind == NODE_NONE || n->kind == NODE_GONE)
			continue;
		unlisted = n->kind == NODE_DIR && !n->announced;
		add_path(m, id, &line);
		text_addf(&line, " %c%d\n", kinds[n->kind], unlisted ? 0 : n->layer);
		lines[count++] = line.str;
	}
	qsort(lines, count, sizeof(*lines), by_text);
	for (size_t i = 0; i < count; i++) {
		text_add(out, lines[i]);
		free(lines[i]);
	}
	free(lines);
}
