// SPDX-License-Identifier: MIT
/* Tests of image/codec: what is recognised, and steps of any length, by zlib and by ISA-L. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "image/codec.h"
#include "runner.h"
#include "tarball.h"

#define CONTENT "Every bit of it must come out, every bit of it, wherever it is cut: 0123456789\n"

/* What takes part: all codecs, and gzip's second implementation where it can be loaded. */
static const struct variant {
	enum image_codec codec;
	uint64_t size; /* which codec_choose() is told */
	void (*compress)(const struct text *in, struct text *out);
} variants[] = {
	{ CODEC_GZIP, 0, compress_gzip },   { CODEC_GZIP, UINT64_MAX, compress_gzip },
	{ CODEC_ZSTD, 0, compress_zstd },   { CODEC_XZ, 0, compress_xz },
	{ CODEC_BZIP2, 0, compress_bzip2 }, { CODEC_LZ4, 0, compress_lz4 },
};

static void add_content(struct text *t, int times)
{
	for (int i = 0; i < times; i++) {
		text_add(t, CONTENT);
		text_addf(t, "%d", i * i);
	}
}

/*
 * Decompresses with pieces of these lengths. 0, or what a step failed with; -ENODATA: the end did
 * not come.
 */
static int decompress(const struct codec *c, const struct text *in, size_t in_step, size_t out_step,
		      struct text *out)
{
	void *state = c->open();
	size_t at = 0;
	int r = 0;

	ck_assert_ptr_nonnull(state);
	for (int still = 0; still < 2;) {
		size_t len = in->len - at < in_step ? in->len - at : in_step;
		uint8_t buf[4096], copy[4096];
		/* a copy at the very end of a buffer: reading too far is seen by sanitizers */
		uint8_t *exact = len ? memcpy(copy + sizeof(copy) - len, in->str + at, len) : copy;
		struct codec_io io = { exact, len, buf, out_step, at + len == in->len };
		struct err err;

		r = c->step(state, &io, &err);
		if (r < 0)
			break;
		ck_assert(io.in == exact + (len - io.in_len));
		ck_assert(io.out == buf + (out_step - io.out_len));
		at += len - io.in_len;
		text_addn(out, (char *)buf, out_step - io.out_len);
		still = io.in_len == len && io.out_len == out_step ? still + 1 : 0;
	}
	c->close(state);
	if (r < 0)
		return r;
	return r == 1 && at == in->len ? 0 : -ENODATA;
}

static bool same(const struct text *a, const struct text *b)
{
	return a->len == b->len && memcmp(a->str, b->str, a->len) == 0;
}

START_TEST(steps_of_any_length)
{
	static const size_t steps[][2] = { { 1, 1 },    { 1, 4096 }, { 4096, 1 },   { 2, 3 },
					   { 7, 4096 }, { 97, 5 },   { 4096, 4096 } };
	const struct variant *v = &variants[_i];
	const struct codec *c = codec_choose(v->codec, v->size);
	AUTO_TEXT struct text tar = { 0 }, blob = { 0 }, both = { 0 };

	add_content(&tar, 100);
	v->compress(&tar, &blob);
	v->compress(&(struct text){ 0 }, &blob);
	v->compress(&tar, &blob);
	text_addn(&both, tar.str, tar.len);
	text_addn(&both, tar.str, tar.len);
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		AUTO_TEXT struct text out = { 0 };

		ck_assert_int_eq(decompress(c, &blob, steps[i][0], steps[i][1], &out), 0);
		ck_assert(same(&out, &both));
	}
	c->close(NULL);
}
END_TEST

/* Cut anywhere, or with any bit flipped: an error, or the content after all. */
START_TEST(damage_is_seen)
{
	const struct variant *v = &variants[_i];
	const struct codec *c = codec_choose(v->codec, v->size);
	AUTO_TEXT struct text tar = { 0 }, blob = { 0 };
	size_t accepted = 0;

	add_content(&tar, 8);
	v->compress(&tar, &blob);
	for (size_t len = 1; len < blob.len; len++) {
		AUTO_TEXT struct text out = { 0 };

		ck_assert_int_ne(decompress(c, &(struct text){ .str = blob.str, .len = len }, 4096,
					    4096, &out),
				 0);
	}
	for (size_t bit = 0; bit < blob.len * 8; bit++) {
		AUTO_TEXT struct text out = { 0 };

		blob.str[bit / 8] ^= (char)(1 << bit % 8);
		if (decompress(c, &blob, 4096, 4096, &out) == 0) {
			/* zstd's library writes no checksum unless it is asked to */
			ck_assert(v->codec == CODEC_ZSTD || same(&out, &tar));
			accepted++;
		}
		blob.str[bit / 8] ^= (char)(1 << bit % 8);
	}
	/* the header of gzip has a time and a system that nobody asks for, 7 bytes */
	ck_assert(accepted <= 56 || v->codec == CODEC_ZSTD);
}
END_TEST

/* A member with everything that its header can hold. */
static void add_full_member(struct text *out, const struct text *in)
{
	unsigned char extra[300] = { 1, 2, 3 }, name[] = "name", comment[] = "a comment", buf[4096];
	gz_header header = { .extra = extra,
			     .extra_len = sizeof(extra),
			     .name = name,
			     .comment = comment,
			     .hcrc = 1 };
	z_stream z = { .next_in = (unsigned char *)in->str,
		       .avail_in = (unsigned int)in->len,
		       .next_out = buf,
		       .avail_out = sizeof(buf) };

	ck_assert_int_eq(deflateInit2(&z, 9, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY),
			 Z_OK);
	ck_assert_int_eq(deflateSetHeader(&z, &header), Z_OK);
	ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
	text_addn(out, (char *)buf, z.total_out);
	deflateEnd(&z);
}

