// SPDX-License-Identifier: MIT
/* Unit tests of image/archive: what a tar archive is taken for, and finding files in one. */
#include <check.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "image/archive.h"
#include "runner.h"
#include "tarball.h"

#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct {
	const char *name;
	enum tar_kind want;
} names[] = {
	{ "blobs/", TAR_IMAGE },
	{ "./blobs/sha256/", TAR_IMAGE },
	{ "oci-layout", TAR_IMAGE },
	{ "index.json", TAR_IMAGE },
	{ "manifest.json", TAR_IMAGE },
	{ "repositories", TAR_IMAGE },
	{ "version", TAR_IMAGE },
	{ "config.json", TAR_IMAGE },
	{ A64 ".json", TAR_IMAGE },
	{ A64 ".tar.gz", TAR_IMAGE },
	{ A64, TAR_IMAGE },
	{ A64 "/", TAR_IMAGE },
	{ A64 "/layer.tar", TAR_IMAGE },
	{ "sha256:" A64, TAR_IMAGE },
	{ A64 "a", TAR_ROOTFS },
	{ "etc.json/", TAR_IMAGE },
	{ "etc.json/passwd", TAR_ROOTFS },
	{ "blobs2/", TAR_ROOTFS },
	{ "bin/", TAR_ROOTFS },
	{ "./etc/manifest.json", TAR_ROOTFS },
	{ "/manifest.json", TAR_ROOTFS },
	{ ".dockerenv", TAR_ROOTFS },
	{ "layer.tar", TAR_UNCLEAR },
	{ "a/layer.tar", TAR_ROOTFS },
	{ ".", TAR_UNCLEAR },
	{ "./", TAR_UNCLEAR },
	{ "", TAR_UNCLEAR },
	{ "../blobs/", TAR_UNCLEAR },
	{ "a/../../b", TAR_UNCLEAR },
};

START_TEST(names_tell_the_kind)
{
	ck_assert_msg(archive_judge(names[_i].name) == names[_i].want, "%s", names[_i].name);
}
END_TEST

static int file_of(const struct text *bytes)
{
	int fd = memfd_create("archive", MFD_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fd_write_full(fd, bytes->str, bytes->len), 0);
	return fd;
}

static int peek(const struct text *bytes, enum image_codec codec, const volatile sig_atomic_t *stop,
		enum tar_kind *ret, struct err *err)
{
	const struct stream_limits limits = { .size = 1 << 20 };
	AUTO_CLOSE int fd = file_of(bytes);
	const struct stream_source source = { fd, 0, bytes->len, codec };

	return archive_peek(&source, &limits, stop, ret, err);
}

static const struct {
	const char *names[4];
	int want; /* a kind, or a negative errno */
	const char *text;
} peeks[] = {
	{ { "./", "./bin/" }, TAR_ROOTFS },
	{ { "layer.tar", "manifest.json", "bin/" }, TAR_IMAGE },
	{ { "../x", "bin/", "blobs/" }, TAR_ROOTFS },
	{ { "./" }, -EINVAL, "neither an image nor" },
	{ { NULL }, -EINVAL, "nothing in it" },
};

START_TEST(first_names_decide)
{
	AUTO_TEXT struct text tar = { 0 }, gzip = { 0 };
	struct archive *a = tarball_begin(&tar);
	enum tar_kind kind = TAR_UNCLEAR;
	struct err err = { 0 };
	int r;

	for (size_t i = 0; peeks[_i / 2].names[i]; i++)
		tarball_add(a, &(struct pack_node){ .path = peeks[_i / 2].names[i],
						    .mode = S_IFREG | 0644,
						    .content = "x" });
	tarball_end(a);
	compress_gzip(&tar, &gzip);
	r = _i % 2 ? peek(&gzip, CODEC_GZIP, NULL, &kind, &err)
		   : peek(&tar, CODEC_NONE, NULL, &kind, &err);
	if (peeks[_i / 2].want < 0) {
		ck_assert_int_eq(r, peeks[_i / 2].want);
		ck_assert_msg(strstr(err.text, peeks[_i / 2].text), "%s", err.text);
	} else {
		ck_assert_msg(r == 0, "%s", err.text);
		ck_assert_int_eq((int)kind, peeks[_i / 2].want);
	}
}
END_TEST

START_TEST(rubbish_is_no_archive)
{
	AUTO_TEXT struct text text = { 0 }, gzip = { 0 };
	enum tar_kind kind;
	struct err err;
	sig_atomic_t stop = 1;

	for (int i = 0; i < 1000; i++)
		text_add(&text, "this is no tar archive ");
	compress_gzip(&text, &gzip);
	ck_assert_int_eq(peek(&text, CODEC_NONE, NULL, &kind, &err), -EINVAL);
	ck_assert_ptr_nonnull(strstr(err.text, "not a tar archive"));
	ck_assert_int_eq(peek(&gzip, CODEC_GZIP, NULL, &kind, &err), -EINVAL);
	ck_assert_int_eq(peek(&gzip, CODEC_GZIP, &stop, &kind, &err), -EINTR);
	/* damage is said to be damage */
	memset(gzip.str + 10, 0xff, gzip.len - 10);
	ck_assert_int_eq(peek(&gzip, CODEC_GZIP, NULL, &kind, &err), -EBADMSG);
}
END_TEST

