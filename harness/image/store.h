// SPDX-License-Identifier: MIT
/*
 * Where the files of an image lie: in a tar archive, or below the directory of an OCI layout. From
 * a directory only regular files are taken that really lie in it, without any symbolic link on the
 * way.
 */
#ifndef NSPROOF_IMAGE_STORE_H
#define NSPROOF_IMAGE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"
#include "image/archive.h"

struct store {
	int fd; /* the archive or the directory; the caller's */
	bool is_dir;
	struct archive_map map; /* of an archive */
};

struct store_file {
	int fd; /* of a directory: a new one; of an archive: the archive's */
	uint64_t offset, size;
	bool twice; /* the archive holds more of that name */
};

/* Only an archive has anything to release. Safe twice. */
void store_done(struct store *store);

/* Whether the archive has that file; of a directory, whether there is anything of that name. */
bool store_has(const struct store *store, const char *path);

/*
 * The file of that path; store_file_done() releases it. -EBADMSG: it is missing, no regular file,
 * or leads out.
 */
int store_find(const struct store *store, const char *path, struct store_file *ret,
	       struct err *err);
void store_file_done(const struct store *store, struct store_file *file);

/* The content of a small file, which the caller releases. -EFBIG: larger than 4 MiB. */
int store_read(const struct store_file *file, const char *path, struct text *ret, struct err *err);

#endif
