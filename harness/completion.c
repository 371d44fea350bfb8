// SPDX-License-Identifier: MIT
/* What a shell can offer for a word: see completion.h. */
#include "completion.h"

#include <ctype.h>
#include <string.h>

#include "base/cleanup.h"

/* Whether `word` stands in `args` as a whole: "IMAGE|ROOTFS [-- CMD...]" has IMAGE, not ROOT. */
static bool has_word(const char *args, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = args; (at = strstr(at, word)); at += len)
		if ((at == args || !isalpha((unsigned char)at[-1])) &&
		    !isalpha((unsigned char)at[len]))
			return true;
	return false;
}

enum offer completion_args(const char *args)
{
	static const char *const files[] = { "FILE", "DIR", "IMAGE", "ROOTFS" };

	if (has_word(args, "ID"))
		return OFFER_CHECKS;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (has_word(args, files[i]))
			return OFFER_FILES;
	return islower((unsigned char)args[0]) ? OFFER_CHOICES : OFFER_NOTHING;
}

enum offer completion_value(const struct opt *o)
{
	if (o->type == OPT_CHOICE)
		return OFFER_CHOICES;
	return o->type == OPT_STRING ? completion_args(o->arg) : OFFER_NOTHING;
}

void completion_choices(const char *arg, const char *separator, struct text *out)
{
	const char *choice;
	size_t len;

	for (int i = 0; (choice = opt_choice(arg, i, &len)); i++) {
		if (i > 0)
			text_add(out, separator);
		text_addn(out, choice, len);
	}
}

bool completion_first(const struct command *const *c, size_t *ret_len)
{
	size_t len = strcspn((*c)->name, " ");

	for (const struct command *const *other = commands; other < c; other++)
		if (strcspn((*other)->name, " ") == len &&
		    !strncmp((*other)->name, (*c)->name, len))
			return false;
	*ret_len = len;
	return true;
}
