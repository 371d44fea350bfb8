// SPDX-License-Identifier: MIT
/* The completion of zsh(1), made from the tables: see completion.h and zshcompsys(1). */
#include <string.h>

#include "completion.h"
#include "usage.h"

static const char head[] =
	"#compdef nsproof\n"
	"# zsh completion for nsproof, printed by 'nsproof completion zsh'\n"
	"_nsproof_checks()\n"
	"{\n"
	"\tlocal -a ids\n"
	"\tids=(${(f)\"$(_call_program checks nsproof list 2>/dev/null | cut -d ' ' -f 1)\"})\n"
	"\t_wanted checks expl check compadd -a ids\n"
	"}\n"
	"_nsproof()\n"
	"{\n"
	"\tlocal command expl\n"
	"\tlocal -a names\n";

/* Inside single quotes, inside brackets and between colons. */
static void add_text(struct text *out, const char *str)
{
	for (; *str; str++) {
		if (*str == '\'')
			text_add(out, "'\\''");
		else if (strchr("[]:\\", *str))
			text_addf(out, "\\%c", *str);
		else
			text_addn(out, str, 1);
	}
}

/* ":what it is:action" */
static void add_offer(struct text *out, enum offer offer, const char *arg)
{
	text_add(out, ":");
	add_text(out, offer == OFFER_CHOICES ? "word" : arg);
	text_add(out, ":");
	switch (offer) {
	case OFFER_NOTHING:
		text_add(out, " ");
		break;
	case OFFER_FILES:
		text_add(out, "_files");
		break;
	case OFFER_CHECKS:
		text_add(out, "_nsproof_checks");
		break;
	case OFFER_CHOICES:
		text_add(out, "(");
		completion_choices(arg, " ", out);
		text_add(out, ")");
		break;
	}
}

/* The commands that begin with `group`, or all first words without one. */
static void add_names(struct text *out, const char *group)
{
	size_t len;

	for (const struct command *const *c = commands; *c; c++) {
		const char *name = group ? usage_second(*c, group) : (*c)->name;

		if (!name || (!group && !completion_first(c, &len)))
			continue;
		if (!group && (*c)->name[len]) {
			text_addf(out, " '%.*s:more commands'", (int)len, name);
			continue;
		}
		text_addf(out, " '%s:", name);
		add_text(out, (*c)->about);
		text_add(out, "'");
	}
}

/* Takes the first word away; offers names while that is the word being typed. */
static void add_level(struct text *out, const char *group)
{
	text_add(out, "\tif ((CURRENT == 2)); then\n\t\tnames=(");
	add_names(out, group);
	text_add(out, ")\n\t\t_describe -t commands command names\n\t\treturn\n\tfi\n");
}

static void add_levels(struct text *out)
{
	size_t len;

	add_level(out, NULL);
	text_add(out, "\tshift words\n\t((CURRENT--))\n\tcommand=$words[1]\n");
	for (const struct command *const *c = commands; *c; c++) {
		char group[32];

		if (!completion_first(c, &len) || !(*c)->name[len] || len >= sizeof(group))
			continue;
		memcpy(group, (*c)->name, len);
		group[len] = '\0';
		text_addf(out, "\tif [[ $command == %s ]]; then\n", group);
		add_level(out, group);
		text_add(out, "\tshift words\n\t((CURRENT--))\n\tcommand+=\" $words[1]\"\n\tfi\n");
	}
}

static void add_option(struct text *out, const struct opt *o)
{
	text_add(out, " \\\n\t\t\t");
	if (o->letter)
		text_addf(out, "'(-%c --%s)'{-%c%s,--%s%s}'[", o->letter, o->name, o->letter,
			  o->arg ? "+" : "", o->name, o->arg ? "=" : "");
	else
		text_addf(out, "'--%s%s[", o->name, o->arg ? "=" : "");
	add_text(out, o->help);
	text_add(out, "]");
	if (o->arg)
		add_offer(out, completion_value(o), o->arg);
	text_add(out, "'");
}

static void add_command(struct text *out, const struct command *c)
{
	struct opt_table table = usage_options(c);

	text_addf(out, "\t'%s')\n\t\t_arguments -s -S '(- *)'{-h,--help}'[help]'", c->name);
	for (size_t i = 0; i < table.count; i++)
		add_option(out, &table.rows[i]);
	if (c->args[0]) {
		text_add(out, " \\\n\t\t\t'*");
		add_offer(out, completion_args(c->args), c->args);
		text_add(out, "'");
	}
	text_add(out, "\n\t\t;;\n");
}

void completion_zsh(struct text *out)
{
	text_add(out, head);
	add_levels(out);
	text_add(out, "\tcase $command in\n");
	for (const struct command *const *c = commands; *c; c++)
		add_command(out, *c);
	/* sourced, it announces itself; found in $fpath, it is called */
	text_add(out, "\tesac\n}\n"
		      "if [[ $funcstack[1] == _nsproof ]]; then\n"
		      "\t_nsproof \"$@\"\n"
		      "else\n"
		      "\tcompdef _nsproof nsproof\n"
		      "fi\n");
}
