// SPDX-License-Identifier: MIT
/* Removing what lies below a directory: see tree.h. */
#include "image/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"

/* a descriptor a level, out of the 1,024 that a process usually has */
#define DEPTH_MAX 300

/* FNV-1a with a random start, so that no archive can aim at a collision */
static uint64_t hash_of(const struct name_set *set, ino_t dir, const char *name)
{
	const uint64_t prime = 0x100000001b3;
	uint64_t hash = set->seed;

	for (size_t i = 0; i < sizeof(dir); i++)
		hash = (hash ^ ((uint64_t)dir >> (8 * i) & 0xff)) * prime;
	for (; *name; name++)
		hash = (hash ^ (uint8_t)*name) * prime;
	hash ^= hash >> 32;
	return hash ? hash : 1;
}

/* The slot that holds the hash, or the empty one where it belongs. */
static size_t slot_of(const struct name_set *set, uint64_t hash)
{
	size_t at = hash & (set->room - 1);

	while (set->slots[at] && set->slots[at] != hash)
		at = (at + 1) & (set->room - 1);
	return at;
}

static int grow(struct name_set *set, struct err *err)
{
	struct name_set wider = *set;

	if (!set->room)
		while (getrandom(&wider.seed, sizeof(wider.seed), 0) < 0 && errno == EINTR)
			;
	wider.room = set->room ? set->room * 2 : 256;
	wider.slots = calloc(wider.room, sizeof(*wider.slots));
	if (!wider.slots)
		return err_set(err, ENOMEM, "out of memory");
	for (size_t i = 0; i < set->room; i++)
		if (set->slots[i])
			wider.slots[slot_of(&wider, set->slots[i])] = set->slots[i];
	free(set->slots);
	*set = wider;
	return 0;
}

int name_set_add(struct name_set *set, ino_t dir, const char *name, struct err *err)
{
	size_t at;

	if (set->used * 2 >= set->room) {
		int r = grow(set, err);

		if (r < 0)
			return r;
	}
	at = slot_of(set, hash_of(set, dir, name));
	set->used += !set->slots[at];
	set->slots[at] = hash_of(set, dir, name);
	return 0;
}

bool name_set_has(const struct name_set *set, ino_t dir, const char *name)
{
	return set->room && set->slots[slot_of(set, hash_of(set, dir, name))];
}

void name_set_clear(struct name_set *set)
{
	if (set->used)
		memset(set->slots, 0, set->room * sizeof(*set->slots));
	set->used = 0;
}

void name_set_done(struct name_set *set)
{
	free(set->slots);
	*set = (struct name_set){ 0 };
}

/* One removal on its way down. */
struct removal {
	const struct name_set *keep;
	int top; /* the directory where it began */
	unsigned int depth, moved;
	struct err *err;
};

static int fail(struct removal *r, const char *name)
{
	int num = errno;
	char shown[160];

	text_escape(shown, sizeof(shown), name, strlen(name));
	errno = num;
	return err_sys(r->err, "removing '%s'", shown);
}

static int remove_dir(struct removal *r, int dirfd, ino_t dir, const char *name);

/* Returns 1 when something stays, 0 when it is gone. */
static int remove_entry(struct removal *r, int dirfd, ino_t dir, const char *name)
{
	/* a directory must be looked into even if it is kept: what lower layers have in it goes */
	if (r->keep && name_set_has(r->keep, dir, name)) {
		struct stat st;

		if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			return fail(r, name);
		if (!S_ISDIR(st.st_mode))
			return 1;
		return remove_dir(r, dirfd, dir, name);
	}
	if (unlinkat(dirfd, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR)
		return fail(r, name);
	return remove_dir(r, dirfd, dir, name);
}

/* Everything in the directory `fd`, which it takes over; 1 when something stays. */
static int remove_below(struct removal *r, int fd)
{
	AUTO_DIR DIR *list = fdopendir(fd);
	struct dirent *e;
	struct stat st;
	bool kept = false;

	if (!list) {
		close(fd);
		return err_set(r->err, ENOMEM, "out of memory");
	}
	if (fstat(fd, &st) < 0)
		return fail(r, ".");
	for (errno = 0; (e = readdir(list)); errno = 0) {
		int got;

		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		got = remove_entry(r, fd, st.st_ino, e->d_name);
		if (got < 0)
			return got;
		kept |= got;
	}
	return errno ? fail(r, ".") : kept;
}

/* A directory that lies too deep is moved to where the removal began, and its turn comes later. */
static int move_up(struct removal *r, int dirfd, const char *name)
{
	char up[64];

	if (r->keep) {
		errno = ENAMETOOLONG;
		return fail(r, name);
	}
	do {
		snprintf(up, sizeof(up), "deep-%u", r->moved++);
		if (renameat(dirfd, name, r->top, up) == 0)
			return 0;
	} while (errno == EEXIST || errno == ENOTEMPTY || errno == ENOTDIR);
	return fail(r, name);
}

static int remove_dir(struct removal *r, int dirfd, ino_t dir, const char *name)
{
	int fd, kept;

	if (r->depth == DEPTH_MAX)
		return move_up(r, dirfd, name);
	fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return fail(r, name);
	r->depth++;
	kept = remove_below(r, fd);
	r->depth--;
	if (kept || (r->keep && name_set_has(r->keep, dir, name)))
		return kept < 0 ? kept : 1;
	return unlinkat(dirfd, name, AT_REMOVEDIR) < 0 ? fail(r, name) : 0;
}

int tree_remove_below(int dirfd, const struct name_set *keep, struct err *err)
{
	struct removal r = { keep, dirfd, 0, 0, err };
	unsigned int before;

	do {
		/* a new open file: the position in it is ours */
		int got, fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		if (fd < 0)
			return fail(&r, ".");
		before = r.moved;
		got = remove_below(&r, fd);
		if (got < 0)
			return got;
	} while (r.moved != before);
	return 0;
}

int tree_remove(int dirfd, ino_t dir, const char *name, const struct name_set *keep,
		struct err *err)
{
	struct removal r = { keep, dirfd, 0, 0, err };
	AUTO_CLOSE int fd = -1;
	int got;

	if (keep) {
		got = remove_entry(&r, dirfd, dir, name);
		return got < 0 ? got : 0;
	}
	if (unlinkat(dirfd, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR)
		return fail(&r, name);
	fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return fail(&r, name);
	got = tree_remove_below(fd, NULL, err);
	if (got < 0)
		return got;
	return unlinkat(dirfd, name, AT_REMOVEDIR) < 0 ? fail(&r, name) : 0;
}
