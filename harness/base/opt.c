// SPDX-License-Identifier: MIT
/* The option table: see opt.h. */
#include "base/opt.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

const char *opt_choice(const char *arg, int index, size_t *ret_len)
{
	for (;; index--) {
		size_t len = strcspn(arg, "|");

		if (index == 0) {
			*ret_len = len;
			return arg;
		}
		if (!arg[len])
			return NULL;
		arg += len + 1;
	}
}

static int store_choice(const struct opt *o, const char *value, int *ret, struct err *err)
{
	const char *choice;
	size_t len;

	for (int i = 0; (choice = opt_choice(o->arg, i, &len)); i++) {
		if (strlen(value) == len && strncmp(value, choice, len) == 0) {
			*ret = i;
			return 0;
		}
	}
	return err_set(err, EINVAL, "--%s takes one of %s, not '%s'", o->name, o->arg, value);
}

static int store(const struct opt *o, const char *value, void *values, struct err *err)
{
	char *at = (char *)values + o->offset;
	int64_t number;
	uint64_t size;

	switch (o->type) {
	case OPT_FLAG:
		*(bool *)at = true;
		return 0;
	case OPT_BITS:
		*(uint64_t *)at &= ~o->clear;
		return 0;
	case OPT_STRING:
		*(const char **)at = value;
		return 0;
	case OPT_CHOICE:
		return store_choice(o, value, (int *)at, err);
	case OPT_SIZE:
		if (text_to_size(value, &size) < 0 || !size)
			return err_set(err, EINVAL, "--%s takes a size such as 500M, not '%s'",
				       o->name, value);
		*(uint64_t *)at = size;
		return 0;
	case OPT_INT:
		if (text_to_int(value, o->min, o->max, &number) < 0)
			return err_set(err, EINVAL,
				       "--%s takes a whole number from %d to %d, not '%s'", o->name,
				       o->min, o->max, value);
		*(int *)at = (int)number;
		return 0;
	}
	return err_set(err, EINVAL, "--%s: unknown type of option", o->name);
}

static bool takes_value(const struct opt *o)
{
	return o->type != OPT_FLAG && o->type != OPT_BITS;
}

static const struct opt *find_long(struct opt_table table, const char *name, size_t len)
{
	for (size_t i = 0; i < table.count; i++)
		if (strlen(table.rows[i].name) == len && !strncmp(table.rows[i].name, name, len))
			return &table.rows[i];
	return NULL;
}

static const struct opt *find_letter(struct opt_table table, char letter)
{
	for (size_t i = 0; i < table.count; i++)
		if (table.rows[i].letter == letter)
			return &table.rows[i];
	return NULL;
}

/* argv being parsed; `at` is the argument that is looked at */
struct args {
	struct opt_table table;
	int argc, at;
	char **argv;
	void *values;
};

static int parse_long(struct args *a, struct err *err)
{
	const char *name = a->argv[a->at] + 2, *value = strchr(name, '=');
	size_t len = value ? (size_t)(value - name) : strlen(name);
	const struct opt *o = find_long(a->table, name, len);

	if (!o)
		return err_set(err, EINVAL, "unknown option '--%.*s'; see --help", (int)len, name);
	if (!takes_value(o) && value)
		return err_set(err, EINVAL, "--%s takes no value", o->name);
	if (takes_value(o) && !value && a->at + 1 == a->argc)
		return err_set(err, EINVAL, "--%s needs a value: --%s %s", o->name, o->name,
			       o->arg);
	if (takes_value(o))
		value = value ? value + 1 : a->argv[++a->at];
	return store(o, value, a->values, err);
}

/* one argument of letters: -v, -vq, -j4, -j 4 */
static int parse_letters(struct args *a, struct err *err)
{
	for (const char *c = a->argv[a->at] + 1; *c; c++) {
		const struct opt *o = find_letter(a->table, *c);
		const char *value = NULL;
		int r;

		if (!o)
			return err_set(err, EINVAL, "unknown option '-%c'; see --help", *c);
		if (takes_value(o) && !c[1] && a->at + 1 == a->argc)
			return err_set(err, EINVAL, "-%c needs a value: -%c %s", *c, *c, o->arg);
		if (takes_value(o))
			value = c[1] ? c + 1 : a->argv[++a->at];
		r = store(o, value, a->values, err);
		if (r < 0 || value)
			return r;
	}
	return 0;
}

int opt_parse(struct opt_table table, int argc, char **argv, bool stop_at_word, void *values,
	      int *ret_words, struct err *err)
{
	struct args a = { table, argc, 1, argv, values };
	bool words_only = false;
	int words = 0;

	for (; a.at < argc; a.at++) {
		char *arg = argv[a.at];
		int r = 0;

		if (words_only || arg[0] != '-' || !arg[1]) {
			argv[words++] = arg;
			words_only |= stop_at_word;
		} else if (!strcmp(arg, "--")) {
			words_only = true;
		} else if (arg[1] == '-') {
			r = parse_long(&a, err);
		} else {
			r = parse_letters(&a, err);
		}
		if (r < 0)
			return r;
	}
	argv[words] = NULL;
	*ret_words = words;
	return 0;
}

void opt_help(struct opt_table table, struct text *out)
{
	for (size_t i = 0; i < table.count; i++) {
		const struct opt *o = &table.rows[i];
		char left[80], letter[5] = "    ";

		if (o->letter)
			snprintf(letter, sizeof(letter), "-%c, ", o->letter);
		snprintf(left, sizeof(left), "  %s--%s%s%s", letter, o->name, o->arg ? " " : "",
			 o->arg ? o->arg : "");
		text_addf(out, "%-32s %s\n", left, o->help);
	}
}
