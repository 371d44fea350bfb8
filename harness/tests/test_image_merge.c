// SPDX-License-Identifier: MIT
/*
 * Tests of image/merge: what layers come to, upwards and downwards. The two orders share no rules,
 * so random layers are given to both: where downwards decides, it must decide the same.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "image/merge.h"
#include "merge_list.h"
#include "runner.h"

#define LAYERS  3
#define ENTRIES 24
#define CHOSEN  6

/* What one order has made of some layers. */
struct outcome {
	int r;
	bool again;
	struct text tree;
};

static int feed(struct merge *m, const struct entry *e, struct merge_step *step, struct err *err)
{
	struct plan plan;
	int r;

	plan_entry(e, &plan);
	ck_assert_int_ne(plan.act, PLAN_REJECT);
	r = merge_entry(m, &plan, e, step, err);
	/* a target whose content has been skipped can't be linked to */
	if (r == 0 && step->act == MERGE_LINK) {
		ck_assert(merge_node(m, step->target)->made);
		ck_assert_int_le(merge_node(m, step->target)->layer,
				 merge_node(m, step->node)->layer);
	}
	/* as the writer does */
	if (r == 0 && step->act != MERGE_SKIP && step->act != MERGE_AGAIN) {
		uint32_t id = step->node;

		for (; id && !merge_node(m, id)->made; id = merge_node(m, id)->parent)
			merge_node(m, id)->made = true;
	}
	return r;
}

static struct outcome run(struct entry layers[LAYERS][ENTRIES], enum merge_order order)
{
	AUTO_MERGE struct merge *m = merge_new(order);
	struct outcome out = { 0 };
	struct merge_step step;
	struct err err;

	text_add(&out.tree, "");
	for (int i = 0; i < LAYERS && out.r == 0 && !out.again; i++) {
		int layer = order == MERGE_UPWARDS ? i : LAYERS - 1 - i;

		merge_layer(m, (uint16_t)(layer + 1));
		for (int k = 0; k < ENTRIES && layers[layer][k].name; k++) {
			out.r = feed(m, &layers[layer][k], &step, &err);
			out.again = out.r == 0 && step.act == MERGE_AGAIN;
			if (out.r < 0 || out.again)
				break;
		}
	}
	merge_list(m, &out.tree);
	return out;
}

static const char *pick(const char *const *list, size_t count)
{
	return list[(size_t)rand() % count];
}

#define PICK(list) pick(list, sizeof(list) / sizeof((list)[0]))

static const char *const names[] = { "a",   "b",     "a/a",   "a/b",   "b/a",
				     "b/b", "a/a/a", "a/b/b", "b/a/b", "a/a/b" };

static struct entry random_entry(void)
{
	static const char *const whiteouts[] = {
		".wh.a",     ".wh.b",        "a/.wh.a",        "a/.wh.b",        "b/.wh.a",
		"a/a/.wh.b", ".wh..wh..opq", "a/.wh..wh..opq", "b/.wh..wh..opq", "a/a/.wh..wh..opq"
	};
	static const char *const targets[] = { "a", "b", "/b", "../b", "b/a" };

	switch (rand() % 24) {
	case 0:
		return (struct entry){ .name = PICK(names),
				       .mode = S_IFLNK,
				       .symlink = PICK(targets) };
	case 1:
		return (struct entry){ .name = PICK(names), .hardlink = PICK(names) };
	case 2 ... 7:
		return (struct entry){ .name = PICK(whiteouts), .mode = S_IFREG };
	case 8 ... 13:
		return (struct entry){ .name = PICK(names), .mode = S_IFREG };
	default:
		return (struct entry){ .name = PICK(names), .mode = S_IFDIR };
	}
}

/* Lists the directories above an entry, and nothing twice, as engines do. */
static void add_tidily(struct entry layer[ENTRIES], int *count, const struct entry *e)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t len = strlen(names[i]);
		bool above = !strncmp(e->name, names[i], len) && e->name[len] == '/';

		for (int k = 0; k < *count && above; k++)
			above = strcmp(layer[k].name, names[i]) != 0;
		if (above)
			layer[(*count)++] = (struct entry){ .name = names[i], .mode = S_IFDIR };
	}
	for (int k = 0; k < *count; k++)
		if (!strcmp(layer[k].name, e->name))
			return;
	layer[(*count)++] = *e;
}

