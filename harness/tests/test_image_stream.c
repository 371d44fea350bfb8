// SPDX-License-Identifier: MIT
/* Tests of image/stream and its codecs: whole, cut, flipped, too large, in several members. */
#include <check.h>
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "image/codec.h"
#include "runner.h"
#include "stream_sample.h"
#include "tarball.h"

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
	static const size_t sizes[] = { 0, 1, 511, 70001, LARGE + 77, 2 * MIB };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		AUTO_TEXT struct text tar = { 0 }, blob = { 0 };

		make_blob(_i, sizes[i], &tar, &blob);
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

	make_blob(_i, 600, &tar, &blob);
	/* a shorter head may be anything */
	for (size_t len = CODEC_MAGIC_SIZE; len < blob.len; len++)
		check_fails(&(struct text){ .str = blob.str, .len = len }, -EBADMSG, "cut off");
	make_blob(_i, LARGE, &large, &large_blob);
	for (size_t less = 1; less < MIB / 16; less = less * 160 + 1) {
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

	make_blob(_i, 700, &tar, &blob);
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

		make_blob(_i, size, &tar, &blob);
		len = blob.len;
		text_addn(&blob, "rubbish", 7);
		check_fails(&blob, -EBADMSG, "");
		if (size > MIB)
			break; /* threads make no more difference */
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

	make_blob(_i, LARGE, &tar, &blob);
	digest_of(&blob, want);
	fd = file_of(&blob, &source);
	for (int pieces = 0; pieces < 5; pieces += 2) {
		struct stream *s = NULL;
		const void *piece;
		struct err err;

		ck_assert_int_eq(stream_open(&source, &no_limits, &s, &err), 0);
		for (int i = 0; i < pieces; i++)
			ck_assert_int_gt(stream_next(s, &piece, &err), 0);
		/* the blob's digest can be had from anywhere */
		if (pieces == 2) {
			ck_assert_int_eq(stream_blob_digest(s, digest, &err), 0);
			ck_assert_str_eq(digest, want);
		}
		stream_close(&s);
		ck_assert_ptr_null(s);
	}
}
END_TEST

START_TEST(closed_when_full)
{
	AUTO_TEXT struct text tar = { 0 };
	struct stream_source source;
	struct stream *s = NULL;
	AUTO_CLOSE int fd = -1;
	struct err err;

	add_bytes(&tar, 4 * MIB, 1);
	fd = file_of(&tar, &source);
	ck_assert_int_eq(stream_open(&source, &no_limits, &s, &err), 0);
	/* eight buffers of 256 KiB */
	while (stream_position(s) < 2 * MIB)
		sched_yield();
	usleep(20000); /* now it waits for one to come back */
	stream_close(&s);
}
END_TEST

START_TEST(file_shorter_than_said)
{
	AUTO_TEXT struct text tar = { 0 }, blob = { 0 };
	struct stream_source source;
	AUTO_CLOSE int fd = -1;
	struct result got;

	make_blob(_i, LARGE, &tar, &blob);
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
	tcase_add_test(tc, closed_when_full);
	tcase_add_loop_test(tc, file_shorter_than_said, CODEC_NONE, CODEC_ZSTD);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	return run_suite(stream_suite());
}
