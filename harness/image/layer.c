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
#include "image/acl.h"
#include "image/pax.h"
#include "image/plan.h"
#include "image/tar.h"

struct layer_reader {
	const struct layer_job *job;
	struct archive *tar;
	const void *first; /* the first piece, read ahead to see whether there is any */
	ssize_t first_len;
	const char *piece; /* the last one given to libarchive, and where in the tar it begins */
	size_t piece_len;
	uint64_t piece_at;
	int64_t entry_at;    /* where the entry before began; -1: there was none */
	struct text headers; /* of the next entry, as far as they lay in earlier pieces */
	struct err failure;  /* of the stream, for libarchive keeps no errno of ours */
	uint8_t acls[2][ACL_SIZE_MAX];
};

/* The limit is one for all layers, which the streams know nothing of. */
static ssize_t count_bytes(const struct layer_job *job, ssize_t got, struct err *err)
{
	uint64_t limit = job->opts->limits.size;

	*job->tar_bytes += (uint64_t)got;
	if (!limit || *job->tar_bytes <= limit)
		return got;
	return err_set(err, EFBIG, "more than %llu bytes in all; --max-size raises the limit",
		       (unsigned long long)limit);
}

/*
 * Keeps the headers that libarchive is reading before their piece is gone. Its header position is
 * that of the entry before as long as content is skipped.
 */
static int keep_headers(struct layer_reader *l)
{
	int64_t at = archive_read_header_position(l->tar);
	size_t begun = l->headers.len ? 0 : (size_t)((uint64_t)at - l->piece_at);

	if (at == l->entry_at || begun > l->piece_len)
		return 0;
	if (l->headers.len + l->piece_len - begun > PAX_SIZE_MAX)
		return err_set(&l->failure, EBADMSG, "an entry's headers are larger than %zu bytes",
			       PAX_SIZE_MAX);
	text_addn(&l->headers, l->piece + begun, l->piece_len - begun);
	return l->headers.failed ? err_set(&l->failure, ENOMEM, "out of memory") : 0;
}

/* Looks into the headers of the entry that has just been read. */
static int check_headers(struct layer_reader *l, struct err *err)
{
	uint64_t at = (uint64_t)archive_read_header_position(l->tar);
	uint64_t end = (uint64_t)archive_filter_bytes(l->tar, 0);
	const char *headers;
	const char *why;

	l->entry_at = (int64_t)at;
	if (end - at <= 512) {
		l->headers.len = 0;
		return 0;
	}
	if (l->headers.len) {
		text_addn(&l->headers, l->piece, (size_t)(end - l->piece_at));
		headers = l->headers.str;
	} else {
		headers = l->piece + (at - l->piece_at);
	}
	if (l->headers.failed)
		return err_set(err, ENOMEM, "out of memory");
	why = pax_check(headers, (size_t)(end - at));
	l->headers.len = 0;
	return why ? err_set(err, EBADMSG, "%s", why) : 0;
}

static la_ssize_t read_piece(struct archive *a, void *data, const void **ret)
{
	struct layer_reader *l = data;
	const struct image_unpack_opts *o = l->job->opts;
	ssize_t got = l->first_len;

	/* once a piece is often enough: a quarter of a megabyte */
	if (o->progress)
		o->progress(o->progress_data, l->job->before + stream_position(l->job->stream),
			    l->job->total);
	if (o->stop && *o->stop) {
		err_set(&l->failure, EINTR, "interrupted");
		archive_set_error(a, EINTR, "interrupted");
		return -1;
	}
	if (got) {
		*ret = l->first;
		l->first_len = 0;
	} else {
		got = keep_headers(l);
		if (got == 0)
			got = stream_next(l->job->stream, ret, &l->failure);
	}
	if (got > 0)
		got = count_bytes(l->job, got, &l->failure);
	if (got < 0) {
		archive_set_error(a, l->failure.num, "%s", l->failure.text);
		return -1;
	}
	l->piece_at += l->piece_len;
	l->piece = *ret;
	l->piece_len = (size_t)got;
	return got;
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
	return -err->num;
}

static int too_many_xattrs(struct err *err)
{
	return err_set(err, EBADMSG, "it has more than %d extended attributes", ENTRY_XATTRS);
}

/* An access control list that is stated as text. */
static int read_acl(struct archive_entry *a, int type, const char *name,
		    uint8_t value[ACL_SIZE_MAX], struct entry *e, struct err *err)
{
	int size = acl_from_entry(a, type, value);

	if (size < 0)
		return err_set(err, EBADMSG, "its access control list can't be read");
	if (!size)
		return 0;
	if (e->xattr_count == ENTRY_XATTRS)
		return too_many_xattrs(err);
	e->xattrs[e->xattr_count++] = (struct entry_xattr){ name, value, (size_t)size };
	return 0;
}

static int read_xattrs(struct layer_reader *l, struct archive_entry *a, struct entry *e,
		       struct err *err)
{
	int r, count = archive_entry_xattr_reset(a);

