// SPDX-License-Identifier: MIT
/* nsproof list: the catalogue, one line a check. */
#include <jansson.h>
#include <string.h>

#include "base/cleanup.h"
#include "catalogue_doc.h"
#include "command.h"
#include "print.h"
#include "select.h"
#include "session.h"

struct values {
	bool json, markdown;
};

static const struct opt rows[] = {
	{ .type = OPT_FLAG,
	  .name = "json",
	  .offset = offsetof(struct values, json),
	  .help = "print JSON: all that the catalogue says about each check" },
	{ .type = OPT_FLAG,
	  .name = "markdown",
	  .offset = offsetof(struct values, markdown),
	  .help = "print the document docs/checks.md" },
};

COMMAND_OPTIONS(options, rows)

/* "proc|user|caps": every wall; "-": no guard decides. */
static void add_walls(const struct check *check, struct text *out)
{
	if (check_wall_count(check) == 0)
		text_add(out, "-");
	for (size_t i = 0; i < check_wall_count(check); i++) {
		if (i > 0)
			text_add(out, "|");
		guard_names(check->walls[i], out);
	}
}

/* The widest of the whole catalogue, so that a line looks the same in every selection. */
static void measure(int *ret_id, int *ret_walls)
{
	*ret_id = *ret_walls = 0;
	for (size_t i = 0; i < check_count(); i++) {
		AUTO_TEXT struct text walls = { 0 };
		int id = (int)strlen(check_at(i)->id);

		add_walls(check_at(i), &walls);
		if (id > *ret_id)
			*ret_id = id;
		if ((int)walls.len > *ret_walls)
			*ret_walls = (int)walls.len;
	}
}

static int list_text(const struct check *const *checks, size_t count, struct err *err)
{
	AUTO_TEXT struct text out = { 0 };
	int id_width, walls_width;

	measure(&id_width, &walls_width);
	for (size_t i = 0; i < count; i++) {
		AUTO_TEXT struct text walls = { 0 };

		add_walls(checks[i], &walls);
		text_addf(&out, "%-*s  %-*s  %s\n", id_width, checks[i]->id, walls_width,
			  walls.str ? walls.str : "", checks[i]->question);
	}
	return print_text(&out, err);
}

static json_t *guards_value(guard_set set)
{
	json_t *list = json_array();

	for (int g = 0; g < GUARD_COUNT; g++)
		if (set & (UINT64_C(1) << g))
			json_array_append_new(list, json_string(guard_table[g].name));
	return list;
}

static json_t *walls_value(const struct check *check)
{
	json_t *list = json_array();

	for (size_t i = 0; i < check_wall_count(check); i++)
		json_array_append_new(list, guards_value(check->walls[i]));
	return list;
}

static json_t *needs_value(const struct check *check)
{
	json_t *list = json_array();

	for (int need = 0; need < NEED_COUNT; need++)
		if (check->needs & NEED_BIT(need))
			json_array_append_new(list, json_string(need_table[need].name));
	return list;
}

static json_t *outcomes_value(const struct check *check)
{
	json_t *list = json_array();

	for (size_t i = 0; i < CHECK_OUTCOMES_MAX && check->blocked_as[i]; i++)
		json_array_append_new(list, json_string(outcome_name(check->blocked_as[i])));
	return list;
}

static json_t *check_value(const struct check *check)
{
	json_t *suite = json_stringn(check->id, strcspn(check->id, "/"));

	return json_pack("{s:s, s:o, s:s, s:s, s:o, s:o, s:o, s:o, s:s?, s:s}", "id", check->id,
			 "suite", suite, "kind", check_kind_names[check->kind], "question",
			 check->question, "base", guards_value(check->base), "walls",
			 walls_value(check), "blocked_as", outcomes_value(check), "needs",
			 needs_value(check), "effect", check->effect, "reference",
			 check->reference);
}

static json_t *list_value(const struct check *const *checks, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++) {
		/* NULL is refused, too */
		if (json_array_append_new(list, check_value(checks[i])) < 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static int list(void *values, int word_count, char **words, struct err *err)
{
	const struct values *v = values;
	AUTO_FREE const struct check **checks = NULL;
	size_t count = 0;
	int r = select_checks(word_count, words, &checks, &count, err);

	if (r != 0)
		return r;
	if (v->json)
		return print_json(list_value(checks, count), err);
	if (v->markdown) {
		AUTO_TEXT struct text out = { 0 };

		catalogue_markdown(checks, count, &out);
		return print_text(&out, err);
	}
	return list_text(checks, count, err);
}

const struct command cmd_list = {
	.name = "list",
	.args = "[ID|GLOB...]",
	.about = "List the checks: id, walls and question, one line each",
	.details =
		"A wall is a set of guards that alone keeps the container from the host: guards of\n"
		"one wall are joined by '+', walls stand side by side with '|'. A check without walls\n"
		"asks for what no guard decides. Nothing is started, and no privilege is needed.",
	.options = options,
	.values_size = sizeof(struct values),
	.max_words = -1,
	.run = list,
};
