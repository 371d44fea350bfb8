// SPDX-License-Identifier: MIT
/* Tests of image/stream and its codecs: whole, cut, flipped, too large, in several members. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "image/codec.h"
#include "image/stream.h"
#include "runner.h"
#include "tarball.h"

#define MIB ((size_t)1 << 20)

/* Of bytes that make a blob of more than 1 MiB, which is read by threads. */
#define LARGE (MIB + MIB / 3)

typedef void compress_fn(const struct text *in, struct text *out);

static void compress_none(const struct text *in, struct text *out)
{
	if (in->len)
		text_addn(out, in->str, in->len);
}

static compress_fn *const compressors[CODEC_COUNT] = {
	compress_none, compress_gzip, compress_zstd, compress_xz, compress_bzip2, compress_lz4
};

static const struct stream_limits no_limits;

/* How a stream went. */
struct result {
	int error; /* 0: read to the end, and the digests are there */
	struct text tar;
	char blob_digest[DIGEST_SIZE], tar_digest[DIGEST_SIZE];
	struct err err;
};

/* Bytes with some order in them, so that every codec has something to do; `seed` makes them new. */
static void add_bytes(struct text *t, size_t len, uint32_t seed)
{
	char *buf = malloc(len + 4);

	ck_assert_ptr_nonnull(buf);
	for (size_t i = 0; i < len; i += 4) {
		seed = seed * 1664525 + 1013904223;
		memcpy(buf + i, &(uint32_t){ (seed >> 16) % 7 ? seed : seed >> 24 }, 4);
	}
	text_addn(t, buf, len);
	free(buf);
}

/* The blob in a file, not at its beginning. */
static int file_of(const struct text *blob, struct stream_source *source)
{
	int fd = memfd_create("blob", MFD_CLOEXEC);
	struct err err;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pwrite(fd, blob->str, blob->len, 512), (ssize_t)blob->len);
	ck_assert_int_eq(pwrite(fd, "behind", 6, 512 + (off_t)blob->len), 6);
	*source = (struct stream_source){ fd, 512, blob->len, CODEC_NONE };
	ck_assert_int_eq(stream_codec(fd, 512, blob->len, &source->codec, &err), 0);
	return fd;
}

static int read_all(struct stream *s, struct text *ret, struct err *err)
{
	const void *piece;
	ssize_t got;

	while ((got = stream_next(s, &piece, err)) > 0)
		text_addn(ret, piece, (size_t)got);
	/* the end stays the end, a failure a failure */
	ck_assert_int_eq(stream_next(s, &piece, err), got);
	ck_assert(!ret->failed);
	return (int)got;
}

static void run(const struct stream_source *source, const struct stream_limits *limits,
		struct result *ret)
{
	AUTO_STREAM struct stream *s = NULL;

	*ret = (struct result){ 0 };
	ret->error = stream_open(source, limits, &s, &ret->err);
	if (ret->error < 0)
		return;
	ret->error = read_all(s, &ret->tar, &ret->err);
	if (ret->error < 0) {
		ck_assert_int_eq(ret->error, -ret->err.num);
		ck_assert_uint_gt(strlen(ret->err.text), 0);
		return;
	}
	ck_assert_uint_eq(stream_position(s), source->size);
	ck_assert_int_eq(stream_tar_digest(s, ret->tar_digest, &ret->err), 0);
	if (source->codec == CODEC_NONE)
		memcpy(ret->blob_digest, ret->tar_digest, DIGEST_SIZE);
	else
		ck_assert_int_eq(stream_blob_digest(s, ret->blob_digest, &ret->err), 0);
}

static void unpack(const struct text *blob, struct result *ret)
{
	struct stream_source source;
	int fd = file_of(blob, &source);

	run(&source, &no_limits, ret);
	close(fd);
}

static void check_whole(const struct text *blob, const struct text *want)
{
	char digest[DIGEST_SIZE];
	struct result got;

	unpack(blob, &got);
	ck_assert_msg(got.error == 0, "%s", got.err.text);
	ck_assert_uint_eq(got.tar.len, want->len);
	ck_assert(!want->len || memcmp(got.tar.str, want->str, want->len) == 0);
	digest_of(want, digest);
	ck_assert_str_eq(got.tar_digest, digest);
	digest_of(blob, digest);
	ck_assert_str_eq(got.blob_digest, digest);
	text_done(&got.tar);
}

static void check_fails(const struct text *blob, int error, const char *says)
{
	struct result got;

	unpack(blob, &got);
	ck_assert_int_eq(got.error, error);
	ck_assert_msg(strstr(got.err.text, says), "'%s' lacks '%s'", got.err.text, says);
	text_done(&got.tar);
}

START_TEST(every_size)
{
	static const size_t sizes[] = { 0, 1, 511, 70001, LARGE, 2 * MIB, 2 * MIB + 77 };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		AUTO_TEXT struct text tar = { 0 }, blob = { 0 };

		add_bytes(&tar, sizes[i], 1);
		compressors[_i](&tar, &blob);
		ck_assert(sizes[i] < LARGE || blob.len > MIB);
		check_whole(&blob, &tar);
	}
}
END_TEST

