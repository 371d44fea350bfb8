// SPDX-License-Identifier: MIT
/* Bundles and archives for other programs: see bundle.h. OCI runtime-spec, config.md. */
#include "bench/bundle.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"

static json_t *namespaces_value(void)
{
	static const char *const types[] = { "mount", "pid", "network", "ipc", "uts", "cgroup" };
	json_t *list = json_array();

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		json_array_append_new(list, json_pack("{s:s}", "type", types[i]));
	return list;
}

int bundle_write(const char *dir, const char *root, const char *program, const char *arg,
		 struct err *err)
{
	json_t *process = json_pack("{s:b, s:{s:i, s:i}, s:[s, s], s:[s], s:s}", "terminal", 0,
				    "user", "uid", 0, "gid", 0, "args", program, arg, "env",
				    "PATH=/", "cwd", "/");
	json_t *config = json_pack("{s:s, s:o, s:{s:s}, s:s, s:[{s:s, s:s, s:s}], s:{s:o}}",
				   "ociVersion", "1.0.0", "process", process, "root", "path", root,
				   "hostname", "container", "mounts", "destination", "/proc",
				   "type", "proc", "source", "proc", "linux", "namespaces",
				   namespaces_value());
	char path[256];
	int r = -1;

	snprintf(path, sizeof(path), "%s/config.json", dir);
	if (config && mkdir(dir, 0755) == 0)
		r = json_dump_file(config, path, 0);
	json_decref(config);
	return r < 0 ? err_sys(err, "%s", path) : 0;
}

static int copy_content(struct archive *a, const char *path)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	char buf[65536];
	ssize_t got = -1;

	while (fd >= 0 && (got = read(fd, buf, sizeof(buf))) > 0)
		if (archive_write_data(a, buf, (size_t)got) != got)
			return -1;
	return got == 0 ? 0 : -1;
}

static int add(struct archive *a, struct archive_entry *entry, const FTSENT *node, size_t prefix)
{
	archive_entry_clear(entry);
	archive_entry_set_pathname(entry,
				   node->fts_pathlen > prefix ? node->fts_path + prefix + 1 : ".");
	archive_entry_set_filetype(entry, node->fts_statp->st_mode & S_IFMT);
	archive_entry_set_perm(entry, node->fts_statp->st_mode & 0777);
	archive_entry_set_size(entry, node->fts_info == FTS_F ? node->fts_statp->st_size : 0);
	if (archive_write_header(a, entry) != ARCHIVE_OK)
		return -1;
	return node->fts_info == FTS_F ? copy_content(a, node->fts_path) : 0;
}

static int add_tree(struct archive *a, const char *tree)
{
	char *const roots[] = { (char *)tree, NULL };
	FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	struct archive_entry *entry = archive_entry_new();
	FTSENT *node = NULL;
	int r = walk && entry ? 0 : -1;

	while (r == 0 && (node = fts_read(walk)))
		if (node->fts_info == FTS_D || node->fts_info == FTS_F)
			r = add(a, entry, node, strlen(tree));
	archive_entry_free(entry);
	if (walk)
		fts_close(walk);
	return r;
}

int bundle_write_tar(const char *path, const char *tree, struct err *err)
{
	struct archive *a = archive_write_new();
	int r = -1;

	if (a && archive_write_set_format_ustar(a) == ARCHIVE_OK &&
	    archive_write_open_filename(a, path) == ARCHIVE_OK)
		r = add_tree(a, tree);
	if (a && archive_write_free(a) != ARCHIVE_OK)
		r = -1;
	return r < 0 ? err_set(err, EIO, "%s cannot be written", path) : 0;
}
