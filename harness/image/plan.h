// SPDX-License-Identifier: MIT
/*
 * What an entry of a layer means for the tree: written, a whiteout, or refused. Pure: it takes
 * names and numbers and makes no system call, so that tests and a fuzzer can try any archive on it.
 * Names that pass have no "..", no empty and no "." component; where a directory of the tree is a
 * symbolic link, the act (parents.h) keeps it inside.
 */
#ifndef NSPROOF_IMAGE_PLAN_H
#define NSPROOF_IMAGE_PLAN_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>

/* more than any file has; the kernel's own limit is 64 kB of names */
#define ENTRY_XATTRS 64

struct entry_xattr {
	const char *name;
	const void *value;
	size_t size;
};

/* One entry as the archive states it; the texts belong to the archive reader. */
struct entry {
	const char *name;
	const char *symlink;  /* target, when the type is S_IFLNK */
	const char *hardlink; /* target, or NULL; then the type means nothing */
	mode_t mode;          /* type and permissions */
	int64_t uid, gid;
	dev_t device; /* S_IFCHR and S_IFBLK */
	uint64_t size;
	bool sparse;         /* the content has holes ... */
	uint64_t data_bytes; /* ... and so much beside them */
	struct timespec mtime;
	struct timespec atime; /* tv_nsec UTIME_OMIT: not stated */
	struct entry_xattr xattrs[ENTRY_XATTRS];
	size_t xattr_count;
};

enum plan_act {
	PLAN_WRITE,    /* make dir/name */
	PLAN_ROOT,     /* the entry is the root directory itself */
	PLAN_WHITEOUT, /* dir/name of lower layers goes away */
	PLAN_OPAQUE,   /* everything of lower layers in dir goes away */
	PLAN_IGNORE,   /* bookkeeping of old storage drivers */
	PLAN_REJECT,   /* hostile or damaged; `why` says it */
};

/* A clean path: the directory ("" is the root) and the last component in it. */
struct plan_path {
	char dir[PATH_MAX];
	char name[NAME_MAX + 1];
};

struct plan {
	enum plan_act act;
	const char *why; /* PLAN_REJECT: what is wrong with the entry; never freed */
	struct plan_path at;
	struct plan_path target; /* of a hard link */
};

/*
 * Decides about one entry. Absolute names are taken as relative to the root, as all engines do; any
 * ".." is refused. Whiteouts follow the OCI image specification, layer.md.
 */
void plan_entry(const struct entry *entry, struct plan *ret);

/*
 * The owner that a file gets for the owner that the archive states: ids from `count` on (0: no
 * limit) become 0, then `shift` is added. -ERANGE when there is no such id; *ret untouched.
 */
int plan_owner(int64_t id, uint32_t shift, uint32_t count, uint32_t *ret);

/*
 * The path that a symbolic link `target` in the directory of `name` leads to, both inside one
 * archive, without "." and ".."; at most PATH_MAX bytes with the NUL. -EINVAL: absolute, too long,
 * or it leads out; ret is undefined then.
 */
int plan_resolve(const char *name, const char *target, char ret[PATH_MAX]);

#endif