START_TEST(members_belong_together)
{
	for (size_t size = 1000; size < LARGE; size += MIB) {
		AUTO_TEXT struct text tar = { 0 }, first = { 0 }, second = { 0 }, none = { 0 },
				      blob = { 0 };

		add_bytes(&first, size, 1);
		add_bytes(&second, size, 2);
		compressors[_i](&none, &blob);
		compressors[_i](&first, &blob);
		compressors[_i](&none, &blob);
		compressors[_i](&second, &blob);
		compressors[_i](&none, &blob);
		text_addn(&tar, first.str, first.len);
		text_addn(&tar, second.str, second.len);
		check_whole(&blob, &tar);
	}
}
END_TEST

START_TEST(cut_off)
{
	AUTO_TEXT struct text tar = { 0 }, blob = { 0 }, large = { 0 }, large_blob = { 0 };

	add_bytes(&tar, 600, 1);
	compressors[_i](&tar, &blob);
	/* a shorter head may be anything */
	for (size_t len = CODEC_MAGIC_SIZE; len < blob.len; len++)
		check_fails(&(struct text){ .str = blob.str, .len = len }, -EBADMSG, "cut off");
	add_bytes(&large, LARGE + MIB / 2, 1);
	compressors[_i](&large, &large_blob);
	for (size_t less = 1; less < MIB / 2; less = less * 25 + 1) {
		large_blob.len -= less;
		check_fails(&large_blob, -EBADMSG, "cut off");
		large_blob.len += less;
	}
}
END_TEST

START_TEST(flipped_bits)
{
	AUTO_TEXT struct text tar = { 0 }, blob = { 0 };
	char digest[DIGEST_SIZE];
	size_t survived = 0;

	add_bytes(&tar, 700, 1);
	compressors[_i](&tar, &blob);
	for (size_t bit = CODEC_MAGIC_SIZE * 8; bit < blob.len * 8; bit += 5) {
		struct result got;

		blob.str[bit / 8] ^= (char)(1 << bit % 8);
		unpack(&blob, &got);
		blob.str[bit / 8] ^= (char)(1 << bit % 8);
		ck_assert(got.error == 0 || got.error == -EBADMSG || got.error == -EFBIG);
		if (got.error == 0) {
			/* never a digest that is not that of what was given out */
			digest_of(&got.tar, digest);
			ck_assert_str_eq(got.tar_digest, digest);
			survived += got.tar.len != tar.len ||
				    memcmp(got.tar.str, tar.str, tar.len) != 0;
		}
		text_done(&got.tar);
	}
	/* zstd's library writes no checksum unless it is asked to: the digest must do it there */
	ck_assert(survived == 0 || _i == CODEC_ZSTD);
}
END_TEST

START_TEST(rubbish_behind)
{
	for (size_t size = 1000; size <= LARGE; size += LARGE - 1000) {
		AUTO_TEXT struct text tar = { 0 }, blob = { 0 };
		size_t len;

		add_bytes(&tar, size, 1);
		compressors[_i](&tar, &blob);
		len = blob.len;
		text_addn(&blob, "rubbish", 7);
		check_fails(&blob, -EBADMSG, "");
		blob.len = len + 1;
		check_fails(&blob, -EBADMSG, "");
		/* zeroes are padding in gzip, and in xz when they come in fours */
		memset(blob.str + len, 0, 7);
		blob.len = len + 4;
		if (_i == CODEC_GZIP || _i == CODEC_XZ)
			check_whole(&blob, &tar);
		else
			check_fails(&blob, -EBADMSG, "");
		blob.len = len + 7;
		if (_i == CODEC_GZIP)
			check_whole(&blob, &tar);
		else
			check_fails(&blob, -EBADMSG, "");
		memcpy(blob.str + len, "\0\0\0\0\0\0x", 7);
		check_fails(&blob, -EBADMSG, "");
	}
}
END_TEST

START_TEST(bombs_end_at_the_size)
{
	AUTO_TEXT struct text tar = { 0 }, blob = { 0 };
	struct stream_limits limits = { .size = 3 * MIB };
	struct stream_source source;
	AUTO_CLOSE int fd = -1;
	struct result got;

	for (int i = 0; i < 16; i++)
		text_addn(&tar, (char[4096]){ 0 }, 4096);
	for (int i = 0; i < 160; i++)
		compressors[_i](&tar, &blob);
	fd = file_of(&blob, &source);
	run(&source, &limits, &got);
	ck_assert_int_eq(got.error, -EFBIG);
	ck_assert_ptr_nonnull(strstr(got.err.text, "limit of 3145728"));
	ck_assert_ptr_nonnull(strstr(got.err.text, "--max-size"));
	ck_assert_uint_le(got.tar.len, limits.size);
	text_done(&got.tar);
	/* a limit may be reached */
	limits.size = 160 * tar.len;
	run(&source, &limits, &got);
	ck_assert_int_eq(got.error, 0);
	ck_assert_uint_eq(got.tar.len, limits.size);
	text_done(&got.tar);
}
END_TEST

