// SPDX-License-Identifier: MIT
/* What the outer archive and the layers have in common: see tar.h. */
#include "image/tar.h"

#include <errno.h>

struct archive *tar_reader_new(void *data, archive_read_callback *next, archive_skip_callback *skip)
{
	struct archive *a = archive_read_new();

	if (a && archive_read_support_format_tar(a) == ARCHIVE_OK &&
	    archive_read_set_callback_data(a, data) == ARCHIVE_OK &&
	    archive_read_set_read_callback(a, next) == ARCHIVE_OK &&
	    archive_read_set_skip_callback(a, skip) == ARCHIVE_OK)
		return a;
	tar_reader_done(&a);
	return NULL;
}

void tar_reader_done(struct archive **reader)
{
	int keep = errno;

	if (*reader)
		archive_read_free(*reader);
	*reader = NULL;
	errno = keep;
}

locale_t tar_locale_enter(void)
{
	/* glibc hands out a static object for "C": nothing to allocate, nothing to free */
	return uselocale(newlocale(LC_ALL_MASK, "C", (locale_t)0));
}

void tar_locale_leave(locale_t *before)
{
	uselocale(*before);
}
