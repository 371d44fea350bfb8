// SPDX-License-Identifier: MIT
/* From texts and answers to what a tour tells: see walk_view.h. */
#include "walk_view.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "check/plan.h"

const char *const view_labels[VIEW_LINES] = {
	[VIEW_SELF] = "itself",   [VIEW_PROCESSES] = "processes",   [VIEW_FILES] = "files",
	[VIEW_MOUNTS] = "mounts", [VIEW_HOSTNAME] = "hostname",     [VIEW_LINKS] = "links",
	[VIEW_ROUTE] = "route",   [VIEW_NAMESERVER] = "nameserver",
};

/* Appends to a line; bytes that would upset a terminal are escaped, what does not fit is cut. */
static void add(char *line, const char *before, const char *value)
{
	char shown[sizeof(((struct view *)0)->lines[0])];
	size_t len = strlen(line);

	text_escape(shown, sizeof(shown), value, strlen(value));
	snprintf(line + len, sizeof(shown) - len, "%s%s", before, shown);
}

static void take_self(struct view *v, const char *key, const char *value)
{
	if (!strcmp(key, "uid"))
		add(v->lines[VIEW_SELF], "uid ", value);
	else
		add(v->lines[VIEW_SELF], !strcmp(value, "1") ? ", PID 1" : ", a PID among others",
		    "");
}

/* "PID NAME": the PID is left out. */
static void take_process(struct view *v, const char *value)
{
	const char *name = strchr(value, ' ');

	if (name)
		add(v->lines[VIEW_PROCESSES], " ", name + 1);
}

static void take(struct view *v, const char *key, const char *value)
{
	static const struct {
		const char *key;
		enum view_line line;
	} plain[] = {
		{ "root", VIEW_FILES },        { "mounts", VIEW_MOUNTS },
		{ "hostname", VIEW_HOSTNAME }, { "links", VIEW_LINKS },
		{ "route", VIEW_ROUTE },       { "nameserver", VIEW_NAMESERVER },
	};

	for (size_t i = 0; i < ARRAY_SIZE(plain); i++)
		if (!strcmp(key, plain[i].key))
			add(v->lines[plain[i].line], "", value);
	if (!strcmp(key, "uid") || !strcmp(key, "pid"))
		take_self(v, key, value);
	else if (!strcmp(key, "processes"))
		snprintf(v->lines[VIEW_PROCESSES], sizeof(v->lines[0]), "%s:", value);
	else if (!strcmp(key, "process"))
		take_process(v, value);
	else if (!strcmp(key, "lo"))
		add(v->lines[VIEW_LINKS], "; lo is ", value);
}

void view_parse(const char *text, struct view *ret)
{
	char line[2048], *value;

	*ret = (struct view){ 0 };
	while (*text) {
		size_t len = strcspn(text, "\n");

		snprintf(line, sizeof(line), "%.*s", (int)len, text);
		text += text[len] ? len + 1 : len;
		value = strchr(line, '=');
		if (!value)
			continue;
		*value++ = '\0';
		take(ret, line, value);
	}
}

bool standing_asked(const struct check *check, guard_set guards)
{
	if (check->kind != KIND_KEEPS_OUT && check->kind != KIND_LETS_WORK)
		return false;
	return !(check_open(check) & ~guards);
}

enum standing standing_of(const struct check *check, const struct arm_answer *answer)
{
	struct arm_plan plan = { .expected = answer->kind };

	if (!arm_as_expected(check, &plan, answer))
		return STANDING_UNCLEAR;
	return answer->kind == ANSWER_REACHED ? STANDING_REACHED : STANDING_BLOCKED;
}

bool standing_wrong(const struct check *check, guard_set guards, enum standing now)
{
	enum standing wrong = check->kind == KIND_LETS_WORK ? STANDING_BLOCKED : STANDING_REACHED;

	if (now != wrong)
		return false;
	for (size_t i = 0; i < check_wall_count(check); i++)
		if (!(check_wall(check, i) & ~guards))
			return true;
	return false;
}

enum change change_of(const struct check *check, enum standing before, enum standing now)
{
	bool works = check->kind == KIND_LETS_WORK;

	if (now == before)
		return CHANGE_NONE;
	switch (now) {
	case STANDING_REACHED:
		return works ? CHANGE_WORKS : CHANGE_OPENS;
	case STANDING_BLOCKED:
		if (works)
			return before == STANDING_REACHED ? CHANGE_FAILS : CHANGE_NONE;
		return CHANGE_CLOSES;
	case STANDING_UNCLEAR:
		return CHANGE_UNCLEAR;
	default:
		return CHANGE_NONE;
	}
}
