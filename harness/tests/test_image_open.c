// SPDX-License-Identifier: MIT
/* Tests of image_open(): every form that an image comes in, and what is refused. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "assemble.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "image/image.h"
#include "image/source.h"
#include "runner.h"
#include "scratch.h"

static struct file_list list;

static void teardown(void)
{
	file_list_done(&list);
	scratch_teardown();
}

/* ---- forms ---- */

static void make_layer(struct text *out)
{
	const struct pack_node nodes[] = { { .path = "./", .mode = S_IFDIR | 0755 },
					   { .path = "etc/", .mode = S_IFDIR | 0755 },
					   { .path = "etc/a", .mode = 0644, .content = "a" } };

	tarball_make(out, nodes, ARRAY_SIZE(nodes));
}

static void make_list(void (*assemble)(const struct image_spec *, struct file_list *))
{
	struct image_spec spec = { .tag = "x/a:b", .layer_count = 2, .codecs = { PLAIN, XZ } };

	make_layer(&spec.layers[0]);
	make_layer(&spec.layers[1]);
	assemble(&spec, &list);
	text_done(&spec.layers[0]);
	text_done(&spec.layers[1]);
}

static void docker_old(struct text *out)
{
	make_list(assemble_classic);
	file_list_tar(&list, out);
}

static void docker_new(struct text *out)
{
	make_list(assemble_modern);
	file_list_tar(&list, out);
}

static void oci(struct text *out)
{
	make_list(assemble_modern);
	file_list_remove(&list, "manifest.json");
	file_list_tar(&list, out);
}

static void copied(const struct text *in, struct text *out)
{
	text_addn(out, in->str, in->len);
}

static int file_of(const struct text *bytes)
{
	int fd = memfd_create("image", MFD_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fd_write_full(fd, bytes->str, bytes->len), 0);
	return fd;
}

struct writer {
	int fd;
	const struct text *bytes;
};

static void *write_all(void *arg)
{
	struct writer *w = arg;

	/* whoever reads may stop before the end */
	fd_write_full(w->fd, w->bytes->str, w->bytes->len);
	fd_close(&w->fd);
	return NULL;
}

static int open_bytes(const struct text *bytes, const struct image_open_opts *opts, bool piped,
		      int *ret_fd, struct image **ret, struct err *err)
{
	struct writer writer;
	pthread_t thread;
	int ends[2], r;

	if (!piped) {
		*ret_fd = file_of(bytes);
		return image_open(*ret_fd, "test", opts, ret, err);
	}
	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	writer = (struct writer){ ends[1], bytes };
	ck_assert_int_eq(pthread_create(&thread, NULL, write_all, &writer), 0);
	r = image_open(ends[0], "test", opts, ret, err);
	*ret_fd = ends[0];
	if (r < 0)
		fd_close(ret_fd);
	pthread_join(thread, NULL);
	return r;
}

static const struct image_open_opts usual = { .limits = IMAGE_LIMITS_DEFAULT };

static const struct {
	const char *format;
	void (*make)(struct text *out);
} forms[] = {
	{ "docker-archive", docker_old },
	{ "docker-archive", docker_new },
	{ "oci-archive", oci },
	{ "rootfs-tar", make_layer },
};

static void (*const codecs[])(const struct text *, struct text *) = {
	copied, compress_gzip, compress_zstd, compress_xz, compress_bzip2, compress_lz4,
};

/* The first byte of a layer's blob can be read: the descriptor is open, the offset inside. */
static void check_source(const struct image *image, size_t i)
{
	const struct stream_source *s = image_source(image, i);
	char byte;

	ck_assert_uint_eq(s->size, image_info(image)->layers[i].size);
	ck_assert_int_eq(pread(s->fd, &byte, 1, (off_t)(s->offset + s->size - 1)), 1);
}

START_TEST(every_form_is_recognised)
{
	size_t form = (size_t)_i / 2 / ARRAY_SIZE(codecs);
	AUTO_TEXT struct text plain = { 0 }, bytes = { 0 };
	const struct image_info *info;
	struct image_unpack_stats stats;
	struct image *image = NULL;
	AUTO_CLOSE int fd = -1;
	struct err err = { 0 };
	int r;

	forms[form].make(&plain);
	codecs[(size_t)_i / 2 % ARRAY_SIZE(codecs)](&plain, &bytes);
	r = open_bytes(&bytes, &usual, _i % 2, &fd, &image, &err);
	ck_assert_msg(r == 0, "%s", err.text);
	info = image_info(image);
	ck_assert_str_eq(info->format, forms[form].format);
	if (strcmp(info->format, "rootfs-tar") != 0) {
		ck_assert_uint_eq(info->layer_count, 2);
		ck_assert_str_eq(info->tags[0], "x/a:b");
		ck_assert_str_eq(info->cmd[0], "/bin/sh");
	} else {
		ck_assert_uint_eq(info->layer_count, 1);
		ck_assert_ptr_null(info->env[0]);
		ck_assert_str_eq(info->layers[0].diff_id, "");
	}
	for (size_t i = 0; i < info->layer_count; i++)
		check_source(image, i);
	r = image_unpack(image, root,
			 &(struct image_unpack_opts){ .owners_dropped = geteuid() != 0,
						      .limits = IMAGE_LIMITS_DEFAULT },
			 &stats, &err);
	ck_assert_msg(r == 0, "%s", err.text);
	ck_assert_int_eq(faccessat(root, "etc/a", F_OK, 0), 0);
	image_close(image);
}
END_TEST

