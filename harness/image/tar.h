// SPDX-License-Identifier: MIT
/*
 * What the outer archive and the layers have in common: a libarchive reader that knows tar alone,
 * so that linking statically pulls in nothing else, and the locale under which names keep their
 * bytes.
 */
#ifndef NSPROOF_IMAGE_TAR_H
#define NSPROOF_IMAGE_TAR_H

#include <archive.h>
#include <locale.h>

/* A reader with callbacks for data and skip (which may be NULL); NULL when memory runs out. */
struct archive *tar_reader_new(void *data, archive_read_callback *next,
			       archive_skip_callback *skip);
void tar_reader_done(struct archive **reader);

/*
 * Under a UTF-8 locale libarchive rewrites names into normal form C; under "C" it fails to convert
 * them (ARCHIVE_WARN, nothing else) and hands out the bytes as stored, which is what a tree must
 * hold. Switches the calling thread and returns what tar_locale_leave() goes back to.
 */
locale_t tar_locale_enter(void);
void tar_locale_leave(locale_t *before);

#define AUTO_TAR    __attribute__((cleanup(tar_reader_done)))
#define AUTO_LOCALE __attribute__((cleanup(tar_locale_leave), unused))

#endif