/* A hard link to itself is refused before it comes here. */
static void random_layers(struct entry layers[LAYERS][ENTRIES], bool tidy)
{
	memset(layers, 0, sizeof(struct entry[LAYERS][ENTRIES]));
	for (int i = 0; i < LAYERS; i++) {
		int count = 0;

		for (int k = rand() % CHOSEN; k >= 0; k--) {
			struct entry e = random_entry();

			if (e.hardlink && !strcmp(e.hardlink, e.name))
				continue;
			if (tidy)
				add_tidily(layers[i], &count, &e);
			else
				layers[i][count++] = e;
		}
	}
}

static char *describe(struct entry layers[LAYERS][ENTRIES])
{
	static char buf[2048];
	size_t len = 0;

	for (int i = 0; i < LAYERS; i++)
		for (int k = 0; k < ENTRIES && layers[i][k].name; k++) {
			const struct entry *e = &layers[i][k];

			len += (size_t)snprintf(buf + len, sizeof(buf) - len, "%d:%s%s%s%s ", i + 1,
						e->name, S_ISDIR(e->mode) ? "/" : "",
						e->hardlink  ? "="
						: e->symlink ? "->"
							     : "",
						e->hardlink  ? e->hardlink
						: e->symlink ? e->symlink
							     : "");
		}
	return buf;
}

START_TEST(both_orders_agree)
{
	struct entry layers[LAYERS][ENTRIES];
	int decided = 0;

	srand((unsigned int)_i);
	for (int round = 0; round < 5000; round++) {
		struct outcome up, down;

		random_layers(layers, round % 2);
		up = run(layers, MERGE_UPWARDS);
		down = run(layers, MERGE_DOWNWARDS);
		if (up.r < 0)
			ck_assert_msg(down.r < 0 || down.again, "refused only upwards: %s",
				      describe(layers));
		else if (!down.again)
			ck_assert_msg(down.r == 0 && !strcmp(up.tree.str, down.tree.str),
				      "%s\nupwards:\n%sdownwards:\n%s", describe(layers),
				      up.tree.str, down.tree.str);
		decided += up.r == 0 && !down.again;
		text_done(&up.tree);
		text_done(&down.tree);
	}
	/* or the test would prove nothing */
	ck_assert_int_gt(decided, 1000);
}
END_TEST

static const struct {
	struct entry layers[LAYERS][ENTRIES];
	bool again; /* downwards */
	const char *tree;
} cases[] = {
	/* what a later layer has is never written by an earlier one */
	{ { { { .name = "a", .mode = S_IFREG } }, { { .name = "a", .mode = S_IFREG } } },
	  false,
	  "/a f2\n" },
	{ { { { .name = "d", .mode = S_IFDIR }, { .name = "d/a", .mode = S_IFREG } },
	    { { .name = "d", .mode = S_IFDIR }, { .name = "d/.wh.a", .mode = S_IFREG } } },
	  false,
	  "/d d2\n" },
	{ { { { .name = "d", .mode = S_IFDIR }, { .name = "d/a", .mode = S_IFREG } },
	    { { .name = ".wh.d", .mode = S_IFREG } },
	    { { .name = "d", .mode = S_IFDIR } } },
	  false,
	  "/d d3\n" },
	/* a directory that is not listed: fine as long as it is one */
	{ { { { .name = "d", .mode = S_IFDIR } }, { { .name = "d/a", .mode = S_IFREG } } },
	  false,
	  "/d d1\n/d/a f2\n" },
	{ { { { .name = "e", .mode = S_IFDIR }, { .name = "d", .mode = S_IFLNK, .symlink = "e" } },
	    { { .name = "d/a", .mode = S_IFREG } } },
	  true,
	  "/d l1\n/e d1\n/e/a f2\n" },
	/* an opaque marker before its directory says nothing about the link in its place */
	{ { { { .name = "e", .mode = S_IFDIR },
	      { .name = "e/a", .mode = S_IFREG },
	      { .name = "d", .mode = S_IFLNK, .symlink = "e" } },
	    { { .name = "d/.wh..wh..opq", .mode = S_IFREG }, { .name = "d", .mode = S_IFDIR } } },
	  true,
	  "/d d2\n/e d1\n/e/a f1\n" },
	/* hard links into lower layers */
	{ { { { .name = "a", .mode = S_IFREG } }, { { .name = "b", .hardlink = "a" } } },
	  true,
	  "/a f1\n/b f2\n" },
};