/* Every prefix of an archive is an error or an image, and leaves nothing behind. */
START_TEST(cut_off_anywhere)
{
	AUTO_TEXT struct text plain = { 0 }, bytes = { 0 };
	struct err err;

	docker_new(&plain);
	(_i ? compress_zstd : copied)(&plain, &bytes);
	for (size_t len = 0; len < bytes.len; len += 1 + bytes.len / 40) {
		const struct text cut = { .str = bytes.str, .len = len };
		struct image *image = NULL;
		AUTO_CLOSE int fd = -1;

		if (open_bytes(&cut, &usual, false, &fd, &image, &err) < 0)
			ck_assert(err.num == EINVAL || err.num == EBADMSG);
		image_close(image);
	}
}
END_TEST

/* ---- refused ---- */

START_TEST(other_files_are_refused)
{
	int ends[2];
	AUTO_CLOSE int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	struct image *image = NULL;
	struct err err;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	ck_assert_int_eq(image_open(null, "null", &usual, &image, &err), -EINVAL);
	ck_assert_int_eq(image_open(ends[0], "socket", &usual, &image, &err), -EINVAL);
	ck_assert_ptr_nonnull(strstr(err.text, "socket: neither a file"));
	fd_close(&ends[0]);
	fd_close(&ends[1]);
}
END_TEST

static sig_atomic_t stopped = 1;

static const struct {
	void (*make)(struct text *out);
	struct image_open_opts opts;
	bool compressed, piped;
	int want;
	const char *text;
} refusals[] = {
	{ docker_new, { .ref = "c" }, .want = -EINVAL, .text = "it holds x/a:b" },
	{ docker_new, { .platform = "plan9/z80" }, .want = -EINVAL, .text = "not for plan9/z80" },
	{ oci, { .platform = "plan9" }, .want = -EINVAL, .text = "OS/ARCH" },
	{ make_layer, { .ref = "c" }, .want = -EINVAL, .text = "which has no name 'c'" },
	{ docker_new, { .limits.size = 999 }, .piped = true, .want = -EFBIG, .text = "999 bytes" },
	{ docker_new, { .limits.size = 999 }, .compressed = true, .want = -EFBIG, .text = "999" },
	{ docker_new, { .stop = &stopped }, .want = -EINTR, .text = "interrupted" },
	{ docker_new, { .stop = &stopped }, .compressed = true, .want = -EINTR, .text = "interr" },
	{ docker_new, { .stop = &stopped }, .piped = true, .want = -EINTR, .text = "interrupted" },
};

START_TEST(options_are_obeyed)
{
	AUTO_TEXT struct text plain = { 0 }, bytes = { 0 };
	struct image *image = NULL;
	AUTO_CLOSE int fd = -1;
	struct err err = { 0 };

	refusals[_i].make(&plain);
	(refusals[_i].compressed ? compress_gzip : copied)(&plain, &bytes);
	ck_assert_int_eq(open_bytes(&bytes, &refusals[_i].opts, refusals[_i].piped, &fd, &image,
				    &err),
			 refusals[_i].want);
	ck_assert_msg(strstr(err.text, refusals[_i].text), "%s", err.text);
	ck_assert(text_starts(err.text, "test: "));
}
END_TEST

START_TEST(twice_is_refused)
{
	AUTO_TEXT struct text tar = { 0 };
	struct text copy = { 0 };
	struct image *image = NULL;
	AUTO_CLOSE int fd = -1;
	struct err err = { 0 };

	make_list(assemble_classic);
	copied(file_list_find(&list, "manifest.json"), &copy);
	file_list_add(&list, "manifest.json", copy);
	file_list_tar(&list, &tar);
	ck_assert_int_eq(open_bytes(&tar, &usual, false, &fd, &image, &err), -EBADMSG);
	ck_assert_msg(strstr(err.text, "'manifest.json' is in the archive twice"), "%s", err.text);
}
END_TEST

START_TEST(temporary_files_find_a_place)
{
	AUTO_TEXT struct text tar = { 0 };
	struct image *image = NULL;
	AUTO_CLOSE int fd = -1;
	struct err err = { 0 };
	int r;

	docker_old(&tar);
	setenv("TMPDIR", _i ? scratch : "/nonexistent", 1);
	r = open_bytes(&tar, &usual, true, &fd, &image, &err);
	unsetenv("TMPDIR");
	ck_assert_msg(r == 0, "%s", err.text);
	/* without a name: the directory can be removed */
	ck_assert_int_eq(unlinkat(AT_FDCWD, scratch, AT_REMOVEDIR), 0);
	ck_assert_int_eq(mkdir(scratch, 0700), 0);
	image_close(image);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("image/open");
	TCase *tc = tcase_create("open");

	/* who reads the pipe may close it first */
	signal(SIGPIPE, SIG_IGN);
	suite_add_tcase(suite, tc);
	tcase_add_checked_fixture(tc, scratch_setup, teardown);
	tcase_add_loop_test(tc, every_form_is_recognised, 0,
			    ARRAY_SIZE(forms) * ARRAY_SIZE(codecs) * 2);
	tcase_add_loop_test(tc, cut_off_anywhere, 0, 2);
	tcase_add_test(tc, other_files_are_refused);
	tcase_add_loop_test(tc, options_are_obeyed, 0, ARRAY_SIZE(refusals));
	tcase_add_test(tc, twice_is_refused);
	tcase_add_loop_test(tc, temporary_files_find_a_place, 0, 2);
	return run_suite(suite);
}
