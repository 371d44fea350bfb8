// SPDX-License-Identifier: MIT
/* What a run could leave behind on the machine: see snapshot.h. */
#include "snapshot.h"

#include <fcntl.h>
#include <fts.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "kernel/mountinfo.h"

enum { FILE_MAX_SIZE = 8 << 20, FIELDS_MAX = 24, SYSCTL_MAX = 4096 };

static void *checked(void *ptr)
{
	if (!ptr) {
		fputs("out of memory\n", stderr);
		exit(2);
	}
	return ptr;
}

void snapshot_add(struct snapshot *s, const char *fmt, ...)
{
	char *line = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&line, fmt, ap) < 0)
		line = NULL;
	va_end(ap);
	if (s->count == s->room) {
		s->room = s->room ? s->room * 2 : 1024;
		s->lines = checked(reallocarray(s->lines, s->room, sizeof(*s->lines)));
	}
	s->lines[s->count++] = checked(line);
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void snapshot_sort(struct snapshot *s)
{
	if (s->count)
		qsort(s->lines, s->count, sizeof(*s->lines), compare);
}

void snapshot_minus(const struct snapshot *a, const struct snapshot *b, struct snapshot *ret)
{
	size_t j = 0;

	for (size_t i = 0; i < a->count; i++) {
		int order = -1;

		while (j < b->count && (order = strcmp(b->lines[j], a->lines[i])) < 0)
			j++;
		if (j < b->count && order == 0)
			j++;
		else
			snapshot_add(ret, "%s", a->lines[i]);
	}
}

void snapshot_keep(struct snapshot *s, const struct snapshot *other)
{
	struct snapshot gone = { 0 }, kept = { 0 };

	snapshot_minus(s, other, &gone);
	snapshot_minus(s, &gone, &kept);
	snapshot_done(&gone);
	snapshot_done(s);
	*s = kept;
}

void snapshot_filter(struct snapshot *s, bool (*wanted)(const void *arg, const char *line),
		     const void *arg)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->count; i++) {
		if (wanted(arg, s->lines[i]))
			s->lines[kept++] = s->lines[i];
		else
			free(s->lines[i]);
	}
	s->count = kept;
}

void snapshot_done(struct snapshot *s)
{
	for (size_t i = 0; i < s->count; i++)
		free(s->lines[i]);
	free(s->lines);
	*s = (struct snapshot){ 0 };
}

/* Every line of a file, only with the fields (counted from 0) whose bit is set; ~0: as it is. */
static void add_fields(struct snapshot *s, const char *path, unsigned int wanted)
{
	AUTO_TEXT struct text text = { 0 };
	char *rest, *line, *field;

	if (file_read(AT_FDCWD, path, FILE_MAX_SIZE, &text) < 0 || !text.str)
		return;
	rest = text.str;
	while ((line = strsep(&rest, "\n"))) {
		AUTO_TEXT struct text out = { 0 };
		int index = 0;

		if (wanted == ~0U)
			text_add(&out, line);
		while (wanted != ~0U && index < FIELDS_MAX && (field = strsep(&line, " \t")))
			if (*field && wanted & (1U << index++))
				text_addf(&out, " %s", field);
		if (out.len)
			snapshot_add(s, "%s:%s", path, out.str);
	}
}

static void add_tree(struct snapshot *s, const char *top)
{
	char *const tops[] = { (char *)top, NULL };
	FTS *fts = fts_open(tops, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, NULL);
	FTSENT *e;

	while (fts && (e = fts_read(fts)))
		if (e->fts_info != FTS_DP)
			snapshot_add(s, "%s", e->fts_path);
	if (fts)
		fts_close(fts);
}

static void add_links(struct snapshot *s)
{
	static const char *const names[] = { "ifindex", "mtu", "flags", "address", "ifalias" };
	AUTO_DIR DIR *dir = opendir("/sys/class/net");
	struct dirent *e;
	char path[400];

	while (dir && (e = readdir(dir))) {
		if (e->d_name[0] == '.')
			continue;
		for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
			snprintf(path, sizeof(path), "/sys/class/net/%s/%s", e->d_name, names[i]);
			add_fields(s, path, ~0U);
		}
	}
}

/* Without the columns that count uses. */
static void add_network(struct snapshot *s)
{
	add_links(s);
	add_fields(s, "/proc/net/fib_trie", ~0U);
	add_fields(s, "/proc/net/route", 0x78f);
	add_fields(s, "/proc/net/if_inet6", ~0U);
	add_fields(s, "/proc/net/ipv6_route", 0x33f);
}

/* -s: without the counters. A machine without nft has no rules that anybody could see. */
static void add_rules(struct snapshot *s)
{
	char *const argv[] = { "nft", "-s", "list", "ruleset", NULL };
	AUTO_TEXT struct text text = { 0 };
	posix_spawn_file_actions_t actions;
	char *rest, *line;
	int ends[2], r;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	r = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	if (r == 0) {
		fd_read_text(ends[0], FILE_MAX_SIZE, &text);
		waitpid(pid, NULL, 0);
	}
	close(ends[0]);
	rest = text.str;
	while (rest && (line = strsep(&rest, "\n")))
		snapshot_add(s, "nft: %s", line);
}

