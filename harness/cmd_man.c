// SPDX-License-Identifier: MIT
/* nsproof man: the manual page in roff (man(7)), from the same tables as --help. */
#include <string.h>

#include "base/cleanup.h"
#include "command.h"
#include "print.h"
#include "usage.h"

static const char description[] =
	"nsproof starts containers on the machine in front of you and tries, from inside, to reach\n"
	"the host through every hole that an isolation mechanism (a guard) should close. Each check\n"
	"shows both sides: closed in a sealed container and behind each wall (a set of guards that\n"
	"alone keeps the probe out), and open without them, or it would prove nothing. Whatever\n"
	"must get out gets out into an arena, a disposable host, never into the real one.\n"
	"\n"
	"A check is isolated when every arm answers as expected, leaked when something gets\n"
	"through, blind when even the open arm does not reach, broken after a fault of the harness,\n"
	"and skipped when the machine lacks what it needs.\n";

/* Text as roff shows it literally; a blank line begins a paragraph. */
static void add_text(struct text *out, const char *str)
{
	bool line_start = true;

	for (; *str; str++) {
		if (line_start && *str == '\n') {
			text_add(out, ".PP\n");
			continue;
		}
		if (line_start && (*str == '.' || *str == '\''))
			text_add(out, "\\&");
		if (*str == '\\')
			text_add(out, "\\e");
		else if (*str == '-')
			text_add(out, "\\-");
		else
			text_addn(out, str, 1);
		line_start = *str == '\n';
	}
}

/* A sentence of the tables, which bear no full stop. */
static void add_sentence(struct text *out, const char *str)
{
	add_text(out, str);
	text_add(out, ".\n");
}

static void add_option(struct text *out, const struct opt *o)
{
	text_add(out, ".TP\n");
	if (o->letter)
		text_addf(out, "\\fB\\-%c\\fR, ", o->letter);
	text_add(out, "\\fB\\-\\-");
	add_text(out, o->name);
	text_add(out, "\\fR");
	if (o->arg) {
		text_add(out, " \\fI");
		add_text(out, o->arg);
		text_add(out, "\\fR");
	}
	text_add(out, "\n");
	add_sentence(out, o->help);
}

static void add_command(struct text *out, const struct command *c)
{
	AUTO_TEXT struct text line = { 0 };
	struct opt_table table = usage_options(c);

	usage_line(c, &line);
	text_add(out, ".SS nsproof ");
	add_text(out, line.str ? line.str : c->name);
	text_add(out, "\n");
	add_sentence(out, c->about);
	if (c->details) {
		text_add(out, ".PP\n");
		add_text(out, c->details);
		text_add(out, "\n");
	}
	for (size_t i = 0; i < table.count; i++)
		add_option(out, &table.rows[i]);
}

static void add_head(struct text *out)
{
	text_add(out, ".TH NSPROOF 1 \"\" \"nsproof " NSPROOF_VERSION "\" \"User Commands\"\n"
		      ".SH NAME\nnsproof \\- ");
	add_text(out, usage_about);
	text_add(out, "\n.SH SYNOPSIS\n"
		      ".B nsproof\n"
		      "\\fICOMMAND\\fR [\\fIOPTION\\fR...] [\\fIARGUMENT\\fR...]\n"
		      ".PP\n"
		      ".B nsproof\n"
		      "[\\fICOMMAND\\fR] \\fB\\-\\-help\\fR | \\fB\\-\\-version\\fR\n"
		      ".SH DESCRIPTION\n");
	add_text(out, description);
}

static void add_tail(struct text *out)
{
	text_add(out, ".SH EXIT STATUS\n");
	for (const struct exit_text *s = usage_statuses; s->about; s++) {
		text_addf(out, ".TP\n.B %d\n", s->status);
		add_sentence(out, s->about);
	}
	text_add(out, ".PP\nWhen several apply: 2, 1, 3, 4, 0, the first of them.\n"
		      ".SH ENVIRONMENT\n.TP\n.B NO_COLOR\n"
		      "When set, a report on a terminal has no colours.\n"
		      ".SH EXAMPLES\n"
		      ".TP\nRun every check in containers from an image:\n"
		      ".B nsproof check \\-\\-image image.tar\n"
		      ".TP\nRun the checks of two suites and see every arm:\n"
		      ".B nsproof check \\-v 'pid/*' 'net/*'\n"
		      ".TP\nUnderstand one of them:\n"
		      ".B nsproof explain pid/kill\\-0\n"
		      ".SH SEE ALSO\n"
		      ".BR namespaces (7),\n.BR unshare (1),\n.BR pivot_root (2),\n"
		      ".BR capabilities (7)\n");
}

static int man(void *values, int count, char **words, struct err *err)
{
	AUTO_TEXT struct text out = { 0 };

	(void)values;
	(void)count;
	(void)words;
	add_head(&out);
	text_add(&out, ".SH COMMANDS\n");
	for (const struct command *const *c = commands; *c; c++)
		add_command(&out, *c);
	add_tail(&out);
	return print_text(&out, err);
}

const struct command cmd_man = {
	.name = "man",
	.args = "",
	.about = "Print the manual page, in roff",
	.details = "It is made from the same tables as --help: nsproof man | man -l -",
	.run = man,
};
