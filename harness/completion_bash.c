// SPDX-License-Identifier: MIT
/* The completion of bash(1), made from the tables: see completion.h. */
#include <string.h>

#include "base/cleanup.h"
#include "completion.h"
#include "usage.h"

/* COMP_WORDS has "--format", "=", "json" for --format=json. */
static const char
	head[] = "# bash completion for nsproof, printed by 'nsproof completion bash'\n"
		 "_nsproof()\n"
		 "{\n"
		 "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
		 "\tlocal command=${COMP_WORDS[1]} first=2 words='' offer=''\n"
		 "\n"
		 "\tCOMPREPLY=()\n"
		 "\tif [[ $cur == '=' ]]; then\n"
		 "\t\tcur=''\n"
		 "\telif [[ $prev == '=' ]]; then\n"
		 "\t\tprev=${COMP_WORDS[COMP_CWORD - 2]}\n"
		 "\tfi\n";

static const char tail[] = "\tcase $offer in\n"
			   "\tchecks) words=$(\"$1\" list 2>/dev/null | cut -d ' ' -f 1) ;;\n"
			   "\tfiles)\n"
			   "\t\tcompopt -o filenames 2>/dev/null\n"
			   "\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
			   "\t\treturn\n"
			   "\t\t;;\n"
			   "\tesac\n"
			   "\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
			   "}\n"
			   "complete -F _nsproof nsproof\n";

/* Sets $offer or $words; `arg` is what the choices are in. */
static void add_offer(struct text *out, enum offer offer, const char *arg)
{
	switch (offer) {
	case OFFER_NOTHING:
		text_add(out, ":");
		break;
	case OFFER_FILES:
		text_add(out, "offer=files");
		break;
	case OFFER_CHECKS:
		text_add(out, "offer=checks");
		break;
	case OFFER_CHOICES:
		text_add(out, "words='");
		completion_choices(arg, " ", out);
		text_add(out, "'");
		break;
	}
	text_add(out, " ;;\n");
}

/* Commands of two words are known by both from here on. */
static void add_first_words(struct text *out)
{
	AUTO_TEXT struct text first = { 0 };
	size_t len;

	for (const struct command *const *c = commands; *c; c++) {
		if (!completion_first(c, &len))
			continue;
		text_addf(&first, "%.*s ", (int)len, (*c)->name);
		if ((*c)->name[len])
			text_addf(out,
				  "\tif [[ $command == %.*s && COMP_CWORD -gt 1 ]]; then\n"
				  "\t\tcommand+=\" ${COMP_WORDS[2]}\" first=3\n"
				  "\tfi\n",
				  (int)len, (*c)->name);
	}
	text_addf(out, "\tif ((COMP_CWORD == 1)); then\n\t\twords='%s--help --version'\n",
		  first.str ? first.str : "");
}

static void add_second_words(struct text *out)
{
	text_add(out, "\telif ((COMP_CWORD < first)); then\n\t\tcase ${COMP_WORDS[1]} in\n");
	for (const struct command *const *c = commands; *c; c++) {
		size_t len = strcspn((*c)->name, " ");

		if ((*c)->name[len])
			text_addf(out, "\t\t%.*s) words+='%s ' ;;&\n", (int)len, (*c)->name,
				  (*c)->name + len + 1);
	}
	text_add(out, "\t\tesac\n\t\twords+=--help\n");
}

/* What comes after an option that takes a value. */
static void add_values(struct text *out, const struct command *c)
{
	struct opt_table table = usage_options(c);

	for (size_t i = 0; i < table.count; i++) {
		const struct opt *o = &table.rows[i];

		if (!o->arg)
			continue;
		text_addf(out, "\t\t'%s:--%s:'*", c->name, o->name);
		if (o->letter)
			text_addf(out, " | '%s:-%c:'*", c->name, o->letter);
		text_add(out, ") ");
		add_offer(out, completion_value(o), o->arg);
	}
}

/* What else there can be: an option where a dash was typed, otherwise an argument. */
static void add_words(struct text *out, const struct command *c)
{
	struct opt_table table = usage_options(c);

	text_addf(out, "\t\t'%s:'*:-) words='--help", c->name);
	for (size_t i = 0; i < table.count; i++)
		text_addf(out, " --%s", table.rows[i].name);
	text_addf(out, "' ;;\n\t\t'%s:'*) ", c->name);
	add_offer(out, completion_args(c->args), c->args);
}

void completion_bash(struct text *out)
{
	text_add(out, head);
	add_first_words(out);
	add_second_words(out);
	text_add(out, "\telse\n\t\tcase $command:$prev:${cur:0:1} in\n");
	for (const struct command *const *c = commands; *c; c++) {
		add_values(out, c[0]);
		add_words(out, c[0]);
	}
	text_add(out, "\t\tesac\n\tfi\n");
	text_add(out, tail);
}
