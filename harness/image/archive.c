// SPDX-License-Identifier: MIT
/* The outer archive of an image: see archive.h. */
#include "image/archive.h"

#include <archive_entry.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "image/descriptor.h"
#include "image/plan.h"
#include "image/tar.h"

/* an image of 500 layers has some 2,000 files; more is no image */
#define FILES_MAX     100000
#define NAMES_MAX     (8 << 20) /* bytes of all their names */
#define LINKS_MAX     8
/* names that say nothing, before a rootfs is taken for granted */
#define UNCLEAR_MAX   1024
#define HEADER_BUFFER 4096

/* the file being indexed, for libarchive's callbacks */
struct reader {
	int fd;
	uint64_t at, size;
	char buf[HEADER_BUFFER];
};

static la_ssize_t read_more(struct archive *a, void *data, const void **ret)
{
	struct reader *r = data;
	ssize_t got;

	do
		got = pread(r->fd, r->buf, sizeof(r->buf), (off_t)r->at);
	while (got < 0 && errno == EINTR);
	if (got < 0) {
		archive_set_error(a, errno, "%s", strerror(errno));
		return -1;
	}
	r->at += (uint64_t)got;
	*ret = r->buf;
	return got;
}

static la_int64_t skip_some(struct archive *a, void *data, la_int64_t request)
{
	struct reader *r = data;
	uint64_t left = r->size > r->at ? r->size - r->at : 0;

	(void)a;
	if (request < 0)
		return 0;
	if ((uint64_t)request > left)
		request = (la_int64_t)left;
	r->at += (uint64_t)request;
	return request;
}

/* The name in the archive that a link stands for; NULL for a link that leads nowhere. */
static char *link_target(const char *name, struct archive_entry *e)
{
	const char *hard = archive_entry_hardlink(e), *soft = archive_entry_symlink(e);
	char path[PATH_MAX];

	/* a hard link's target is given from the top, as if it lay beside a file there */
	if (hard ? plan_resolve("", hard, path) : plan_resolve(name, soft ? soft : "", path))
		return NULL;
	return strdup(path);
}

static int add_file(struct archive_map *map, const struct archive_file *file)
{
	if ((map->count & (map->count - 1)) == 0) {
		size_t room = map->count ? map->count * 2 : 1;
		void *grown = reallocarray(map->files, room, sizeof(*map->files));

		if (!grown)
			return -ENOMEM;
		map->files = grown;
	}
	map->files[map->count++] = *file;
	return 0;
}

/* One entry of the outer tar; folders and the like are left out. */
static int index_entry(struct archive *a, struct archive_entry *e, const struct reader *r,
		       struct archive_map *map, struct err *err)
{
	const char *name = archive_entry_pathname(e);
	bool is_link = archive_entry_hardlink(e) || archive_entry_filetype(e) == AE_IFLNK;
	struct archive_file file = { .order = map->count };
	char clean[PATH_MAX], shown[128];

	if (!name || (!is_link && archive_entry_filetype(e) != AE_IFREG))
		return 0;
	if (map->count == FILES_MAX)
		return err_set(err, EBADMSG, "more than %d files: not an image", FILES_MAX);
	if (plan_resolve("", name, clean) < 0)
		return 0;
	/* libarchive has just consumed the header and nothing else */
	file.offset = (uint64_t)archive_filter_bytes(a, 0);
	file.size = is_link ? 0 : (uint64_t)archive_entry_size(e);
	if (file.size > r->size || file.offset > r->size - file.size) {
		text_escape(shown, sizeof(shown), name, strlen(name));
		return err_set(err, EBADMSG, "truncated: '%s' goes on beyond the end of the file",
			       shown);
	}
	/* a stored hole would shift what follows; no engine writes one here */
	if (archive_entry_sparse_count(e) > 0)
		return 0;
	file.name = strdup(clean);
	file.link = is_link ? link_target(clean, e) : NULL;
	map->name_bytes += strlen(clean) + (file.link ? strlen(file.link) : 0);
	if (!file.name || (is_link && !file.link) || add_file(map, &file) < 0) {
		bool lost = is_link && !file.link;

		free(file.name);
		free(file.link);
		return lost ? 0 : err_set(err, ENOMEM, "out of memory");
	}
	if (map->name_bytes > NAMES_MAX)
		return err_set(err, EBADMSG, "more than %d bytes of names: not an image",
			       NAMES_MAX);
	return 0;
}

