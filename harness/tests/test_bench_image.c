// SPDX-License-Identifier: MIT
/* Tests of what unpacking is measured with: images of shapes, sums over trees, the floor. */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "bench/image_make.h"
#include "bench/image_tree.h"
#include "image/tree.h"
#include "runner.h"

static char scratch[64];
static int root = -1;

static void setup(void)
{
	/* in memory: ext4 needs half a minute for it when much has just been removed */
	const char *dir = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";

	snprintf(scratch, sizeof(scratch), "%s/nsproof-test-bench-XXXXXX", dir);
	ck_assert_ptr_nonnull(mkdtemp(scratch));
	root = open(scratch, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(root, 0);
}

static void teardown(void)
{
	struct err err;

	ck_assert_int_eq(tree_remove_below(root, &err), 0);
	fd_close(&root);
	ck_assert_int_eq(rmdir(scratch), 0);
}

static int make_dir(const char *name)
{
	int fd;

	ck_assert_int_eq(mkdirat(root, name, 0755), 0);
	fd = openat(root, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	return fd;
}

static uint64_t sum_of(const char *path, mode_t type, const char *content, size_t len)
{
	struct tree_facts f = { 0 };

	tree_facts_add(&f, path, type, content, len);
	return f.sum;
}

START_TEST(a_sum_tells_entries_apart)
{
	uint64_t sum = sum_of("a/b", S_IFREG, "content 1", 9);

	ck_assert_uint_eq(sum, sum_of("a/b", S_IFREG | 0644, "content 1", 9));
	ck_assert_uint_ne(sum, sum_of("a/c", S_IFREG, "content 1", 9));
	ck_assert_uint_ne(sum, sum_of("a/b", S_IFLNK, "content 1", 9));
	ck_assert_uint_ne(sum, sum_of("a/b", S_IFREG, "content 2", 9));
	ck_assert_uint_ne(sum, sum_of("a/b", S_IFREG, "Content 1", 9));
	ck_assert_uint_ne(sum, sum_of("a/b", S_IFREG, "content 1", 8));
	/* the last word is filled up with zeroes, which must not be taken for content */
	ck_assert_uint_ne(sum_of("a", S_IFREG, "x", 1), sum_of("a", S_IFREG, "x\0", 2));
}
END_TEST

START_TEST(the_order_does_not_matter)
{
	struct tree_facts one = { 0 }, other = { 0 };

	tree_facts_add(&one, "a", S_IFREG, "1", 1);
	tree_facts_add(&one, "b", S_IFDIR, NULL, 0);
	tree_facts_add(&one, "c", S_IFLNK, "target", 6);
	tree_facts_add(&other, "c", S_IFLNK, "target", 6);
	tree_facts_add(&other, "a", S_IFREG, "1", 1);
	tree_facts_add(&other, "b", S_IFDIR, NULL, 0);
	ck_assert_mem_eq(&one, &other, sizeof(one));
	ck_assert_uint_eq(one.entries, 3);
	ck_assert_uint_eq(one.bytes, 1);
}
END_TEST

static int unpack(const struct made_image *made, int target, struct err *err)
{
	AUTO_CLOSE int fd = open(made->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const struct image_open_opts opening = { .limits = IMAGE_LIMITS_DEFAULT };
	const struct image_unpack_opts unpacking = { .limits = IMAGE_LIMITS_DEFAULT,
						     .owners_dropped = true };
	struct image_unpack_stats stats;
	struct image *image = NULL;
	int r = image_open(fd, "image", &opening, &image, err);

	r = r < 0 ? r : image_unpack(image, target, &unpacking, &stats, err);
	image_close(image);
	return r;
}

static const struct {
	enum image_shape shape;
	enum image_codec codec;
	uint64_t entries;
} images[] = {
	{ SHAPE_DEEP, CODEC_NONE, 2000 },
	/* a directory for each layer, and what the next one has not removed */
	{ SHAPE_LAYERS, CODEC_GZIP, 30 + 100 + 29 * 67 - 29 * 16 },
	{ SHAPE_LAYERS, CODEC_ZSTD, 30 + 100 + 29 * 67 - 29 * 16 },
	{ SHAPE_DEEP, CODEC_XZ, 2000 },
	{ SHAPE_DEEP, CODEC_BZIP2, 2000 },
	{ SHAPE_DEEP, CODEC_LZ4, 2000 },
};

START_TEST(unpacking_gives_what_was_packed)
{
	AUTO_CLOSE int target = make_dir("unpacked");
	AUTO_CLOSE int copy = make_dir("copy");
	struct tree_list list = { 0 }, copied = { 0 };
	struct made_image made, again;
	struct tree_facts got;
	struct err err = { 0 };
	int r = image_make(scratch, images[_i].shape, images[_i].codec, &made, &err);

	ck_assert_msg(r == 0, "%s", err.text);
	ck_assert_msg(unpack(&made, target, &err) == 0, "%s", err.text);
	ck_assert_int_eq(tree_read(target, &list, &got, &err), 0);
	ck_assert_mem_eq(&got, &made.facts, sizeof(got));
	ck_assert_uint_eq(got.entries, images[_i].entries);
	/* a second scenario finds the image */
	ck_assert_int_eq(image_make(scratch, images[_i].shape, images[_i].codec, &again, &err), 0);
	ck_assert_mem_eq(&again.facts, &made.facts, sizeof(got));
	ck_assert_str_eq(again.manifest, made.manifest);
	/* the floor writes as many entries and bytes */
	ck_assert_msg(tree_write(&list, copy, &err) == 0, "%s", err.text);
	ck_assert_int_eq(tree_read(copy, &copied, &got, &err), 0);
	ck_assert_uint_eq(got.entries, made.facts.entries);
	ck_assert_uint_eq(got.bytes, made.facts.bytes);
	for (size_t i = 0; i < list.count; i++) {
		ck_assert_str_eq(copied.items[i].name, list.items[i].name);
		ck_assert_uint_eq(copied.items[i].mode & S_IFMT, list.items[i].mode & S_IFMT);
		ck_assert_uint_eq(copied.items[i].depth, list.items[i].depth);
	}
	tree_list_done(&list);
	tree_list_done(&copied);
}
END_TEST

/* What was read is written again with its links, and a change of a byte shows. */
START_TEST(links_and_contents_count)
{
	AUTO_CLOSE int tree = make_dir("tree");
	AUTO_CLOSE int copy = make_dir("copy");
	struct tree_list list = { 0 }, ignored = { 0 };
	struct tree_facts first, second;
	char target[16] = "";
	struct err err = { 0 };
	int fd = openat(tree, "file", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	ck_assert_int_eq(fd_write_full(fd, "some bytes", 10), 0);
	ck_assert_int_eq(symlinkat("file", tree, "link"), 0);
	ck_assert_int_eq(tree_read(tree, &list, &first, &err), 0);
	ck_assert_uint_eq(first.entries, 2);
	ck_assert_uint_eq(first.bytes, 10);
	ck_assert_int_eq(tree_write(&list, copy, &err), 0);
	ck_assert_int_eq(readlinkat(copy, "link", target, sizeof(target)), 4);
	ck_assert_str_eq(target, "file");
	ck_assert_int_eq(tree_write(&list, copy, &err), -EEXIST);
	ck_assert_int_eq(pwrite(fd, "S", 1, 0), 1);
	close(fd);
	ck_assert_int_eq(tree_read(tree, &ignored, &second, &err), 0);
	ck_assert_uint_eq(second.entries, 2);
	ck_assert_uint_ne(first.sum, second.sum);
	tree_list_done(&list);
	tree_list_done(&ignored);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("bench_image");
	TCase *tc = tcase_create("bench_image");

	suite_add_tcase(suite, tc);
	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_sum_tells_entries_apart);
	tcase_add_test(tc, the_order_does_not_matter);
	tcase_add_loop_test(tc, unpacking_gives_what_was_packed, 0, ARRAY_SIZE(images));
	tcase_add_test(tc, links_and_contents_count);
	return run_suite(suite);
}
