// SPDX-License-Identifier: MIT
/* Standard output of commands whose answer is one text or one JSON document. */
#ifndef NSPROOF_PRINT_H
#define NSPROOF_PRINT_H

#include <jansson.h>

#include "base/err.h"
#include "base/text.h"

/* Both return STATUS_OK or a negative errno. print_json() takes the value over; NULL is a value
 * that could not be made for want of memory. */
int print_text(const struct text *text, struct err *err);
int print_json(json_t *value, struct err *err);

#endif