static const struct pack_node files[] = {
	{ .path = "a", .mode = 0644, .content = "first" },
	{ .path = "./b", .mode = 0644, .content = "second" },
	{ .path = "a", .mode = 0644, .content = "again" },
	{ .path = "d/l", .mode = S_IFLNK | 0777, .link = "../b" },
	{ .path = "d/m", .mode = S_IFLNK | 0777, .link = "../a" },
	{ .path = "h", .mode = 0644, .hardlink = "b" },
	{ .path = "loop", .mode = S_IFLNK | 0777, .link = "loop" },
	{ .path = "out", .mode = S_IFLNK | 0777, .link = "../b" },
	{ .path = "d", .mode = S_IFDIR | 0755 },
};

static const struct {
	const char *name, *content; /* NULL: not found */
	bool twice;
} finds[] = {
	{ "a", "again", true }, { "b", "second" }, { "./b", "second" }, { "d/l", "second" },
	{ "h", "second" },      { "loop", NULL },  { "out", NULL },     { "d", NULL },
	{ "../b", NULL },       { "c", NULL },     { "", NULL },        { "d/m", "again", true },
};

START_TEST(files_are_found)
{
	AUTO_TEXT struct text tar = { 0 };
	const struct archive_file *file;
	struct archive_map map = { 0 };
	struct err err = { 0 };
	AUTO_CLOSE int fd = -1;
	bool twice;
	int r;

	tarball_make(&tar, files, ARRAY_SIZE(files));
	fd = file_of(&tar);
	r = archive_map_read(fd, NULL, &map, &err);
	ck_assert_msg(r == 0, "%s", err.text);
	for (size_t i = 0; i < ARRAY_SIZE(finds); i++) {
		file = archive_map_find(&map, finds[i].name, &twice);
		ck_assert_msg(!file == !finds[i].content, "%s", finds[i].name);
		ck_assert_int_eq(twice, finds[i].twice);
		if (!file)
			continue;
		ck_assert_uint_eq(file->size, strlen(finds[i].content));
		ck_assert_int_eq(memcmp(tar.str + file->offset, finds[i].content, file->size), 0);
	}
	archive_map_done(&map);
	archive_map_done(&map);
}
END_TEST

START_TEST(cut_archives_are_refused)
{
	AUTO_TEXT struct text tar = { 0 }, big = { 0 };
	struct archive_map map = { 0 };
	struct err err;
	AUTO_CLOSE int fd = -1;
	sig_atomic_t stop = 1;

	for (int i = 0; i < 2000; i++)
		text_add(&big, "content");
	tarball_make(&tar, (struct pack_node[]){ { .path = "a", .content = big.str } }, 1);
	fd = file_of(&tar);
	ck_assert_int_eq(archive_map_read(fd, &stop, &map, &err), -EINTR);
	tar.len = 5000;
	fd_close(&fd);
	fd = file_of(&tar);
	ck_assert_int_eq(archive_map_read(fd, NULL, &map, &err), -EBADMSG);
	ck_assert_ptr_nonnull(strstr(err.text, "'a' goes on beyond the end"));
	ck_assert_ptr_null(map.files);
}
END_TEST

/* 4,000 files with names of 4,000 bytes are 16 MB, and no image. */
START_TEST(names_are_bounded)
{
	AUTO_TEXT struct text tar = { 0 }, name = { 0 };
	struct archive *a = tarball_begin(&tar);
	struct archive_map map = { 0 };
	AUTO_CLOSE int fd = -1;
	struct err err;

	while (name.len < 4000)
		text_add(&name, "blobs/");
	text_add(&name, "x");
	for (int i = 0; i < 4000; i++)
		tarball_add(a, &(struct pack_node){ .path = name.str, .content = "" });
	tarball_end(a);
	fd = file_of(&tar);
	ck_assert_int_eq(archive_map_read(fd, NULL, &map, &err), -EBADMSG);
	ck_assert_ptr_nonnull(strstr(err.text, "bytes of names"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("image/archive");
	TCase *tc = tcase_create("archive");

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, names_tell_the_kind, 0, ARRAY_SIZE(names));
	tcase_add_loop_test(tc, first_names_decide, 0, ARRAY_SIZE(peeks) * 2);
	tcase_add_test(tc, rubbish_is_no_archive);
	tcase_add_test(tc, files_are_found);
	tcase_add_test(tc, cut_archives_are_refused);
	tcase_add_test(tc, names_are_bounded);
	return run_suite(suite);
}
