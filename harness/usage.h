// SPDX-License-Identifier: MIT
/* Help texts, from the table of commands and their option rows. */
#ifndef NSPROOF_USAGE_H
#define NSPROOF_USAGE_H

#include <stdbool.h>

#include "base/text.h"
#include "command.h"

/* What the program is for, without a full stop: --help and the man page begin with it. */
extern const char usage_about[];

/* Exit statuses and what they mean, ended by a NULL text. */
extern const struct exit_text {
	int status;
	const char *about;
} usage_statuses[];

void usage_all(const struct command *ignored, struct text *out);
void usage_version(const struct command *ignored, struct text *out);
void usage_command(const struct command *c, struct text *out);

/* "check [OPTION...] [ID|GLOB...]" */
void usage_line(const struct command *c, struct text *out);

/* The option rows of a command; none if it has none. */
struct opt_table usage_options(const struct command *c);

/* The second word of a command of two words ("image unpack") whose first is `word`, or NULL. */
const char *usage_second(const struct command *c, const char *word);

/* Help on the commands that begin with `word`; false, and nothing written: there are none. */
bool usage_group(const char *word, struct text *out);

#endif
