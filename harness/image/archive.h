// SPDX-License-Identifier: MIT
/*
 * The outer archive of an image: a plain tar file whose index (name, offset, size) is read once, so
 * that manifest, config and layers can then be read in any order with pread(2).
 */
#ifndef NSPROOF_IMAGE_ARCHIVE_H
#define NSPROOF_IMAGE_ARCHIVE_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "image/stream.h"

/* What a tar archive is taken for by one of its names: that of an image, or of a root directory. */
enum tar_kind {
	TAR_UNCLEAR, /* the name says nothing: "./", "layer.tar", or one that leads out */
	TAR_IMAGE,
	TAR_ROOTFS
};

/*
 * The top of an image archive holds blobs/, oci-layout, index.json, manifest.json, repositories,
 * version, other *.json, and names of 64 hexadecimal digits; nothing else has such names. Pure.
 */
enum tar_kind archive_judge(const char *name);

/*
 * Judges by the first entry that says anything; the blob is decompressed no further than that.
 * -EINVAL: no tar archive, or nothing in it; -EBADMSG: damaged; -EINTR: *stop (or NULL) was set.
 */
int archive_peek(const struct stream_source *source, const struct stream_limits *limits,
		 const volatile sig_atomic_t *stop, enum tar_kind *ret, struct err *err);

struct archive_file {
	char *name; /* without a leading "./" */
	char *link; /* the name in the archive that it stands for, or NULL */
	uint64_t offset, size;
	size_t order; /* of two files with one name the later counts, as tar has it */
};

struct archive_map {
	struct archive_file *files; /* sorted by name and order */
	size_t count;
	size_t name_bytes; /* of all names and links */
};

/*
 * Reads the index of the plain tar file `fd`. archive_map_done() releases it.
 * -EINVAL: no tar archive; -EBADMSG: truncated or damaged; -EINTR: *stop (or NULL) was set.
 */
int archive_map_read(int fd, const volatile sig_atomic_t *stop, struct archive_map *ret,
		     struct err *err);
void archive_map_done(struct archive_map *map);

/*
 * The file of that name, links followed; NULL when there is none. *ret_twice: there are more of the
 * same name, and which one counts differs between readers.
 */
const struct archive_file *archive_map_find(const struct archive_map *map, const char *name,
					    bool *ret_twice);

#endif
