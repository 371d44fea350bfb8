// SPDX-License-Identifier: MIT
/* Finds the subcommand, parses its options, runs it. The only place that prints errors and exits. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/opt.h"
#include "base/text.h"
#include "command.h"
#include "inherit.h"
#include "print.h"
#include "usage.h"

/* How many of argv[1..] name the command (one or two words); 0 if they do not. */
static int words_matched(const struct command *c, int argc, char **argv)
{
	const char *second = strchr(c->name, ' ');
	size_t first = second ? (size_t)(second - c->name) : strlen(c->name);

	if (argc < 2 || strlen(argv[1]) != first || strncmp(argv[1], c->name, first) != 0)
		return 0;
	if (!second)
		return 1;
	return argc > 2 && !strcmp(argv[2], second + 1) ? 2 : 0;
}

static const struct command *find_command(int argc, char **argv, int *ret_words)
{
	for (const struct command *const *c = commands; *c; c++) {
		*ret_words = words_matched(*c, argc, argv);
		if (*ret_words)
			return *c;
	}
	return NULL;
}

static bool is_help(const char *arg)
{
	return !strcmp(arg, "--help") || !strcmp(arg, "-h");
}

/* Whether help is asked for among the command's own options (what follows "--" is not ours). */
static bool asks_help(const struct command *c, int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (is_help(argv[i]))
			return true;
		if (c->stop_at_word && argv[i][0] != '-')
			break;
	}
	return false;
}

static int check_words(const struct command *c, int words, struct err *err)
{
	if (words < c->min_words)
		return err_set(err, EINVAL, "%s needs %s; see 'nsproof %s --help'", c->name,
			       c->args, c->name);
	if (c->max_words >= 0 && words > c->max_words)
		return err_set(err, EINVAL,
			       "%s takes no more than %d argument%s; see 'nsproof %s --help'",
			       c->name, c->max_words, c->max_words == 1 ? "" : "s", c->name);
	return 0;
}

static int run_command(const struct command *c, int argc, char **argv, struct err *err)
{
	AUTO_FREE void *values = calloc(1, c->values_size + 1);
	struct opt_table table = { 0 };
	int words, r;

	if (!values)
		return err_set(err, ENOMEM, "out of memory");
	if (c->defaults)
		memcpy(values, c->defaults, c->values_size);
	if (c->options)
		table = c->options();
	r = opt_parse(table, argc, argv, c->stop_at_word, values, &words, err);
	if (r < 0)
		return r;
	r = check_words(c, words, err);
	return r < 0 ? r : c->run(values, words, argv, err);
}

static int print_usage(void (*write_text)(const struct command *, struct text *),
		       const struct command *c, struct err *err)
{
	AUTO_TEXT struct text out = { 0 };

	write_text(c, &out);
	return print_text(&out, err);
}

/* Perhaps the first of two words: "image", "image --help", "image unpakc". */
static int no_command(int argc, char **argv, struct err *err)
{
	AUTO_TEXT struct text group = { 0 };

	if (!usage_group(argv[1], &group))
		return err_set(err, EINVAL, "unknown command '%s'; see 'nsproof --help'", argv[1]);
	if (argc > 2 && is_help(argv[2]))
		return print_text(&group, err);
	if (argc > 2)
		return err_set(err, EINVAL, "unknown command '%s %s'; see 'nsproof %s --help'",
			       argv[1], argv[2], argv[1]);
	return err_set(err, EINVAL, "'%s' needs a second word; see 'nsproof %s --help'", argv[1],
		       argv[1]);
}

static int dispatch(int argc, char **argv, struct err *err)
{
	const struct command *c;
	int words;

	if (argc < 2)
		return err_set(err, EINVAL, "no command given; see 'nsproof --help'");
	if (is_help(argv[1]))
		return print_usage(usage_all, NULL, err);
	if (!strcmp(argv[1], "--version"))
		return print_usage(usage_version, NULL, err);
	c = find_command(argc, argv, &words);
	if (!c)
		return no_command(argc, argv, err);
	if (asks_help(c, argc - words, argv + words))
		return print_usage(usage_command, c, err);
	return run_command(c, argc - words, argv + words, err);
}

int main(int argc, char **argv)
{
	struct err err = { 0 };
	int status;

	inherit_reset();
	status = dispatch(argc, argv, &err);
	if (err.num)
		fprintf(stderr, "nsproof: %s\n", err.text);
	return status < 0 ? STATUS_USAGE : status;
}
