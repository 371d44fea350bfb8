// SPDX-License-Identifier: MIT
/* The catalogue as a document: docs/checks.md is made of the rows, and a test holds it to them. */
#ifndef NSPROOF_CATALOGUE_DOC_H
#define NSPROOF_CATALOGUE_DOC_H

#include <stddef.h>

#include "base/text.h"
#include "check/check.h"

/* Appends the checks as Markdown, a section a suite. */
void catalogue_markdown(const struct check *const *checks, size_t count, struct text *out);

#endif
