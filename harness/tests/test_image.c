// SPDX-License-Identifier: MIT
/* Tests of image as a whole: archives made in memory, unpacked into a scratch directory. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "assemble.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "image/image.h"
#include "image/tree.h"
#include "runner.h"

#define REG(name)                                                                                  \
	{                                                                                          \
		.path = name, .mode = 0644, .content = name                                        \
	}
#define DIR(name)                                                                                  \
	{                                                                                          \
		.path = name, .mode = S_IFDIR | 0755                                               \
	}
#define LINK(from, to)                                                                             \
	{                                                                                          \
		.path = from, .mode = S_IFLNK | 0777, .link = to                                   \
	}

static char scratch[] = "/tmp/nsproof-test-image-XXXXXX";
static int root = -1;
static size_t fds; /* open before the test */

static size_t open_fds(void)
{
	AUTO_DIR DIR *list = opendir("/proc/self/fd");
	size_t count = 0;

	while (readdir(list))
		count++;
	return count;
}

static void setup(void)
{
	fds = open_fds();
	strcpy(scratch + strlen(scratch) - 6, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(scratch));
	root = open(scratch, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(root, 0);
}

static void teardown(void)
{
	struct err err;

	ck_assert_int_eq(tree_remove_below(root, &err), 0);
	fd_close(&root);
	ck_assert_uint_eq(open_fds(), fds);
	ck_assert_int_eq(rmdir(scratch), 0);
}

static bool exists(const char *path)
{
	return faccessat(root, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Unpacks the archive and gives what image_open() or image_unpack() returned. */
static int unpack_tar(const struct text *tar, const struct image_unpack_opts *opts, struct err *err)
{
	AUTO_CLOSE int fd = memfd_create("image", MFD_CLOEXEC);
	struct image_unpack_stats stats;
	struct image *image = NULL;
	int r;

	ck_assert_int_eq(fd_write_full(fd, tar->str, tar->len), 0);
	r = image_open(fd, "test.tar", &(struct image_open_opts){ .limits = IMAGE_LIMITS_DEFAULT },
		       &image, err);
	if (r == 0)
		r = image_unpack(image, root, opts, &stats, err);
	image_close(image);
	return r;
}

static const struct image_unpack_opts *usual_opts(void)
{
	static struct image_unpack_opts opts;

	opts.owners_dropped = geteuid() != 0;
	return &opts;
}

/* Assembles the layers, which it takes over, and unpacks them. */
static int unpack_spec(struct image_spec *spec, struct err *err)
{
	static struct file_list list;
	AUTO_TEXT struct text tar = { 0 };
	int r;

	spec->tag = "a:b";
	assemble_classic(spec, &list);
	file_list_tar(&list, &tar);
	r = unpack_tar(&tar, usual_opts(), err);
	file_list_done(&list);
	for (size_t i = 0; i < spec->layer_count; i++)
		text_done(&spec->layers[i]);
	return r;
}

#define NODES_ROOM 6

/* Layers of a few entries, and what the tree has afterwards: "path" or "-path", which is absent. */
static const struct {
	struct pack_node layers[3][NODES_ROOM];
	const char *tree[8];
} trees[] = {
	/* a whiteout counts for lower layers, wherever in its layer it stands */
	{ { { REG("a"), REG("b") }, { REG(".wh.a"), REG("c") } }, { "-a", "b", "c", "-.wh.a" } },
	{ { { REG("a") }, { REG(".wh.a"), REG("a") } }, { "a" } },
	{ { { REG("a") }, { REG("a"), REG(".wh.a") } }, { "a" } },
	{ { { DIR("d/"), REG("d/a") }, { REG("d/b"), REG(".wh.d") } }, { "-d/a", "d/b" } },
	{ { { DIR("d/"), REG("d/a") }, { DIR("d/"), REG(".wh.d") } }, { "d", "-d/a" } },
	{ { { REG("d/e/f/a") }, { REG(".wh.d") } }, { "-d" } },
	/* so does an opaque directory */
	{ { { REG("d/a") }, { DIR("d/"), REG("d/.wh..wh..opq"), REG("d/b") } }, { "-d/a", "d/b" } },
	{ { { REG("d/a") }, { DIR("d/"), REG("d/b"), REG("d/.wh..wh..opq") } }, { "-d/a", "d/b" } },
	{ { { REG("d/e/a"), REG("d/f/a") }, { REG("d/e/b"), REG("d/.wh..wh..opq") } },
	  { "-d/e/a", "d/e/b", "-d/f" } },
	{ { { REG("a"), REG("d/b") }, { REG(".wh..wh..opq"), REG("c") } }, { "-a", "-d", "c" } },
	/* the next layer is a layer of its own */
	{ { { REG("a") }, { REG("b") }, { REG(".wh.b"), REG(".wh.a") } }, { "-a", "-b" } },
	{ { { REG("a") }, { REG(".wh.a") }, { REG("a") } }, { "a" } },
	/* nothing to remove */
	{ { { REG("a") }, { REG(".wh.x"), REG("no/.wh.x"), REG("no/.wh..wh..opq") } },
	  { "a", "-no" } },
	/* one directory under two names */
	{ { { DIR("d/"), REG("d/a"), LINK("l", "d") }, { REG("l/b"), REG("d/.wh..wh..opq") } },
	  { "-d/a", "d/b" } },
	{ { { DIR("d/"), REG("d/a"), LINK("l", "/d") }, { REG("l/.wh.a") } }, { "-d/a", "l" } },
	/* a type replaces another */
	{ { { REG("a") }, { DIR("a/"), REG("a/b") } }, { "a/b" } },
	{ { { REG("a/b") }, { REG("a") } }, { "a", "-a/b" } },
	{ { { REG("a/b"), LINK("l", "a") }, { DIR("l/"), REG("l/c") } }, { "a/b", "-a/c", "l/c" } },
	{ { { REG("a/b") }, { LINK("a", "c"), REG("c/d") } }, { "c/d", "-a/b", "a/d" } },
	{ { { REG("a"), REG("a") }, { LINK("a", "x"), LINK("a", "y") } }, { "a" } },
	/* bookkeeping of old engines */
	{ { { REG(".wh..wh.aufs"), DIR(".wh..wh.plnk/"), REG(".wh..wh.plnk/1.2") } },
	  { "-.wh..wh.aufs", "-.wh..wh.plnk" } },
	/* a hard link survives the other name; one that is replaced leaves the other alone */
	{ { { REG("a") }, { { .path = "b", .hardlink = "a" } }, { REG(".wh.a") } }, { "b", "-a" } },
};

START_TEST(layers_give_the_tree)
{
	struct image_spec spec = { 0 };
	struct err err = { 0 };
	int r;

	for (size_t i = 0; i < 3 && trees[_i].layers[i][0].path; i++) {
		size_t count = 0;

		while (count < NODES_ROOM && trees[_i].layers[i][count].path)
			count++;
		tarball_make(&spec.layers[spec.layer_count++], trees[_i].layers[i], count);
	}
	r = unpack_spec(&spec, &err);
	ck_assert_msg(r == 0, "%s", err.text);
	for (const char *const *path = trees[_i].tree; *path; path++)
		ck_assert_msg(exists(*path + (**path == '-')) == (**path != '-'), "%s", *path);
}
END_TEST

/* One 512-byte header by hand: what the libraries would not write. */
static void raw_header(struct text *tar, const char *name, char type, size_t size)
{
	char h[512] = { 0 }, sum_text[8];
	unsigned int sum = 0;

	snprintf(h, 100, "%s", name);
	snprintf(h + 100, 8, "%07o", 0644);
	snprintf(h + 108, 8, "%07o", 0);
	snprintf(h + 116, 8, "%07o", 0);
	snprintf(h + 124, 12, "%011zo", size);
	snprintf(h + 136, 12, "%011o", 0);
	memset(h + 148, ' ', 8);
	h[156] = type;
	memcpy(h + 257, "ustar\00000", 8);
	for (size_t i = 0; i < sizeof(h); i++)
		sum += (unsigned char)h[i];
	snprintf(sum_text, sizeof(sum_text), "%06o", sum);
	memcpy(h + 148, sum_text, 7);
	text_addn(tar, h, sizeof(h));
}

static void pad(struct text *tar)
{
	static const char zeroes[512];

	text_addn(tar, zeroes, (512 - tar->len % 512) % 512);
}

/* Go writes every name beyond ASCII as UTF-8 into an extended header. */
static struct text named_layer(const char *name)
{
	struct text tar = { 0 };
	char record[64];
	int len = snprintf(record, sizeof(record), "00 path=%s\n", name);

	snprintf(record, sizeof(record), "%02d path=%s\n", len, name);
	raw_header(&tar, "PaxHeaders", 'x', (size_t)len);
	text_addn(&tar, record, (size_t)len);
	pad(&tar);
	raw_header(&tar, "fallback", '0', 0);
	return tar;
}

static const char *const odd_names[] = { "caf\u00e9", "cafe\u0301", "\xff\xfe", "new\nline" };
static const char *const locales[] = { "C", "C.UTF-8" };

START_TEST(names_keep_their_bytes)
{
	const char *name = odd_names[_i / 2];
	struct image_spec spec = { .layer_count = 1 };
	struct err err = { 0 };
	int r;

	setlocale(LC_ALL, locales[_i % 2]);
	spec.layers[0] = named_layer(name);
	r = unpack_spec(&spec, &err);
	setlocale(LC_ALL, "C");
	ck_assert_msg(r == 0, "%s", err.text);
	ck_assert(exists(name));
	ck_assert(!exists("fallback"));
}
END_TEST

/* An archive whose only layer is this blob, which the names in it say nothing about. */
static int unpack_blob(const struct text *blob, const struct text *layer, struct err *err)
{
	struct image_spec spec = { .tag = "a:b", .layer_count = 1 };
	static struct file_list list;
	AUTO_TEXT struct text tar = { 0 };
	int r;

	spec.layers[0] = *layer;
	assemble_classic(&spec, &list);
	for (size_t i = 0; i < list.count; i++)
		if (text_ends(list.files[i].name, "/layer.tar")) {
			list.files[i].bytes.len = 0;
			text_addn(&list.files[i].bytes, blob->str, blob->len);
		}
	file_list_tar(&list, &tar);
	r = unpack_tar(&tar, usual_opts(), err);
	file_list_done(&list);
	return r;
}

START_TEST(compressed_streams)
{
	AUTO_TEXT struct text layer = { 0 }, blob = { 0 }, half = { 0 };
	const struct pack_node nodes[] = { REG("a"), REG("b") };
	void (*compress)(const struct text *, struct text *) = _i ? compress_zstd : compress_gzip;
	struct err err = { 0 };

	tarball_make(&layer, nodes, ARRAY_SIZE(nodes));
	/* in two parts, one after the other */
	text_addn(&half, layer.str, 700);
	compress(&half, &blob);
	half.len = 0;
	text_addn(&half, layer.str + 700, layer.len - 700);
	compress(&half, &blob);
	ck_assert_int_eq(unpack_blob(&blob, &layer, &err), 0);
	ck_assert(exists("a") && exists("b"));

	for (size_t cut = 5; cut < blob.len; cut += 7) {
		const struct text shorter = { .str = blob.str, .len = cut };

		ck_assert_int_eq(unpack_blob(&shorter, &layer, &err), -EBADMSG);
	}
	text_add(&blob, "rubbish");
	ck_assert_int_eq(unpack_blob(&blob, &layer, &err), -EBADMSG);
}
END_TEST

/* More directories in use at a time than are kept open: what is waited for is no failure. */
START_TEST(many_directories_leave_no_error)
{
	struct image_spec spec = { .layer_count = 1 };
	struct archive *a = tarball_begin(&spec.layers[0]);
	struct err err = { 0 };
	char path[32];

	for (int i = 0; i < 300; i++) {
		snprintf(path, sizeof(path), "dir-%d/file", i);
		tarball_add(a, &(struct pack_node){ .path = path, .mode = 0644, .content = "x" });
	}
	tarball_end(a);
	ck_assert_int_eq(unpack_spec(&spec, &err), 0);
	ck_assert_msg(err.num == 0, "%s", err.text);
	ck_assert(exists("dir-299/file"));
}
END_TEST

START_TEST(an_empty_layer_is_fine)
{
	struct image_spec spec = { .layer_count = 2 };
	struct err err = { 0 };
	char zeroes[1024] = { 0 };
	int r;

	text_add(&spec.layers[0], "");
	text_addn(&spec.layers[1], zeroes, sizeof(zeroes));
	r = unpack_spec(&spec, &err);
	ck_assert_msg(r == 0, "%s", err.text);
}
END_TEST

START_TEST(rubbish_is_no_layer)
{
	struct image_spec spec = { .layer_count = 1 };
	struct err err = { 0 };

	text_add(&spec.layers[0], "this is no tar archive");
	ck_assert_int_eq(unpack_spec(&spec, &err), -EBADMSG);
	ck_assert_ptr_nonnull(strstr(err.text, "test.tar: layer 1 (sha256:"));
}
END_TEST

/* Each link leads 200 directories further down; at the end the path is far over every limit. */
START_TEST(deep_trees_are_refused)
{
	struct image_spec spec = { .layer_count = 1 };
	struct archive *a = tarball_begin(&spec.layers[0]);
	AUTO_TEXT struct text dirs = { 0 };
	struct err err = { 0 };
	char from[16], to[600], name[600];
	int r;

	for (int i = 0; i < 200; i++)
		text_add(&dirs, "d/");
	for (int i = 0; i < 10; i++) {
		const struct pack_node dir = { .path = name, .mode = S_IFDIR | 0755 };
		const struct pack_node link = { .path = from, .mode = S_IFLNK | 0777, .link = to };

		snprintf(name, sizeof(name), "%s%d%s%s", i ? "l" : "", i, i ? "/" : "", dirs.str);
		if (!i)
			snprintf(name, sizeof(name), "%s", dirs.str);
		tarball_add(a, &dir);
		snprintf(from, sizeof(from), "l%d", i + 1);
		snprintf(to, sizeof(to), "%s%d%s%s", i ? "l" : "", i, i ? "/" : "", dirs.str);
		if (!i)
			snprintf(to, sizeof(to), "%s", dirs.str);
		tarball_add(a, &link);
	}
	tarball_end(a);
	r = unpack_spec(&spec, &err);
	ck_assert_int_eq(r, -EBADMSG);
	ck_assert_msg(strstr(err.text, "deeper than"), "%s", err.text);
}
END_TEST

START_TEST(stops_when_told)
{
	const struct pack_node nodes[] = { REG("a") };
	struct image_spec spec = { .tag = "a:b", .layer_count = 1 };
	struct image_unpack_opts opts = *usual_opts();
	static struct file_list list;
	AUTO_TEXT struct text tar = { 0 };
	sig_atomic_t stop = 1;
	struct err err = { 0 };

	opts.stop = &stop;
	tarball_make(&spec.layers[0], nodes, 1);
	assemble_modern(&spec, &list);
	file_list_tar(&list, &tar);
	ck_assert_int_eq(unpack_tar(&tar, &opts, &err), -EINTR);
	stop = 0;
	ck_assert_int_eq(unpack_tar(&tar, &opts, &err), 0);
	file_list_done(&list);
	text_done(&spec.layers[0]);
}
END_TEST

/* Whichever byte of an archive is wrong: an error or a tree, never a crash (the sanitizers look
 * on).
 */
START_TEST(any_flipped_byte_is_survived)
{
	const struct pack_node nodes[] = { REG("a"), DIR("d/"), LINK("l", "d"), REG("l/b") };
	struct image_spec spec = { .tag = "a:b", .layer_count = 1, .codecs = { ZSTD } };
	static struct file_list list;
	AUTO_TEXT struct text tar = { 0 };
	struct err err = { 0 };

	tarball_make(&spec.layers[0], nodes, ARRAY_SIZE(nodes));
	(_i ? assemble_modern : assemble_classic)(&spec, &list);
	file_list_tar(&list, &tar);
	for (size_t at = 0; at < tar.len; at += 13) {
		tar.str[at] ^= (char)(1 + at % 255);
		if (unpack_tar(&tar, usual_opts(), &err) < 0)
			ck_assert_int_gt(err.num, 0);
		tar.str[at] ^= (char)(1 + at % 255);
	}
	file_list_done(&list);
	text_done(&spec.layers[0]);
}
END_TEST

START_TEST(owners_are_shifted)
{
	const struct pack_node nodes[] = { { .path = "a", .uid = 1, .gid = 70000 },
					   { .path = "d/", .mode = S_IFDIR | 0700, .uid = 5 } };
	const struct image_unpack_opts opts = { .id_shift = 100000, .id_count = 65536 };
	struct image_spec spec = { .tag = "a:b", .layer_count = 1 };
	static struct file_list list;
	AUTO_TEXT struct text tar = { 0 };
	struct err err = { 0 };
	struct stat st;

	if (geteuid() != 0)
		return; /* only root can give files away */
	tarball_make(&spec.layers[0], nodes, ARRAY_SIZE(nodes));
	assemble_classic(&spec, &list);
	file_list_tar(&list, &tar);
	ck_assert_int_eq(unpack_tar(&tar, &opts, &err), 0);
	ck_assert_int_eq(fstatat(root, "a", &st, 0), 0);
	ck_assert_uint_eq(st.st_uid, 100001);
	ck_assert_uint_eq(st.st_gid, 100000); /* 70000 is not among the ids */
	ck_assert_int_eq(fstatat(root, "d", &st, 0), 0);
	ck_assert_uint_eq(st.st_uid, 100005);
	file_list_done(&list);
	text_done(&spec.layers[0]);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("image");
	TCase *tc = tcase_create("image");

	suite_add_tcase(suite, tc);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, layers_give_the_tree, 0, ARRAY_SIZE(trees));
	tcase_add_loop_test(tc, names_keep_their_bytes, 0, ARRAY_SIZE(odd_names) * 2);
	tcase_add_loop_test(tc, compressed_streams, 0, 2);
	tcase_add_test(tc, an_empty_layer_is_fine);
	tcase_add_test(tc, many_directories_leave_no_error);
	tcase_add_test(tc, rubbish_is_no_layer);
	tcase_add_test(tc, deep_trees_are_refused);
	tcase_add_test(tc, stops_when_told);
	tcase_add_loop_test(tc, any_flipped_byte_is_survived, 0, 2);
	tcase_add_test(tc, owners_are_shifted);
	return run_suite(suite);
}