static int by_name(const void *left, const void *right)
{
	const struct archive_file *a = left, *b = right;
	int r = strcmp(a->name, b->name);

	return r ? r : (a->order > b->order) - (a->order < b->order);
}

static int not_tar(struct err *err)
{
	return err_set(err, EINVAL,
		       "not a tar archive; give an image, or the archive of a root directory");
}

static int index_all(struct archive *a, const struct reader *r, struct archive_map *map,
		     const volatile sig_atomic_t *stop, struct err *err)
{
	struct archive_entry *e;
	int got, s;

	if (archive_read_open1(a) != ARCHIVE_OK)
		return not_tar(err);
	while ((got = archive_read_next_header(a, &e)) != ARCHIVE_EOF) {
		if (got < ARCHIVE_WARN)
			return err_set(err, EBADMSG, "damaged or truncated tar archive");
		if (stop && *stop)
			return err_set(err, EINTR, "interrupted");
		s = index_entry(a, e, r, map, err);
		if (s < 0)
			return s;
	}
	if (map->count)
		qsort(map->files, map->count, sizeof(*map->files), by_name);
	return 0;
}

int archive_map_read(int fd, const volatile sig_atomic_t *stop, struct archive_map *ret,
		     struct err *err)
{
	struct reader r = { .fd = fd };
	AUTO_TAR struct archive *a = tar_reader_new(&r, read_more, skip_some);
	AUTO_LOCALE locale_t locale = tar_locale_enter();
	struct archive_map map = { 0 };
	struct stat st;
	int s;

	if (!a)
		return err_set(err, ENOMEM, "out of memory");
	if (fstat(fd, &st) < 0)
		return err_sys(err, "fstat");
	r.size = (uint64_t)st.st_size;
	s = index_all(a, &r, &map, stop, err);
	if (s < 0) {
		archive_map_done(&map);
		return s;
	}
	*ret = map;
	return 0;
}

enum tar_kind archive_judge(const char *name)
{
	static const char *const names[] = { "blobs",         "oci-layout",   "index.json",
					     "manifest.json", "repositories", "version" };
	char clean[PATH_MAX], *rest;
	enum tar_kind kind;

	/* those who keep absolute names keep whole systems */
	if (*name == '/')
		return TAR_ROOTFS;
	if (plan_resolve("", name, clean) < 0 || !*clean)
		return TAR_UNCLEAR;
	if (text_ends(clean, ".json") && !strchr(clean, '/'))
		return TAR_IMAGE;
	/* a layer of an image may be called anything.tar: what follows will tell */
	kind = !strchr(clean, '/') && strstr(clean, ".tar") ? TAR_UNCLEAR : TAR_ROOTFS;
	rest = strchrnul(clean, '/');
	*rest = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(clean, names[i]))
			return TAR_IMAGE;
	rest = clean + (text_starts(clean, "sha256:") ? strlen("sha256:") : 0);
	return is_hex64(rest) && (!rest[64] || rest[64] == '.') ? TAR_IMAGE : kind;
}

/* The start of a blob, for libarchive's callback. */
struct peek {
	struct stream *stream;
	const volatile sig_atomic_t *stop;
	struct err failure;
};

static la_ssize_t read_piece(struct archive *a, void *data, const void **ret)
{
	struct peek *p = data;
	ssize_t got;

	if (p->stop && *p->stop)
		got = err_set(&p->failure, EINTR, "interrupted");
	else
		got = stream_next(p->stream, ret, &p->failure);
	if (got < 0)
		archive_set_error(a, p->failure.num, "%s", p->failure.text);
	return got < 0 ? -1 : got;
}