START_TEST(gzip_headers)
{
	const struct codec *c = codec_choose(CODEC_GZIP, variants[_i].size);
	AUTO_TEXT struct text tar = { 0 }, blob = { 0 }, both = { 0 };

	add_content(&tar, 3);
	add_full_member(&blob, &tar);
	add_full_member(&blob, &tar);
	add_content(&both, 3);
	add_content(&both, 3);
	for (size_t step = 1; step < 500; step += 7) {
		AUTO_TEXT struct text out = { 0 };

		ck_assert_int_eq(decompress(c, &blob, step, 4096, &out), 0);
		ck_assert(same(&out, &both));
	}
	/* the header's checksum counts too */
	for (size_t i = 12; i < 300; i += 50) {
		AUTO_TEXT struct text out = { 0 };

		blob.str[i] ^= 4;
		ck_assert_int_eq(decompress(c, &blob, 4096, 4096, &out), -EBADMSG);
		blob.str[i] ^= 4;
	}
}
END_TEST

/* The length in the trailer, of which the checksum knows nothing. */
START_TEST(gzip_length)
{
	const struct codec *c = codec_choose(CODEC_GZIP, variants[_i].size);
	AUTO_TEXT struct text tar = { 0 }, blob = { 0 }, out = { 0 };

	add_content(&tar, 3);
	compress_gzip(&tar, &blob);
	blob.str[blob.len - 4] ^= 1;
	ck_assert_int_eq(decompress(c, &blob, 4096, 4096, &out), -EBADMSG);
}
END_TEST

static const char *skippable(struct text *t, size_t len)
{
	text_addn(t, "\x5a\x2a\x4d\x18", 4);
	text_addn(t, (char[]){ (char)len, (char)(len >> 8), 0, 0 }, 4);
	for (size_t i = 0; i < len; i++)
		text_addn(t, "x", 1);
	return t->str;
}

START_TEST(skippable_frames)
{
	void (*const compress_with[])(const struct text *, struct text *) = { compress_zstd,
									      compress_lz4 };
	enum image_codec codec = _i ? CODEC_LZ4 : CODEC_ZSTD;

	for (size_t step = 1; step < 30; step++) {
		AUTO_TEXT struct text tar = { 0 }, blob = { 0 }, out = { 0 };

		add_content(&tar, 3);
		skippable(&blob, 0);
		skippable(&blob, 5000);
		compress_with[_i](&tar, &blob);
		skippable(&blob, 0);
		skippable(&blob, 20);
		ck_assert_int_eq(decompress(codec_choose(codec, 0), &blob, step, 4096, &out), 0);
		ck_assert(same(&out, &tar));
	}
}
END_TEST

#define DETECT(bytes) codec_detect((const uint8_t *)(bytes), sizeof(bytes) - 1)

START_TEST(detected)
{
	static const char *const names[] = { "none", "gzip", "zstd", "xz", "bzip2", "lz4" };
	AUTO_TEXT struct text t = { 0 };

	for (int i = 0; i < CODEC_COUNT; i++)
		ck_assert_str_eq(image_codec_names[i], names[i]);
	for (size_t i = 0; i < ARRAY_SIZE(variants); i++) {
		AUTO_TEXT struct text empty = { 0 }, full = { 0 };

		variants[i].compress(&(struct text){ 0 }, &empty);
		variants[i].compress(&(struct text){ .str = "x", .len = 1 }, &full);
		ck_assert_int_eq(codec_detect((uint8_t *)empty.str, empty.len), variants[i].codec);
		ck_assert_int_eq(codec_detect((uint8_t *)full.str, full.len), variants[i].codec);
	}
	ck_assert_int_eq(DETECT(""), CODEC_NONE);
	ck_assert_int_eq(DETECT("\x1f"), CODEC_NONE);
	ck_assert_int_eq(DETECT("\xfd"
				"7zXZ"),
			 CODEC_NONE);
	/* names of files, which a tar archive may begin with */
	ck_assert_int_eq(DETECT("BZh1 notes.txt"), CODEC_NONE);
	ck_assert_int_eq(DETECT("BZh0\x31\x41\x59\x26\x53\x59"), CODEC_NONE);
	ck_assert_int_eq(DETECT("BZh9\x31\x41\x59\x26\x53\x59"), CODEC_BZIP2);
	skippable(&t, 513);
	ck_assert_uint_eq(codec_skippable((uint8_t *)t.str, CODEC_MAGIC_SIZE), 521);
	ck_assert_uint_eq(codec_skippable((uint8_t *)t.str, 7), 0);
	t.str[0] = 0x4f;
	ck_assert_uint_eq(codec_skippable((uint8_t *)t.str, CODEC_MAGIC_SIZE), 0);
	ck_assert_ptr_null(codec_choose(CODEC_NONE, 0));
}
END_TEST

static Suite *codec_suite(void)
{
	Suite *suite = suite_create("image_codec");
	TCase *tc = tcase_create("codec");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, steps_of_any_length, 0, ARRAY_SIZE(variants));
	tcase_add_loop_test(tc, damage_is_seen, 0, ARRAY_SIZE(variants));
	tcase_add_loop_test(tc, gzip_headers, 0, 2);
	tcase_add_loop_test(tc, gzip_length, 0, 2);
	tcase_add_loop_test(tc, skippable_frames, 0, 2);
	tcase_add_test(tc, detected);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	return run_suite(codec_suite());
}
