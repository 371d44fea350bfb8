// SPDX-License-Identifier: MIT
/* One layer: see layer.h. */
#include "image/layer.h"

#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "image/plan.h"
#include "image/tar.h"

struct layer_reader {
	struct stream *stream;
	struct archive *tar;
	struct writer *writer;
	const void *first; /* the first piece, read ahead to see whether there is any */
	ssize_t first_len;
	const volatile sig_atomic_t *stop;
	struct err failure; /* of the stream, for libarchive keeps no errno of ours */
	bool damaged;       /* what failed is the layer's fault, not the file system's */
};

static la_ssize_t read_piece(struct archive *a, void *data, const void **ret)
{
	struct layer_reader *l = data;
	ssize_t got = l->first_len;

	/* once a piece is often enough: a quarter of a megabyte */
	if (l->stop && *l->stop) {
		err_set(&l->failure, EINTR, "interrupted");
		archive_set_error(a, EINTR, "interrupted");
		return -1;
	}
	if (got) {
		*ret = l->first;
		l->first_len = 0;
		return got;
	}
	got = stream_next(l->stream, ret, &l->failure);
	if (got < 0)
		archive_set_error(a, l->failure.num, "%s", l->failure.text);
	return got < 0 ? -1 : got;
}

static int tar_failed(struct layer_reader *l, struct err *err)
{
	const char *why = archive_error_string(l->tar);
	char shown[200];

	if (l->failure.num) {
		*err = l->failure;
	} else {
		text_escape(shown, sizeof(shown), why ? why : "?", strlen(why ? why : "?"));
		err_set(err, EBADMSG, "damaged tar archive: %s", shown);
	}
	l->damaged = err->num == EBADMSG;
	return -err->num;
}

static int read_xattrs(struct archive_entry *a, struct entry *e, struct err *err)
{
	int count = archive_entry_xattr_reset(a);

	if (count > ENTRY_XATTRS)
		return err_set(err, EBADMSG, "it has %d extended attributes, more than %d", count,
			       ENTRY_XATTRS);
	for (int i = 0; i < count; i++) {
		struct entry_xattr *x = &e->xattrs[i];

		archive_entry_xattr_next(a, &x->name, &x->value, &x->size);
	}
	e->xattr_count = (size_t)count;
	return 0;
}

static void read_entry(struct archive_entry *a, struct entry *e)
{
	const char *name = archive_entry_pathname(a);

	e->name = name ? name : "";
	e->symlink = archive_entry_symlink(a);
	e->hardlink = archive_entry_hardlink(a);
	e->mode = archive_entry_filetype(a) | archive_entry_perm(a);
	e->uid = archive_entry_uid(a);
	e->gid = archive_entry_gid(a);
	e->device = archive_entry_rdev(a);
	e->size = (uint64_t)archive_entry_size(a);
	e->mtime.tv_sec = archive_entry_mtime(a);
	e->mtime.tv_nsec = archive_entry_mtime_nsec(a);
	e->xattr_count = 0;
}

static int write_piece(int fd, const char *buf, size_t len, int64_t at, struct err *err)
{
	while (len > 0) {
		ssize_t put = pwrite(fd, buf, len, at);

		if (put < 0 && errno != EINTR)
			return err_sys(err, "writing");
		if (put > 0) {
			buf += put;
			len -= (size_t)put;
			at += put;
		}
	}
	return 0;
}

/* The content of a regular file, with its holes. */
static int copy_content(struct layer_reader *l, int fd, uint64_t size, uint64_t *ret_bytes,
			struct err *err)
{
	uint64_t end = 0, bytes = 0;
	const void *buf;
	int64_t at;
	size_t len;
	int r;

	while ((r = archive_read_data_block(l->tar, &buf, &len, &at)) != ARCHIVE_EOF) {
		if (r < ARCHIVE_WARN)
			return tar_failed(l, err);
		if (!len)
			continue;
		r = write_piece(fd, buf, len, at, err);
		if (r < 0)
			return r;
		end = (uint64_t)at + len;
		bytes += len;
	}
	if (end < size && ftruncate(fd, (off_t)size) < 0)
		return err_sys(err, "setting its size");
	*ret_bytes = bytes;
	return 0;
}