	if (count > ENTRY_XATTRS)
		return too_many_xattrs(err);
	for (int i = 0; i < count; i++) {
		struct entry_xattr *x = &e->xattrs[i];

		archive_entry_xattr_next(a, &x->name, &x->value, &x->size);
	}
	e->xattr_count = (size_t)count;
	r = read_acl(a, ARCHIVE_ENTRY_ACL_TYPE_ACCESS, ACL_ACCESS, l->acls[0], e, err);
	if (r == 0)
		r = read_acl(a, ARCHIVE_ENTRY_ACL_TYPE_DEFAULT, ACL_DEFAULT, l->acls[1], e, err);
	return r;
}

/* How much a sparse file is said to hold. */
static void read_sparse(struct archive_entry *a, struct entry *e)
{
	int64_t at, len;

	e->sparse = archive_entry_sparse_reset(a) > 0;
	e->data_bytes = 0;
	while (e->sparse && archive_entry_sparse_next(a, &at, &len) == ARCHIVE_OK)
		e->data_bytes += (uint64_t)len;
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
	read_sparse(a, e);
	e->mtime.tv_sec = archive_entry_mtime(a);
	e->mtime.tv_nsec = archive_entry_mtime_nsec(a);
	e->atime.tv_sec = archive_entry_atime(a);
	e->atime.tv_nsec = archive_entry_atime_is_set(a) ? archive_entry_atime_nsec(a) : UTIME_OMIT;
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
static int copy_content(struct layer_reader *l, const struct writer_file *file,
			const struct entry *e, uint64_t *ret_bytes, struct err *err)
{
	uint64_t size = e->size, end = 0, bytes = 0;
	const void *buf;
	int64_t at;
	size_t len;
	int r;

	while ((r = archive_read_data_block(l->tar, &buf, &len, &at)) != ARCHIVE_EOF) {
		if (r < ARCHIVE_WARN)
			return tar_failed(l, err);
		if (!len)
			continue;
		if (at < 0 || (uint64_t)at < end || len > size || (uint64_t)at > size - len)
			return err_set(err, EBADMSG, "its content goes on beyond its size");
		if (file->buffer)
			memcpy(file->buffer + at, buf, len);
		else if ((r = write_piece(file->fd, buf, len, at, err)) < 0)
			return r;
		end = (uint64_t)at + len;
		bytes += len;
	}
	if (e->sparse ? bytes < e->data_bytes : bytes < size)
		return err_set(err, EBADMSG, "its content is cut off");
	if (end < size && ftruncate(file->fd, (off_t)size) < 0)
		return err_sys(err, "setting its size");
	*ret_bytes = bytes;
	return 0;
}

static int apply_entry(struct layer_reader *l, struct archive_entry *a, struct entry *e,
		       struct plan *plan, struct err *err)
{
	struct writer_file file = { .fd = -1 };
	uint64_t bytes = 0;
	int r;

	read_entry(a, e);
	r = check_headers(l, err);
	if (r < 0)
		return r;
	plan_entry(e, plan);
	if (plan->act == PLAN_REJECT)
		return err_set(err, EBADMSG, "%s", plan->why);
	r = read_xattrs(l, a, e, err);
	if (r < 0 || (r = writer_entry(l->job->writer, e, plan, &file, err)))
		return r;
	if (file.fd < 0 && !file.buffer)
		return 0;
	r = copy_content(l, &file, e, &bytes, err);
	if (r < 0)
		fd_close(&file.fd);
	return r < 0 ? r : writer_file_done(l->job->writer, &file, e, bytes, err);
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
		if (r)
			return r;
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
	stream_tar_digest(s, digest);
	if (layer->codec == CODEC_NONE && *layer->digest && strcmp(digest, layer->digest) != 0)
		return err_set(err, EBADMSG, "digest is %s", digest);
	if (*layer->diff_id && strcmp(digest, layer->diff_id) != 0)
		return err_set(err, EBADMSG, "diff_id is %s instead of %s", digest, layer->diff_id);
	return 0;
}

static int apply(struct layer_reader *l, struct err *err)
{
	AUTO_TAR struct archive *tar = tar_reader_new(l, read_piece, NULL);

	if (!tar)
		return err_set(err, ENOMEM, "out of memory");
	l->tar = tar;
	l->first_len = stream_next(l->job->stream, &l->first, &l->failure);
	if (l->first_len < 0)
		return tar_failed(l, err);
	if (!l->first_len)
		return 0; /* nothing at all is an empty archive too */
	return archive_read_open1(tar) == ARCHIVE_OK ? apply_all(l, err) : tar_failed(l, err);
}

/* Whether what looks like a bad entry comes from a damaged blob. */
static int blame_blob(const struct layer_job *job, struct err *err)
{
	if (*job->layer->digest)
		return check_blob(job->stream, job->layer->digest, err);
	return drain(job->stream, err);
}

int layer_apply(const struct layer_job *job, struct err *err)
{
	struct layer_reader l = { .job = job, .entry_at = -1 };
	struct err why;
	int r = apply(&l, err);

	text_done(&l.headers);
	if (r == 0)
		r = writer_end_layer(job->writer, err);
	if (r == 0)
		return check_digests(job->stream, job->layer, err);
	if (r == -EBADMSG && blame_blob(job, &why) == -EBADMSG)
		*err = why;
	return r < 0 ? -err->num : r;
}