/* These change without anybody's doing. */
static bool counts_by_itself(const char *path)
{
	static const char *const parts[] = { "/kernel/random/", "/ns_last_pid", "/pty/nr", "_count",
					     "/perf_event_max_sample_rate" };

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (strstr(path, parts[i]))
			return true;
	return false;
}

static void add_sysctls(struct snapshot *s)
{
	char *const tops[] = { "/proc/sys/net", "/proc/sys/kernel", NULL };
	FTS *fts = fts_open(tops, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	FTSENT *e;

	while (fts && (e = fts_read(fts))) {
		AUTO_TEXT struct text text = { 0 };

		if (e->fts_info != FTS_F || counts_by_itself(e->fts_path))
			continue;
		if (file_read(AT_FDCWD, e->fts_path, SYSCTL_MAX, &text) < 0 || !text.str)
			snapshot_add(s, "%s", e->fts_path);
		else
			snapshot_add(s, "%s = %.*s", e->fts_path, (int)strcspn(text.str, "\n"),
				     text.str);
	}
	if (fts)
		fts_close(fts);
}

static bool is_hex(const char *str, size_t digits)
{
	return strlen(str) == digits && strspn(str, "0123456789abcdef") == digits;
}

/* Keys bear the name or the token of a canary (scene_init()), or begin like a word of ours. */
static bool may_be_our_key(const char *name)
{
	return text_starts(name, "nspro") || is_hex(name, 32) ||
	       (text_starts(name, "ns") && is_hex(name + 2, 8));
}

/*
 * Only the identity of a key, neither uses nor time left, and only those that nsproof could have
 * made: the keyrings of users, sessions and other programs come and go on a machine in use.
 */
static void add_keys(struct snapshot *s)
{
	AUTO_TEXT struct text text = { 0 };
	char *rest, *line;

	if (file_read(AT_FDCWD, "/proc/keys", FILE_MAX_SIZE, &text) < 0)
		return;
	rest = text.str;
	while (rest && (line = strsep(&rest, "\n"))) {
		char id[16], perm[16], uid[16], gid[16], type[16], name[128];

		if (sscanf(line, "%15s %*s %*s %*s %15s %15s %15s %15s %127[^:]", id, perm, uid,
			   gid, type, name) == 6 &&
		    may_be_our_key(name))
			snapshot_add(s, SNAPSHOT_KEY "%s %s %s %s %s %s", id, perm, uid, gid, type,
				     name);
	}
}

static bool has_text(const char *dir, const char *file, const char *wanted)
{
	AUTO_TEXT struct text text = { 0 };
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	return file_read(AT_FDCWD, path, FILE_MAX_SIZE, &text) == 0 && text.str &&
	       strstr(text.str, wanted);
}

/* One with processes in it is in use by others: of ours none is left when it counts. */
static void add_cgroup_tree(struct snapshot *s, const char *top)
{
	char *const tops[] = { (char *)top, NULL };
	FTS *fts = fts_open(tops, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, NULL);
	FTSENT *e;

	while (fts && (e = fts_read(fts)))
		if (e->fts_info == FTS_D && !has_text(e->fts_path, "cgroup.procs", "\n") &&
		    !has_text(e->fts_path, "cgroup.events", "populated 1"))
			snapshot_add(s, SNAPSHOT_CGROUP "%s", e->fts_path);
	if (fts)
		fts_close(fts);
}

static void add_cgroups(struct snapshot *s)
{
	AUTO_TEXT struct text text = { 0 };
	struct mountinfo mount;
	char *rest;
	int r;

	if (file_read(AT_FDCWD, "/proc/self/mountinfo", FILE_MAX_SIZE, &text) < 0)
		return;
	rest = text.str;
	while ((r = mountinfo_next(&rest, &mount)) != 0)
		if (r > 0 && (!strcmp(mount.fstype, "cgroup") || !strcmp(mount.fstype, "cgroup2")))
			add_cgroup_tree(s, mount.point);
}

void snapshot_take(struct snapshot *s, const char *mqueue, const char *const *temporary)
{
	struct utsname uts;

	uname(&uts);
	snapshot_add(s, "hostname %s, domain %s", uts.nodename, uts.domainname);
	add_network(s);
	add_rules(s);
	add_fields(s, "/proc/self/mountinfo", ~0U);
	add_fields(s, "/proc/1/mountinfo", ~0U);
	add_sysctls(s);
	/* the key and the id */
	add_fields(s, "/proc/sysvipc/shm", 3);
	add_fields(s, "/proc/sysvipc/sem", 3);
	add_fields(s, "/proc/sysvipc/msg", 3);
	add_tree(s, mqueue);
	add_keys(s);
	add_cgroups(s);
	for (; *temporary; temporary++)
		add_tree(s, *temporary);
	snapshot_sort(s);
}
