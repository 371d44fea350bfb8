// SPDX-License-Identifier: MIT
/* Tar archives in memory, by libarchive: see tar.h. */
#include "pack/tar.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static la_ssize_t append(struct archive *a, void *data, const void *buf, size_t len)
{
	(void)a;
	text_addn(data, buf, len);
	return (la_ssize_t)len;
}

int pack_tar_begin(struct text *out, struct archive **ret, struct err *err)
{
	struct archive *a = archive_write_new();

	/* pax, for times in nanoseconds; no padding, as engines write it */
	if (a && archive_write_set_format_pax(a) == ARCHIVE_OK &&
	    archive_write_set_bytes_per_block(a, 0) == ARCHIVE_OK &&
	    archive_write_open(a, out, NULL, append, NULL) == ARCHIVE_OK) {
		*ret = a;
		return 0;
	}
	pack_tar_drop(&a);
	return err_set(err, ENOMEM, "cannot begin a tar archive");
}

static void add_attributes(struct archive_entry *e, const struct pack_node *n, off_t size)
{
	char name[80];

	if (n->user_name) {
		snprintf(name, sizeof(name), "user.%s", n->user_name);
		archive_entry_xattr_add_entry(e, name, n->user_value, strlen(n->user_value));
	}
	if (n->hole)
		archive_entry_sparse_add_entry(e, n->hole, size - n->hole);
}

static struct archive_entry *entry_of(const struct pack_node *n, off_t size)
{
	struct archive_entry *e = archive_entry_new();

	if (!e)
		return NULL;
	archive_entry_set_pathname(e, n->path);
	archive_entry_set_mode(e, n->mode & S_IFMT ? n->mode : n->mode | S_IFREG);
	archive_entry_set_uid(e, n->uid);
	archive_entry_set_gid(e, n->gid);
	archive_entry_set_mtime(e, PACK_TIME, n->nsec);
	archive_entry_set_size(e, size);
	archive_entry_set_rdevmajor(e, n->major);
	archive_entry_set_rdevminor(e, n->minor);
	if (n->link)
		archive_entry_set_symlink(e, n->link);
	if (n->hardlink)
		archive_entry_set_hardlink(e, n->hardlink);
	add_attributes(e, n, size);
	return e;
}

static int fail(struct archive *a, const struct pack_node *n, struct err *err)
{
	return err_set(err, EINVAL, "%s: %s", n->path, archive_error_string(a));
}

static int add_content(struct archive *a, const struct pack_node *n, size_t len, struct err *err)
{
	static const char zeroes[4096];

	for (off_t done = 0; done < n->hole; done += (off_t)sizeof(zeroes))
		if (archive_write_data(a, zeroes, sizeof(zeroes)) < 0)
			return fail(a, n, err);
	if (len && archive_write_data(a, n->content, len) != (la_ssize_t)len)
		return fail(a, n, err);
	return 0;
}

int pack_tar_add(struct archive *a, const struct pack_node *n, struct err *err)
{
	size_t len = n->content && !n->len ? strlen(n->content) : n->len;
	struct archive_entry *e = entry_of(n, n->hole + (off_t)len);
	int r;

	if (!e)
		return err_set(err, ENOMEM, "out of memory");
	/* a warning: the name is no UTF-8, and stands in the archive as the bytes that it is */
	r = archive_write_header(a, e) < ARCHIVE_WARN ? fail(a, n, err)
						      : add_content(a, n, len, err);
	archive_entry_free(e);
	return r;
}

int pack_tar_end(struct archive **a, struct err *err)
{
	int r = archive_write_close(*a);

	pack_tar_drop(a);
	return r == ARCHIVE_OK ? 0 : err_set(err, ENOMEM, "cannot end a tar archive");
}

void pack_tar_drop(struct archive **a)
{
	if (*a)
		archive_write_free(*a);
	*a = NULL;
}
