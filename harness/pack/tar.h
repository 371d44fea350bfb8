// SPDX-License-Identifier: MIT
/*
 * The other way round: tar archives made in memory, for the makers of fixtures and for benchmarks,
 * which unpack what they have made themselves. Same entries, same bytes.
 */
#ifndef NSPROOF_PACK_TAR_H
#define NSPROOF_PACK_TAR_H

#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/text.h"

/* every entry without a time of its own: the same input always makes the same bytes */
#define PACK_TIME 1700000000

/* One entry of a tar archive; what is zero is left out. */
struct pack_node {
	const char *path;
	mode_t mode;         /* type and permissions; no type: a regular file */
	const char *content; /* up to the NUL, unless `len` is given */
	size_t len;
	const char *link;     /* target of a symbolic link */
	const char *hardlink; /* target of a hard link */
	uid_t uid;
	gid_t gid;
	unsigned int major, minor;
	long nsec;             /* of the time */
	const char *user_name; /* an extended attribute user.<user_name> ... */
	const char *user_value;
	off_t hole; /* the content comes after a hole of that size, a multiple of 4096 */
};

struct archive;

/* A new archive, which grows in `out`; release it with pack_tar_end(). -ENOMEM. */
int pack_tar_begin(struct text *out, struct archive **ret, struct err *err);

/* Appends an entry. -EINVAL: what the format can't hold; the text names the path. */
int pack_tar_add(struct archive *a, const struct pack_node *node, struct err *err);

/* Writes the end, releases the archive and sets *a to NULL, also on failure. -ENOMEM. */
int pack_tar_end(struct archive **a, struct err *err);

/* Releases it as it is; for AUTO_PACK_TAR. */
void pack_tar_drop(struct archive **a);

#define AUTO_PACK_TAR __attribute__((cleanup(pack_tar_drop)))

#endif