START_TEST(layers_give_the_tree)
{
	struct entry layers[LAYERS][ENTRIES];
	struct outcome up, down;

	memcpy(layers, cases[_i].layers, sizeof(layers));
	up = run(layers, MERGE_UPWARDS);
	down = run(layers, MERGE_DOWNWARDS);
	ck_assert_int_eq(up.r, 0);
	ck_assert_str_eq(up.tree.str, cases[_i].tree);
	ck_assert_int_eq(down.again, cases[_i].again);
	if (!down.again)
		ck_assert_str_eq(down.tree.str, cases[_i].tree);
	text_done(&up.tree);
	text_done(&down.tree);
}
END_TEST

/* Layers whose names are as deep as a name can be, each below a link into the one before. */
START_TEST(depth_is_limited)
{
	AUTO_MERGE struct merge *m = merge_new(MERGE_UPWARDS);
	char name[500], target[500];
	struct merge_step step;
	struct err err;
	int r = 0;

	merge_layer(m, 1);
	for (int i = 0; i < 4 && r == 0; i++) {
		const struct entry link = { .name = "l", .mode = S_IFLNK, .symlink = target };
		const struct entry dir = { .name = name, .mode = S_IFDIR };

		strcpy(name, i ? "l" : "d");
		for (int k = 0; k < 99; k++)
			strcat(name, "/d");
		r = feed(m, &dir, &step, &err);
		strcpy(target, i ? "l" : "d");
		memcpy(target + 1, name + 1, strlen(name));
		if (r == 0 && i == 0)
			r = feed(m, &link, &step, &err);
	}
	ck_assert_int_eq(r, 0);
	for (int i = 0; i < 3 && r == 0; i++) {
		char next[] = "m0";
		const struct entry link = { .name = next, .mode = S_IFLNK, .symlink = name };
		const struct entry dir = { .name = target, .mode = S_IFDIR };

		next[1] = (char)('0' + i);
		r = feed(m, &link, &step, &err);
		strcpy(target, next);
		for (int k = 0; k < 99; k++)
			strcat(target, "/d");
		if (r == 0)
			r = feed(m, &dir, &step, &err);
		strcpy(name, target);
	}
	ck_assert_int_eq(r, -EBADMSG);
	ck_assert(strstr(err.text, "deeper"));
}
END_TEST

START_TEST(whiteouts_stay_in_an_overlay)
{
	static const struct entry entries[] = {
		{ .name = ".wh.a", .mode = S_IFREG },
		{ .name = "d", .mode = S_IFDIR },
		{ .name = "d/.wh..wh..opq", .mode = S_IFREG },
		{ .name = ".wh.e", .mode = S_IFREG },
		{ .name = "e", .mode = S_IFDIR },
		{ .name = "e/.wh.f", .mode = S_IFREG },
		/* moot: the layer itself has put something else where they would hide */
		{ .name = "a/.wh.b", .mode = S_IFREG },
		{ .name = "l", .mode = S_IFLNK, .symlink = "/nowhere" },
		{ .name = "l/.wh.b", .mode = S_IFREG },
		{ .name = "l/.wh..wh..opq", .mode = S_IFREG },
		{ .name = "f", .mode = S_IFREG },
		{ .name = "f/g/.wh.h", .mode = S_IFREG },
	};
	static const enum merge_act acts[] = { MERGE_WHITEOUT, MERGE_WRITE, MERGE_SKIP,
					       MERGE_WHITEOUT, MERGE_WRITE, MERGE_WHITEOUT,
					       MERGE_SKIP,     MERGE_WRITE, MERGE_SKIP,
					       MERGE_SKIP,     MERGE_WRITE, MERGE_SKIP };
	AUTO_MERGE struct merge *m = merge_new(MERGE_OVERLAY);
	struct merge_step step;
	struct err err;

	merge_layer(m, 1);
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
		ck_assert_int_eq(feed(m, &entries[i], &step, &err), 0);
		ck_assert_int_eq(step.act, acts[i]);
		/* the directory takes the whiteout's place, and hides what it hid */
		ck_assert_uint_eq(step.removal_count, i == 4);
		if (i == 4)
			ck_assert_uint_eq(merge_node(m, step.node)->opaque, 1);
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("image_merge");
	TCase *c = tcase_create("merge");

	tcase_add_loop_test(c, both_orders_agree, 0, 4);
	tcase_add_loop_test(c, layers_give_the_tree, 0, sizeof(cases) / sizeof(cases[0]));
	tcase_add_test(c, depth_is_limited);
	tcase_add_test(c, whiteouts_stay_in_an_overlay);
	suite_add_tcase(s, c);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
