// SPDX-License-Identifier: MIT
/* Standard output: see print.h. */
#include "print.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "command.h"

int print_text(const struct text *text, struct err *err)
{
	if (text->failed)
		return err_set(err, ENOMEM, "out of memory");
	if (fwrite(text->str, 1, text->len, stdout) != text->len || fflush(stdout) != 0)
		return err_sys(err, "standard output");
	return STATUS_OK;
}

int print_json(json_t *value, struct err *err)
{
	AUTO_TEXT struct text out = { 0 };
	AUTO_FREE char *str = NULL;

	if (value)
		str = json_dumps(value, JSON_INDENT(2) | JSON_ENSURE_ASCII);
	json_decref(value);
	if (!str)
		return err_set(err, ENOMEM, "out of memory");
	text_add(&out, str);
	text_add(&out, "\n");
	return print_text(&out, err);
}
