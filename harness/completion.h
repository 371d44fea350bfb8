// SPDX-License-Identifier: MIT
/* What a shell can offer for a word of the command line, read out of the tables. Pure. */
#ifndef NSPROOF_COMPLETION_H
#define NSPROOF_COMPLETION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/opt.h"
#include "base/text.h"
#include "command.h"

enum offer {
	OFFER_NOTHING, /* a number, a free text */
	OFFER_FILES,
	OFFER_CHECKS,  /* ids, as 'nsproof list' names them */
	OFFER_CHOICES, /* the words of a text such as "text|json|ktap" */
};

/* For the value of an option, and for what follows a command's options. */
enum offer completion_value(const struct opt *o);
enum offer completion_args(const char *args);

/* The words of "text|json|ktap", with `separator` between them. */
void completion_choices(const char *arg, const char *separator, struct text *out);

/*
 * Whether no earlier command of the table begins with the same word, so that the word is offered
 * once; the length of that word in *ret_len.
 */
bool completion_first(const struct command *const *c, size_t *ret_len);

/* One script each, for every command of the table. */
void completion_bash(struct text *out);
void completion_zsh(struct text *out);
void completion_fish(struct text *out);

#endif
