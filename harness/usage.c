// SPDX-License-Identifier: MIT
/* Help texts, from the table of commands and their option rows. */
#include "usage.h"

#include <stddef.h>

void usage_version(const struct command *ignored, struct text *out)
{
	(void)ignored;
	text_add(out, "nsproof " NSPROOF_VERSION "\n");
}

void usage_all(const struct command *ignored, struct text *out)
{
	(void)ignored;
	text_add(out,
		 "nsproof proves that Linux namespaces isolate, and measures what they cost.\n\n"
		 "Usage: nsproof COMMAND [OPTION...] [ARGUMENT...]\n\nCommands:\n");
	for (const struct command *const *c = commands; *c; c++)
		text_addf(out, "  %-16s %s\n", (*c)->name, (*c)->about);
	text_add(out,
		 "\nOptions:\n"
		 "  -h, --help       this text; 'nsproof COMMAND --help' for a command's own\n"
		 "      --version    the version\n"
		 "\nExit status: 0 as expected; 1 a leak; 2 usage or input; 3 blind or broken\n"
		 "checks; 4 nothing ran; 130 interrupted.\n");
}

void usage_command(const struct command *c, struct text *out)
{
	struct opt_table table = { 0 };

	if (c->options)
		table = c->options();
	text_addf(out, "Usage: nsproof %s%s%s%s\n\n%s.\n", c->name,
		  table.count ? " [OPTION...]" : "", c->args[0] ? " " : "", c->args, c->about);
	if (c->details)
		text_addf(out, "\n%s\n", c->details);
	text_add(out, "\nOptions:\n");
	opt_help(table, out);
	text_addf(out, "%-32s %s\n", "  -h, --help", "this text");
}