static int apply_entry(struct layer_reader *l, struct archive_entry *a, struct entry *e,
		       struct plan *plan, struct err *err)
{
	AUTO_CLOSE int fd = -1;
	uint64_t bytes = 0;
	int r;

	read_entry(a, e);
	plan_entry(e, plan);
	if (plan->act == PLAN_REJECT)
		return err_set(err, EBADMSG, "%s", plan->why);
	r = read_xattrs(a, e, err);
	if (r < 0 || (r = writer_entry(l->writer, e, plan, &fd, err)) < 0 || fd < 0)
		return r;
	r = copy_content(l, fd, e->size, &bytes, err);
	return r < 0 ? r : writer_file_done(l->writer, fd, e, bytes, err);
}

static int apply_all(struct layer_reader *l, struct err *err)
{
	struct archive_entry *a;
	struct entry entry;
	struct plan plan;
	char shown[160];
	int r;

	while ((r = archive_read_next_header(l->tar, &a)) != ARCHIVE_EOF) {
		if (r < ARCHIVE_WARN)
			return tar_failed(l, err);
		r = apply_entry(l, a, &entry, &plan, err);
		if (r < 0) {
			text_escape(shown, sizeof(shown), entry.name, strlen(entry.name));
			return err_wrap(err, "'%s'", shown);
		}
	}
	return 0;
}

/* What follows the end of the tar archive still counts for both digests. */
static int drain(struct stream *s, struct err *err)
{
	const void *ignored;
	ssize_t got;

	do
		got = stream_next(s, &ignored, err);
	while (got > 0);
	return (int)got;
}

static int check_blob(struct stream *s, const char *want, struct err *err)
{
	char digest[DIGEST_SIZE];
	int r;

	if (!*want)
		return 0;
	r = stream_blob_digest(s, digest, err);
	if (r == 0 && strcmp(digest, want) != 0)
		r = err_set(err, EBADMSG, "digest is %s", digest);
	return r;
}

static int check_digests(struct stream *s, const struct image_layer *layer, struct err *err)
{
	char digest[DIGEST_SIZE];
	int r = drain(s, err);

	if (r < 0)
		return r;
	/* the digest of a plain blob is that of its tar, and can be taken only once */
	if (layer->codec != CODEC_NONE) {
		r = check_blob(s, layer->digest, err);
		if (r < 0)
			return r;
	}
	r = stream_tar_digest(s, digest, err);
	if (r < 0)
		return r;
	if (layer->codec == CODEC_NONE && *layer->digest && strcmp(digest, layer->digest) != 0)
		return err_set(err, EBADMSG, "digest is %s", digest);
	if (strcmp(digest, layer->diff_id) != 0)
		return err_set(err, EBADMSG, "diff_id is %s instead of %s", digest, layer->diff_id);
	return 0;
}

static int apply(struct layer_reader *l, struct err *err)
{
	AUTO_TAR struct archive *tar = tar_reader_new(l, read_piece, NULL);

	if (!tar)
		return err_set(err, ENOMEM, "out of memory");
	l->tar = tar;
	l->first_len = stream_next(l->stream, &l->first, &l->failure);
	if (l->first_len < 0)
		return tar_failed(l, err);
	if (!l->first_len)
		return 0; /* nothing at all is an empty archive too */
	return archive_read_open1(tar) == ARCHIVE_OK ? apply_all(l, err) : tar_failed(l, err);
}

int layer_apply(const struct stream_source *source, const struct image_layer *layer,
		struct writer *w, const volatile sig_atomic_t *stop, struct err *err)
{
	AUTO_STREAM struct stream *stream = NULL;
	struct layer_reader l = { .writer = w, .stop = stop };
	struct err digest_err;
	int r = stream_open(source, &(struct stream_limits){ 0 }, &stream, err);

	if (r < 0)
		return r;
	l.stream = stream;
	r = apply(&l, err);
	if (r == 0)
		return check_digests(stream, layer, err);
	if (l.damaged && check_blob(stream, layer->digest, &digest_err) == -EBADMSG)
		*err = digest_err;
	return -err->num;
}
