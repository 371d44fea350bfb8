// SPDX-License-Identifier: MIT
/*
 * The outer archive of an image: a plain tar file whose index (name, offset, size) is read once, so
 * that manifest, config and layers can then be read in any order with pread(2).
 */
#ifndef NSPROOF_IMAGE_ARCHIVE_H
#define NSPROOF_IMAGE_ARCHIVE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"

struct archive_file {
	char *name; /* without a leading "./" */
	char *link; /* the name in the archive that it stands for, or NULL */
	uint64_t offset, size;
	size_t order; /* of two files with one name the later counts, as tar has it */
};

struct archive_map {
	struct archive_file *files; /* sorted by name and order */
	size_t count;
};

/*
 * Reads the index of the tar file `fd`; `name` is how errors call it. archive_map_done() releases
 * it. -EINVAL: not a regular file or no tar archive; -EBADMSG: truncated or damaged.
 */
int archive_map_read(int fd, const char *name, struct archive_map *ret, struct err *err);
void archive_map_done(struct archive_map *map);

/* The file of that name, links followed; NULL when there is none. */
const struct archive_file *archive_map_find(const struct archive_map *map, const char *name);

/*
 * The content of a small file, as a text that the caller releases.
 * -ENOENT: no such file; -EFBIG: larger than 8 MiB; -EBADMSG: the archive became shorter.
 */
int archive_map_load(const struct archive_map *map, int fd, const char *name, struct text *ret,
		     struct err *err);

#endif
