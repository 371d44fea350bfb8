// SPDX-License-Identifier: MIT
/* How a library function fails: see err.h. */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static __attribute__((format(printf, 2, 0))) void set_text(struct err *e, const char *fmt,
							   va_list ap)
{
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
}

int err_set(struct err *e, int num, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set_text(e, fmt, ap);
	va_end(ap);
	e->num = num;
	return -num;
}

int err_sys(struct err *e, const char *fmt, ...)
{
	int num = errno ? errno : EIO;
	size_t used;
	va_list ap;

	va_start(ap, fmt);
	set_text(e, fmt, ap);
	va_end(ap);
	used = strlen(e->text);
	snprintf(e->text + used, sizeof(e->text) - used, ": %s", strerror(num));
	e->num = num;
	return -num;
}

int err_wrap(struct err *e, const char *fmt, ...)
{
	char rest[sizeof(e->text)];
	size_t used;
	va_list ap;

	memcpy(rest, e->text, sizeof(rest));
	va_start(ap, fmt);
	set_text(e, fmt, ap);
	va_end(ap);
	used = strlen(e->text);
	snprintf(e->text + used, sizeof(e->text) - used, ": %s", rest);
	return -e->num;
}
