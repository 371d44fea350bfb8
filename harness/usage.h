// SPDX-License-Identifier: MIT
/* Help texts, from the table of commands and their option rows. */
#ifndef NSPROOF_USAGE_H
#define NSPROOF_USAGE_H

#include "base/text.h"
#include "command.h"

void usage_all(const struct command *ignored, struct text *out);
void usage_version(const struct command *ignored, struct text *out);
void usage_command(const struct command *c, struct text *out);

#endif