START_TEST(bombs_end_at_the_ratio)
{
	AUTO_TEXT struct text zeroes = { 0 }, member = { 0 }, blob = { 0 };
	AUTO_STREAM struct stream *s = NULL;
	struct stream_source source;
	AUTO_CLOSE int fd = -1;
	const void *piece;
	struct err err;
	uint64_t total = 0;
	ssize_t got;

	while (zeroes.len < MIB)
		text_addn(&zeroes, (char[4096]){ 0 }, 4096);
	compress_zstd(&zeroes, &member);
	for (int i = 0; i < 300; i++)
		text_addn(&blob, member.str, member.len);
	fd = file_of(&blob, &source);
	ck_assert_int_eq(stream_open(&source, &(struct stream_limits){ .ratio = 250 }, &s, &err),
			 0);
	while ((got = stream_next(s, &piece, &err)) > 0)
		total += (uint64_t)got;
	ck_assert_int_eq(got, -EFBIG);
	ck_assert_ptr_nonnull(strstr(err.text, "--max-ratio"));
	/* holes and zeroes are no bomb as long as there is not much of them */
	ck_assert_uint_gt(total, 255 * MIB);
	ck_assert_uint_le(total, 256 * MIB);
}
END_TEST

START_TEST(too_large_to_begin_with)
{
	AUTO_TEXT struct text tar = { 0 };
	struct stream_source source;
	AUTO_CLOSE int fd = -1;
	struct result got;

	add_bytes(&tar, 3 * MIB, 1);
	fd = file_of(&tar, &source);
	run(&source, &(struct stream_limits){ .size = 3 * MIB - 1 }, &got);
	ck_assert_int_eq(got.error, -EFBIG);
	ck_assert_uint_eq(got.tar.len, 0);
	run(&source, &(struct stream_limits){ .size = 3 * MIB, .ratio = 1 }, &got);
	ck_assert_int_eq(got.error, 0);
	text_done(&got.tar);
}
END_TEST

START_TEST(closed_in_the_middle)
{
	AUTO_TEXT struct text tar = { 0 }, blob = { 0 };
	char digest[DIGEST_SIZE], want[DIGEST_SIZE];
	struct stream_source source;
	AUTO_CLOSE int fd = -1;

	add_bytes(&tar, 5 * MIB / 2, 1);
	compressors[_i](&tar, &blob);
	digest_of(&blob, want);
	fd = file_of(&blob, &source);
	for (int pieces = 0; pieces < 10; pieces += 3) {
		struct stream *s = NULL;
		const void *piece;
		struct err err;

		ck_assert_int_eq(stream_open(&source, &no_limits, &s, &err), 0);
		for (int i = 0; i < pieces; i++)
			ck_assert_int_gt(stream_next(s, &piece, &err), 0);
		/* the blob's digest can be had from anywhere */
		if (pieces % 2) {
			ck_assert_int_eq(stream_blob_digest(s, digest, &err), 0);
			ck_assert_str_eq(digest, want);
		}
		stream_close(&s);
		ck_assert_ptr_null(s);
	}
}
END_TEST

START_TEST(file_shorter_than_said)
{
	AUTO_TEXT struct text tar = { 0 }, blob = { 0 };
	struct stream_source source;
	AUTO_CLOSE int fd = -1;
	struct result got;

	add_bytes(&tar, LARGE, 1);
	compressors[_i](&tar, &blob);
	fd = file_of(&blob, &source);
	ck_assert_int_eq(ftruncate(fd, 512 + (off_t)blob.len - 1000), 0);
	run(&source, &no_limits, &got);
	ck_assert_int_eq(got.error, -EBADMSG);
	ck_assert_str_eq(got.err.text, "the archive is cut off");
	text_done(&got.tar);
}
END_TEST

static Suite *stream_suite(void)
{
	Suite *suite = suite_create("image_stream");
	TCase *tc = tcase_create("stream");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, every_size, CODEC_NONE, CODEC_COUNT);
	tcase_add_loop_test(tc, members_belong_together, CODEC_NONE, CODEC_COUNT);
	tcase_add_loop_test(tc, cut_off, CODEC_GZIP, CODEC_COUNT);
	tcase_add_loop_test(tc, flipped_bits, CODEC_GZIP, CODEC_COUNT);
	tcase_add_loop_test(tc, rubbish_behind, CODEC_GZIP, CODEC_COUNT);
	tcase_add_loop_test(tc, bombs_end_at_the_size, CODEC_GZIP, CODEC_COUNT);
	tcase_add_test(tc, bombs_end_at_the_ratio);
	tcase_add_test(tc, too_large_to_begin_with);
	tcase_add_loop_test(tc, closed_in_the_middle, CODEC_NONE, CODEC_COUNT);
	tcase_add_loop_test(tc, file_shorter_than_said, CODEC_NONE, CODEC_COUNT);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	return run_suite(stream_suite());
}
