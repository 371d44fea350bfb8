// SPDX-License-Identifier: MIT
/* Help texts, from the table of commands and their option rows. */
#include "usage.h"

#include <stddef.h>
#include <string.h>

const char usage_about[] = "proves that Linux namespaces isolate, and measures what they cost";

const struct exit_text usage_statuses[] = {
	{ STATUS_OK, "as expected" },
	{ STATUS_LEAK, "a leak, or a regression" },
	{ STATUS_USAGE, "wrong usage or bad input" },
	{ STATUS_UNPROVEN, "a blind or broken check: nothing is proven" },
	{ STATUS_NOTHING, "nothing was selected, or everything was skipped" },
	{ STATUS_INTERRUPTED, "interrupted; what ran is reported" },
	{ 0, NULL },
};

void usage_version(const struct command *ignored, struct text *out)
{
	(void)ignored;
	text_add(out, "nsproof " NSPROOF_VERSION "\n");
}

void usage_all(const struct command *ignored, struct text *out)
{
	(void)ignored;
	text_addf(out,
		  "nsproof %s.\n\n"
		  "Usage: nsproof COMMAND [OPTION...] [ARGUMENT...]\n\nCommands:\n",
		  usage_about);
	for (const struct command *const *c = commands; *c; c++)
		text_addf(out, "  %-16s %s\n", (*c)->name, (*c)->about);
	text_add(out, "\nOptions:\n"
		      "  -h, --help       this text; 'nsproof COMMAND --help' for a command's own\n"
		      "      --version    the version\n"
		      "\nExit status:\n");
	for (const struct exit_text *s = usage_statuses; s->about; s++)
		text_addf(out, "  %3d  %s\n", s->status, s->about);
}

struct opt_table usage_options(const struct command *c)
{
	return c->options ? c->options() : (struct opt_table){ 0 };
}

void usage_line(const struct command *c, struct text *out)
{
	text_addf(out, "%s%s%s%s", c->name, usage_options(c).count ? " [OPTION...]" : "",
		  c->args[0] ? " " : "", c->args);
}

void usage_command(const struct command *c, struct text *out)
{
	text_add(out, "Usage: nsproof ");
	usage_line(c, out);
	text_addf(out, "\n\n%s.\n", c->about);
	if (c->details)
		text_addf(out, "\n%s\n", c->details);
	text_add(out, "\nOptions:\n");
	opt_help(usage_options(c), out);
	text_addf(out, "%-32s %s\n", "  -h, --help", "this text");
}

const char *usage_second(const struct command *c, const char *word)
{
	size_t len = strlen(word);

	return !strncmp(c->name, word, len) && c->name[len] == ' ' ? c->name + len + 1 : NULL;
}

bool usage_group(const char *word, struct text *out)
{
	bool found = false;

	for (const struct command *const *c = commands; *c; c++) {
		if (!usage_second(*c, word))
			continue;
		if (!found)
			text_addf(
				out,
				"Usage: nsproof %s COMMAND [OPTION...] [ARGUMENT...]\n\nCommands:\n",
				word);
		text_addf(out, "  %-16s %s\n", (*c)->name, (*c)->about);
		found = true;
	}
	return found;
}
