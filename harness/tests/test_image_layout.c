// SPDX-License-Identifier: MIT
/* Tests of image_open() with the directory of an OCI layout: nothing outside of it is read. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "assemble.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "image/image.h"
#include "image/source.h"
#include "runner.h"
#include "scratch.h"

static const struct image_open_opts usual = { .limits = IMAGE_LIMITS_DEFAULT };
static struct file_list list;

static void teardown(void)
{
	file_list_done(&list);
	scratch_teardown();
}

/* Writes the files of the list below the scratch directory. */
static void write_layout(void)
{
	struct image_spec spec = { .tag = "x/a:b", .layer_count = 2, .codecs = { PLAIN, XZ } };
	const struct pack_node node = { .path = "a", .mode = 0644, .content = "a" };

	tarball_make(&spec.layers[0], &node, 1);
	tarball_make(&spec.layers[1], &node, 1);
	assemble_modern(&spec, &list);
	text_done(&spec.layers[0]);
	text_done(&spec.layers[1]);
	ck_assert_int_eq(mkdirat(root, "blobs", 0755), 0);
	ck_assert_int_eq(mkdirat(root, "blobs/sha256", 0755), 0);
	for (size_t i = 0; i < list.count; i++) {
		const struct text *bytes = &list.files[i].bytes;
		AUTO_CLOSE int fd = -1;

		if (text_ends(list.files[i].name, "/"))
			continue;
		fd = openat(root, list.files[i].name, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
		ck_assert_int_ge(fd, 0);
		ck_assert_int_eq(fd_write_full(fd, bytes->str, bytes->len), 0);
	}
}

START_TEST(layout_directory)
{
	struct image *image = NULL;
	struct err err = { 0 };
	int r;

	write_layout();
	r = image_open(root, "layout", &usual, &image, &err);
	ck_assert_msg(r == 0, "%s", err.text);
	ck_assert_str_eq(image_info(image)->format, "oci-layout");
	ck_assert_uint_eq(image_info(image)->layer_count, 2);
	for (size_t i = 0; i < 2; i++) {
		const struct stream_source *s = image_source(image, i);
		struct stat st;

		ck_assert_int_eq(fstat(s->fd, &st), 0);
		ck_assert_uint_eq((uint64_t)st.st_size, s->size);
		ck_assert_uint_eq(s->offset, 0);
	}
	image_close(image);
}
END_TEST

/* The name of a layer's blob: the largest file there is. */
static const char *a_layer(void)
{
	const char *name = NULL;
	size_t most = 0;

	for (size_t i = 0; i < list.count; i++) {
		if (list.files[i].bytes.len <= most)
			continue;
		most = list.files[i].bytes.len;
		name = list.files[i].name;
	}
	return name;
}

static void links_to_a_copy(const char *name)
{
	ck_assert_int_eq(renameat(root, name, root, "copy"), 0);
	ck_assert_int_eq(symlinkat("../../copy", root, name), 0);
}

static void links_below(const char *name)
{
	(void)name;
	ck_assert_int_eq(renameat(root, "blobs", root, "elsewhere"), 0);
	ck_assert_int_eq(symlinkat("elsewhere", root, "blobs"), 0);
}

static void is_a_fifo(const char *name)
{
	ck_assert_int_eq(unlinkat(root, name, 0), 0);
	ck_assert_int_eq(mkfifoat(root, name, 0644), 0);
}

static void is_a_directory(const char *name)
{
	ck_assert_int_eq(unlinkat(root, name, 0), 0);
	ck_assert_int_eq(mkdirat(root, name, 0755), 0);
}

static void is_missing(const char *name)
{
	ck_assert_int_eq(unlinkat(root, name, 0), 0);
}

static void is_longer(const char *name)
{
	AUTO_CLOSE int fd = openat(root, name, O_WRONLY | O_APPEND | O_CLOEXEC);

	ck_assert_int_eq(fd_write_full(fd, "x", 1), 0);
}

/* The same length, another content: only the digest tells. */
static void manifest_is_another(const char *name)
{
	for (size_t i = 0; i < list.count; i++) {
		const struct text *bytes = &list.files[i].bytes;
		AUTO_CLOSE int fd = -1;

		if (!text_starts(list.files[i].name, "blobs/") || !bytes->len ||
		    !memmem(bytes->str, bytes->len, "\"layers\":[", 10))
			continue;
		name = list.files[i].name;
		fd = openat(root, name, O_WRONLY | O_CLOEXEC);
		ck_assert_int_eq(pwrite(fd, "\n", 1, (off_t)bytes->len - 1), 1);
	}
}

static void has_no_index(const char *name)
{
	(void)name;
	ck_assert_int_eq(unlinkat(root, "index.json", 0), 0);
}

static void index_is_a_link(const char *name)
{
	(void)name;
	ck_assert_int_eq(unlinkat(root, "index.json", 0), 0);
	ck_assert_int_eq(symlinkat("/etc/passwd", root, "index.json"), 0);
}

static const struct {
	void (*change)(const char *layer);
	int want;
	const char *text;
} changes[] = {
	{ links_to_a_copy, -EBADMSG, "is a symbolic link" },
	{ links_below, -EBADMSG, "is a symbolic link" },
	{ is_a_fifo, -EBADMSG, "is not a regular file" },
	{ is_a_directory, -EBADMSG, "is not a regular file" },
	{ is_missing, -EBADMSG, "is missing in the layout" },
	{ is_longer, -EBADMSG, "bytes instead of" },
	{ manifest_is_another, -EBADMSG, "digest is" },
	{ has_no_index, -EINVAL, "no index.json" },
	{ index_is_a_link, -EBADMSG, "'index.json' is a symbolic link" },
};

START_TEST(layout_directory_refused)
{
	struct image *image = NULL;
	struct err err = { 0 };

	write_layout();
	changes[_i].change(a_layer());
	ck_assert_int_eq(image_open(root, "layout", &usual, &image, &err), changes[_i].want);
	ck_assert_msg(strstr(err.text, changes[_i].text), "%s", err.text);
	ck_assert_ptr_null(image);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("image/layout");
	TCase *tc = tcase_create("layout");

	suite_add_tcase(suite, tc);
	tcase_add_checked_fixture(tc, scratch_setup, teardown);
	tcase_add_test(tc, layout_directory);
	tcase_add_loop_test(tc, layout_directory_refused, 0, ARRAY_SIZE(changes));
	return run_suite(suite);
}