static int judge_first(struct archive *a, enum tar_kind *ret, struct err *err)
{
	enum tar_kind kind = TAR_UNCLEAR;
	struct archive_entry *e;
	size_t count = 0;
	int got = archive_read_open1(a);

	while (got >= ARCHIVE_WARN && kind == TAR_UNCLEAR && count < UNCLEAR_MAX) {
		got = archive_read_next_header(a, &e);
		if (got == ARCHIVE_EOF && !count)
			return err_set(err, EINVAL, "an archive with nothing in it");
		if (got == ARCHIVE_EOF)
			return err_set(err, EINVAL, "neither an image nor a root directory");
		if (got < ARCHIVE_WARN)
			break;
		count++;
		if (archive_entry_pathname(e))
			kind = archive_judge(archive_entry_pathname(e));
	}
	if (got < ARCHIVE_WARN && !count)
		return not_tar(err);
	if (got < ARCHIVE_WARN)
		return err_set(err, EBADMSG, "damaged or truncated tar archive");
	*ret = kind == TAR_UNCLEAR ? TAR_ROOTFS : kind;
	return 0;
}

/* Plain archives are skipped through, not read through. */
static int peek_plain(const struct stream_source *source, enum tar_kind *ret, struct err *err)
{
	struct reader r = { .fd = source->fd, .size = source->size };
	AUTO_TAR struct archive *a = tar_reader_new(&r, read_more, skip_some);

	return a ? judge_first(a, ret, err) : err_set(err, ENOMEM, "out of memory");
}

static int peek_stream(const struct stream_source *source, const struct stream_limits *limits,
		       const volatile sig_atomic_t *stop, enum tar_kind *ret, struct err *err)
{
	AUTO_STREAM struct stream *stream = NULL;
	struct peek peek = { .stop = stop };
	AUTO_TAR struct archive *a = tar_reader_new(&peek, read_piece, NULL);
	int r = a ? stream_open(source, limits, &stream, err)
		  : err_set(err, ENOMEM, "out of memory");

	if (r < 0)
		return r;
	peek.stream = stream;
	r = judge_first(a, ret, err);
	/* what happened to the stream says more than what the tar reader makes of it */
	if (r < 0 && peek.failure.num)
		*err = peek.failure;
	return r < 0 ? -err->num : 0;
}

int archive_peek(const struct stream_source *source, const struct stream_limits *limits,
		 const volatile sig_atomic_t *stop, enum tar_kind *ret, struct err *err)
{
	AUTO_LOCALE locale_t locale = tar_locale_enter();

	if (source->codec == CODEC_NONE)
		return peek_plain(source, ret, err);
	return peek_stream(source, limits, stop, ret, err);
}

void archive_map_done(struct archive_map *map)
{
	for (size_t i = 0; i < map->count; i++) {
		free(map->files[i].name);
		free(map->files[i].link);
	}
	free(map->files);
	*map = (struct archive_map){ 0 };
}

/* The last of the files with that name; *ret_twice is set when there are others. */
static const struct archive_file *find_name(const struct archive_map *map, const char *name,
					    bool *ret_twice)
{
	size_t low = 0, high = map->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(map->files[mid].name, name) <= 0)
			low = mid + 1;
		else
			high = mid;
	}
	if (!low || strcmp(map->files[low - 1].name, name) != 0)
		return NULL;
	*ret_twice |= low > 1 && !strcmp(map->files[low - 2].name, name);
	return &map->files[low - 1];
}

const struct archive_file *archive_map_find(const struct archive_map *map, const char *name,
					    bool *ret_twice)
{
	const struct archive_file *file;
	char clean[PATH_MAX];

	*ret_twice = false;
	if (plan_resolve("", name, clean) < 0)
		return NULL;
	file = find_name(map, clean, ret_twice);
	for (int i = 0; file && file->link; i++)
		file = i < LINKS_MAX ? find_name(map, file->link, ret_twice) : NULL;
	return file;
}
