// SPDX-License-Identifier: MIT
/*
 * Any layers, given as a recipe, through the decisions: what passes plan_entry() must be a clean
 * path, and both orders of merging must come to the same tree.
 */
#include <stdlib.h>
#include <string.h>

#include "image/merge.h"
#include "merge_list.h"
#include "recipe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int holds)
{
	if (!holds)
		abort();
}

/* No component that is empty, "." or ".." */
static void check_path(const char *path)
{
	while (*path) {
		size_t len = strcspn(path, "/");

		must(len > 0 && len <= NAME_MAX);
		must(!(len == 1 && path[0] == '.'));
		must(!(len == 2 && path[0] == '.' && path[1] == '.'));
		path += len;
		must(*path != '/' || path[1]);
		path += *path == '/';
	}
}

static void check_plan(const struct plan *plan)
{
	if (plan->act == PLAN_REJECT || plan->act == PLAN_IGNORE || plan->act == PLAN_ROOT)
		return;
	check_path(plan->at.dir);
	if (plan->act == PLAN_OPAQUE)
		return;
	must(plan->at.name[0] && !strchr(plan->at.name, '/'));
	check_path(plan->at.name);
}

/* Feeds one layer; returns whether it could be decided. */
static bool feed_layer(struct merge *m, const struct recipe *r, int layer, int *ret)
{
	for (size_t i = 0; i < r->count; i++) {
		const struct recipe_entry *from = &r->entries[i];
		const struct entry e = {
			.name = from->name,
			.mode = from->type | 0644,
			.symlink = from->target,
			.hardlink = from->hard ? from->target : NULL,
		};
		struct merge_step step;
		struct plan plan;
		struct err err;

		if (from->layer != layer)
			continue;
		plan_entry(&e, &plan);
		check_plan(&plan);
		if (plan.act == PLAN_REJECT) {
			*ret = -1;
			return false;
		}
		*ret = merge_entry(m, &plan, &e, &step, &err);
		if (*ret < 0 || step.act == MERGE_AGAIN)
			return false;
		if (step.act != MERGE_SKIP)
			merge_node(m, step.node)->made = true;
	}
	return true;
}

/* 0: done, -1: refused, 1: begin anew. */
static int merge_all(const struct recipe *r, enum merge_order order, struct text *tree)
{
	AUTO_MERGE struct merge *m = merge_new(order);
	int result = 0;

	for (int i = 0; i < r->layers; i++) {
		int layer = order == MERGE_UPWARDS ? i : r->layers - 1 - i;

		merge_layer(m, (uint16_t)(layer + 1));
		if (!feed_layer(m, r, layer, &result))
			return result < 0 ? -1 : 1;
	}
	merge_list(m, tree);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct recipe recipe;
	AUTO_TEXT struct text up = { 0 }, down = { 0 };
	int r_up, r_down;

	recipe_parse(data, size, &recipe);
	text_add(&up, "");
	text_add(&down, "");
	r_up = merge_all(&recipe, MERGE_UPWARDS, &up);
	r_down = merge_all(&recipe, MERGE_DOWNWARDS, &down);
	must(r_up != 1);
	must(r_up == 0 || r_down != 0);
	must(r_up != 0 || r_down != 0 || !strcmp(up.str, down.str));
	return 0;
}
