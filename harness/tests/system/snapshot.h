// SPDX-License-Identifier: MIT
/*
 * What a run could leave behind on the machine, as sorted lines of text: links, addresses, routes,
 * nft rules, mounts, sysctls, names, IPC objects, keys, cgroups, temporary files. Fields that count
 * by themselves are left out.
 */
#ifndef NSPROOF_TESTS_SNAPSHOT_H
#define NSPROOF_TESTS_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>

struct snapshot {
	char **lines; /* sorted; equal lines may repeat */
	size_t count, room;
};

/* Appends a line; the next snapshot_sort() puts it in place. Ends the program when memory is out. */
void snapshot_add(struct snapshot *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void snapshot_sort(struct snapshot *s);

/*
 * Fills an empty snapshot. `mqueue`: a directory where POSIX message queues are mounted; `temporary`:
 * directories whose whole content counts, ended by NULL.
 */
void snapshot_take(struct snapshot *s, const char *mqueue, const char *const *temporary);

/* Appends the lines that are in `a` and not in `b`. */
void snapshot_minus(const struct snapshot *a, const struct snapshot *b, struct snapshot *ret);

/* Keeps of `s` only what is also in `other`. */
void snapshot_keep(struct snapshot *s, const struct snapshot *other);

/* Keeps only the lines that `wanted` says yes to. */
void snapshot_filter(struct snapshot *s, bool (*wanted)(const void *arg, const char *line),
		     const void *arg);

/* How the lines of a cgroup without processes, and of a key, begin. */
#define SNAPSHOT_CGROUP "cgroup "
#define SNAPSHOT_KEY    "key "

void snapshot_done(struct snapshot *s); /* safe twice */

#define AUTO_SNAPSHOT __attribute__((cleanup(snapshot_done)))

#endif
