// SPDX-License-Identifier: MIT
/* The completion of fish(1), made from the tables: see completion.h. */
#include <string.h>

#include "completion.h"
#include "usage.h"

static const char head[] =
	"# fish completion for nsproof, printed by 'nsproof completion fish'\n"
	"function __nsproof_after --description 'whether exactly these words came before'\n"
	"    set -l line (commandline -opc)\n"
	"    test \"$line[2..]\" = \"$argv\"\n"
	"end\n"
	"function __nsproof_in --description 'whether this command was given'\n"
	"    set -l line (commandline -opc)\n"
	"    set -l last (math (count $argv) + 1)\n"
	"    test (count $line) -ge $last; and test \"$line[2..$last]\" = \"$argv\"\n"
	"end\n"
	"complete -c nsproof -f\n"
	"complete -c nsproof -n __nsproof_after -s h -l help -d help\n"
	"complete -c nsproof -n __nsproof_after -l version -d version\n";

/* Inside single quotes. */
static void add_text(struct text *out, const char *str)
{
	for (; *str; str++) {
		if (*str == '\'' || *str == '\\')
			text_add(out, "\\");
		text_addn(out, str, 1);
	}
}

static void add_offer(struct text *out, enum offer offer, const char *arg)
{
	switch (offer) {
	case OFFER_NOTHING:
		break;
	case OFFER_FILES:
		text_add(out, " -F");
		break;
	case OFFER_CHECKS:
		text_add(out, " -a '(nsproof list 2>/dev/null | string split -f 1 \" \")'");
		break;
	case OFFER_CHOICES:
		text_add(out, " -a '");
		completion_choices(arg, " ", out);
		text_add(out, "'");
		break;
	}
}

/* The first word of each command, and the second where there is one. */
static void add_name(struct text *out, const struct command *const *c)
{
	const char *name = (*c)->name;
	size_t len = strcspn(name, " ");

	if (completion_first(c, &len)) {
		text_addf(out, "complete -c nsproof -n __nsproof_after -a %.*s -d '", (int)len,
			  name);
		add_text(out, name[len] ? "more commands" : (*c)->about);
		text_add(out, "'\n");
	}
	if (!name[len])
		return;
	text_addf(out, "complete -c nsproof -n '__nsproof_after %.*s' -a %s -d '", (int)len, name,
		  name + len + 1);
	add_text(out, (*c)->about);
	text_add(out, "'\n");
}

static void add_option(struct text *out, const struct command *c, const struct opt *o)
{
	text_addf(out, "complete -c nsproof -n '__nsproof_in %s' -l %s", c->name, o->name);
	if (o->letter)
		text_addf(out, " -s %c", o->letter);
	if (o->arg) {
		enum offer offer = completion_value(o);

		text_add(out, offer == OFFER_FILES ? " -r" : " -x");
		add_offer(out, offer, o->arg);
	}
	text_add(out, " -d '");
	add_text(out, o->help);
	text_add(out, "'\n");
}

static void add_command(struct text *out, const struct command *c)
{
	struct opt_table table = usage_options(c);
	enum offer offer = completion_args(c->args);

	text_addf(out, "complete -c nsproof -n '__nsproof_in %s' -s h -l help -d help\n", c->name);
	for (size_t i = 0; i < table.count; i++)
		add_option(out, c, &table.rows[i]);
	if (offer == OFFER_NOTHING)
		return;
	text_addf(out, "complete -c nsproof -n '__nsproof_in %s'", c->name);
	add_offer(out, offer, c->args);
	text_add(out, "\n");
}

void completion_fish(struct text *out)
{
	text_add(out, head);
	for (const struct command *const *c = commands; *c; c++) {
		add_name(out, c);
		add_command(out, *c);
	}
}
