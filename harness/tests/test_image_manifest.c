// SPDX-License-Identifier: MIT
/* Unit tests of image/manifest: JSON to structs, and what is refused. */
#include <check.h>
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "image/manifest.h"
#include "runner.h"

#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B64 "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define A   "sha256:" A64
#define B   "sha256:" B64

static const struct {
	const char *digest;
	bool want;
} digests[] = {
	{ A, true },
	{ "sha256:" A64 "a", false },
	{ "sha256:", false },
	{ "", false },
	{ A64, false },
	{ "sha512:" A64, false },
	{ "sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", false },
	{ "sha256:../../../../../../../../../../../../../../../../../../../../etc/pas", false },
};

START_TEST(digest_is_strict)
{
	ck_assert_int_eq(digest_valid(digests[_i].digest), digests[_i].want);
}
END_TEST

START_TEST(docker_classic)
{
	const char *json = "[{\"Config\":\"" A64 ".json\",\"RepoTags\":[\"a:1\",\"b:2\"],"
			   "\"Layers\":[\"" B64 "/layer.tar\",\"x.tar\"],\"Other\":7}]";
	struct manifest m;
	struct err err;

	ck_assert_int_eq(manifest_parse_docker(json, strlen(json), NULL, &m, &err), 0);
	ck_assert_str_eq(m.config.path, A64 ".json");
	ck_assert_str_eq(m.config.digest, A);
	ck_assert_uint_eq(m.layer_count, 2);
	ck_assert_str_eq(m.layers[0].path, B64 "/layer.tar");
	ck_assert_str_eq(m.layers[0].digest, ""); /* that name is no digest of the blob */
	ck_assert_uint_eq(m.tag_count, 2);
	ck_assert_str_eq(m.tags[1], "b:2");
	ck_assert_ptr_null(m.tags[2]);
	manifest_done(&m);
	manifest_done(&m);
}
END_TEST

START_TEST(docker_modern)
{
	const char *json = "[{\"Config\":\"blobs/sha256/" A64 "\",\"RepoTags\":null,"
			   "\"Layers\":[\"blobs/sha256/" B64 "\"]}]";
	struct manifest m;
	struct err err;

	ck_assert_int_eq(manifest_parse_docker(json, strlen(json), NULL, &m, &err), 0);
	ck_assert_str_eq(m.config.digest, A);
	ck_assert_str_eq(m.layers[0].digest, B);
	ck_assert_uint_eq(m.tag_count, 0);
	manifest_done(&m);
}
END_TEST

#define DESCRIPTOR(type, digest) "{\"mediaType\":\"" type "\",\"digest\":\"" digest "\",\"size\":9}"
#define CONFIG_TYPE              "application/vnd.oci.image.config.v1+json"

START_TEST(oci_manifest)
{
	const char *json = "{\"config\":" DESCRIPTOR(CONFIG_TYPE, A) ",\"layers\":[" DESCRIPTOR(
		"application/vnd.oci.image.layer.v1.tar+zstd",
		B) "," DESCRIPTOR("application/vnd.docker.image.rootfs.diff.tar.gzip", A) "]}";
	struct manifest m;
	struct err err;

	ck_assert_int_eq(manifest_parse_oci(json, strlen(json), &m, &err), 0);
	ck_assert_str_eq(m.config.digest, A);
	ck_assert_ptr_null(m.config.path);
	ck_assert_uint_eq(m.layer_count, 2);
	ck_assert_str_eq(m.layers[0].digest, B);
	ck_assert(m.layers[0].sized);
	ck_assert_uint_eq(m.layers[0].size, 9);
	ck_assert_ptr_null(m.tags[0]);
	manifest_done(&m);
}
END_TEST

START_TEST(config_tells)
{
	const char *
		json = "{\"architecture\":\"arm64\",\"os\":\"linux\",\"config\":{\"Env\":[\"A=1\"],"
		       "\"Cmd\":[\"sh\",\"-c\"],\"Entrypoint\":null,\"User\":\"1:2\"},"
		       "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"" A "\"]}}";
	struct manifest_config c;
	struct err err;

	ck_assert_int_eq(manifest_parse_config(json, strlen(json), &c, &err), 0);
	ck_assert_str_eq(c.architecture, "arm64");
	ck_assert_str_eq(c.env[0], "A=1");
	ck_assert_ptr_null(c.env[1]);
	ck_assert_str_eq(c.cmd[1], "-c");
	ck_assert_ptr_null(c.entrypoint[0]);
	ck_assert_str_eq(c.user, "1:2");
	ck_assert_str_eq(c.workdir, "");
	ck_assert_uint_eq(c.diff_id_count, 1);
	ck_assert_str_eq(c.diff_ids[0], A);
	manifest_config_done(&c);
}
END_TEST

START_TEST(config_may_be_bare)
{
	struct manifest_config c;
	struct err err;

	ck_assert_int_eq(manifest_parse_config("{}", 2, &c, &err), 0);
	ck_assert_uint_eq(c.diff_id_count, 0);
	ck_assert_ptr_null(c.env[0]);
	manifest_config_done(&c);
}
END_TEST

#define IMAGE "application/vnd.oci.image.manifest.v1+json"
#define INDEX "application/vnd.oci.image.index.v1+json"
#define ON(os, arch, digest)                                                                       \
	"{\"mediaType\":\"" IMAGE "\",\"digest\":\"" digest "\",\"platform\":{\"os\":\"" os        \
	"\",\"architecture\":\"" arch "\"}}"
#define TAGGED(digest, tag)                                                                        \
	"{\"mediaType\":\"" IMAGE "\",\"digest\":\"" digest                                        \
	"\",\"annotations\":{\"org.opencontainers.image.ref.name\":\"" tag "\"}}"

#define ARM "linux/arm/v6"

static const struct {
	const char *manifests;
	const char *want; /* digest, or what the refusal says */
	const char *ref, *platform;
	bool is_index;
	size_t tags;
} picks[] = {
	{ DESCRIPTOR(IMAGE, A), A },
	{ DESCRIPTOR(INDEX, A), A, .is_index = true },
	{ "{\"digest\":\"" A "\"}", A },
	/* by platform */
	{ ON("linux", "amd64", A) "," ON("linux", "arm64", B), A },
	{ ON("linux", "arm64", B) "," ON("linux", "amd64", A), A },
	{ ON("linux", "arm64", B) "," ON("linux", "amd64", A), B, .platform = "linux/arm64" },
	{ ON("linux", "arm64", B), B, .platform = "linux/arm64" },
	{ ON("linux", "arm64", B), "no image for linux/amd64 in it" },
	{ ON("linux", "arm64", B), "linux/amd64 in it; choose with --platform: linux/arm64",
	  .platform = "linux/amd64" },
	{ ON("linux", "amd64", A) "," ON("unknown", "unknown", B), A },
	{ ON("unknown", "unknown", B), "no image" },
	{ ON("linux", "s390x", A) "," ON("linux", "arm64", B), "linux/s390x, linux/arm64" },
	{ ON("linux", "arm\",\"variant\":\"v7", A) "," ON("linux", "arm\",\"variant\":\"v5", B), B,
	  .platform = ARM },
	{ ON("linux", "arm\",\"variant\":\"v5", A) "," ON("linux", "arm\",\"variant\":\"v6", B), B,
	  .platform = ARM },
	{ ON("linux", "arm", A), "arm", .platform = ARM },
	{ DESCRIPTOR(IMAGE, A), A, .platform = ARM },
	{ DESCRIPTOR(IMAGE, A) "," ON("linux", "amd64", B), B },
	/* by name */
	{ TAGGED(A, "a") "," TAGGED(A, "b"), A, .tags = 2 },
	{ TAGGED(A, "a") "," TAGGED(B, "b"), "choose one with --ref: a, b" },
	{ TAGGED(A, "a") "," TAGGED(B, "b"), B, .ref = "b", .tags = 1 },
	{ TAGGED(A, "a") "," TAGGED(B, "b"), B, .ref = "image:b", .tags = 1 },
	{ TAGGED(A, "a") "," TAGGED(B, "b"), "no image 'c' in it; it lists a, b", .ref = "c" },
	{ TAGGED(A, "a\\nb") "," TAGGED(B, "b"), "a\\x0ab", .ref = "c" },
	{ DESCRIPTOR(IMAGE, A) "," DESCRIPTOR(IMAGE, B), B, .ref = B },
	{ DESCRIPTOR(IMAGE, A) "," DESCRIPTOR(IMAGE, B), "choose one with --ref: " A },
	{ TAGGED(A, "a") "," ON("linux", "amd64", B), "several" },
	/* what is no image */
	{ DESCRIPTOR("text/plain", A), "no image but text/plain" },
	{ DESCRIPTOR("application/vnd.docker.distribution.manifest.v1+json", A), "manifest.v1" },
	{ "", "no image" },
	{ "7", "entry 1" },
	{ "{}", "64 hexadecimal" },
	{ "{\"digest\":7}", "'digest'" },
	{ "{\"digest\":\"sha512:" A64 B64 "\"}", "sha512" },
	{ "{\"digest\":\"" A "\",\"platform\":[]}", "'platform'" },
	{ "{\"digest\":\"" A "\",\"size\":-1}", "'size'" },
	{ "{\"digest\":\"" A "\",\"size\":\"9\"}", "'size'" },
	{ "{\"digest\":\"" A "\",\"Digest\":\"" B "\"}", "'digest' stands there twice" },
};

START_TEST(index_picks)
{
	const char *want = picks[_i].want;
	struct image_wish wish = { .ref = picks[_i].ref,
				   .platform = platform_of_machine("x86_64"),
				   .platform_asked = picks[_i].platform };
	AUTO_TEXT struct text json = { 0 };
	char platform[PLATFORM_SIZE];
	struct manifest_pick p = { 0 };
	struct err err = { 0 };
	int r;

	if (picks[_i].platform)
		ck_assert_int_eq(platform_parse(picks[_i].platform, platform, &wish.platform, &err),
				 0);
	text_addf(&json, "{\"manifests\":[%s]}", picks[_i].manifests);
	r = manifest_parse_index(json.str, json.len, &wish, &p, &err);
	if (digest_valid(want)) {
		ck_assert_msg(r == 0, "%s", err.text);
		ck_assert_str_eq(p.ref.digest, want);
		ck_assert_int_eq(p.is_index, picks[_i].is_index);
		ck_assert_uint_eq(p.tag_count, picks[_i].tags);
	} else {
		ck_assert_int_eq(r, -EINVAL);
		ck_assert_ptr_null(p.root);
		ck_assert_msg(strstr(err.text, want), "%s", err.text);
	}
	manifest_pick_done(&p);
}
END_TEST

static int docker(const char *json, size_t len, struct err *err)
{
	struct manifest m = { 0 };

	return manifest_parse_docker(json, len, NULL, &m, err);
}

static int oci(const char *json, size_t len, struct err *err)
{
	struct manifest m = { 0 };

	return manifest_parse_oci(json, len, &m, err);
}

static int config(const char *json, size_t len, struct err *err)
{
	struct manifest_config c = { 0 };

	return manifest_parse_config(json, len, &c, err);
}

static const struct {
	int (*parse)(const char *json, size_t len, struct err *err);
	const char *json, *text;
} refusals[] = {
	{ docker, "", "not valid JSON" },
	{ docker, "[", "not valid JSON" },
	{ docker, "[{}] x", "not valid JSON" },
	{ docker, "[{\"Config\":\"\\u0000\"}]", "not valid JSON" },
	{ docker, "[{\"Config\":\"a\",\"Config\":\"a\"}]", "duplicate" },
	{ docker, "{}", "not a list" },
	{ docker, "[]", "0 images" },
	{ docker, "[{\"Config\":\"a\"},{\"Config\":\"b\"}]",
	  "2 images in the archive; choose one" },
	{ docker, "[7]", "not an object" },
	{ docker, "[{}]", "'Config' is missing" },
	{ docker, "[{\"Config\":7}]", "'Config' is not a text" },
	{ docker, "[{\"Config\":\"a\",\"Layers\":{}}]", "'Layers' is not a list" },
	{ docker, "[{\"Config\":\"a\",\"Layers\":[null]}]", "'Layers' holds" },
	{ docker, "[{\"Config\":\"a\",\"RepoTags\":\"a\"}]", "'RepoTags' is not a list" },
	{ oci, "[]", "not an object" },
	{ oci, "{}", "'config'" },
	{ oci, "{\"config\":{\"digest\":\"sha256:7\"}}", "64 hexadecimal" },
	{ oci, "{\"config\":" DESCRIPTOR("", A) ",\"layers\":[{}]}", "layer 1" },
	{ oci, "{\"config\":" DESCRIPTOR("", A) ",\"layers\":[" DESCRIPTOR("text/plain", A) "]}",
	  "layer 1: of the unknown type 'text/plain'" },
	{ oci,
	  "{\"config\":" DESCRIPTOR("", A) ",\"layers\":[" DESCRIPTOR(
		  "application/vnd.oci.image.layer.v1.tar+gzip+encrypted", A) "]}",
	  "encrypted" },
	{ oci,
	  "{\"config\":" DESCRIPTOR("", A) ",\"layers\":[" DESCRIPTOR(
		  "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", A) "]}",
	  "not in the image" },
	{ oci, "{\"config\":" DESCRIPTOR("application/vnd.oci.empty.v1+json", A) "}",
	  "an artifact" },
	{ oci, "{\"schemaVersion\":1,\"fsLayers\":[]}", "schema 1" },
	{ oci, "{\"schemaVersion\":3}", "'schemaVersion' is not 2" },
	{ oci, "{\"mediaType\":\"" INDEX "\"}", "it says that it is" },
	{ oci, "{\"config\":" DESCRIPTOR("", A) ",\"manifests\":[]}", "a manifest and an index" },
	{ oci, "{\"config\":" DESCRIPTOR("", A) ",\"layers\":[],\"LAYERS\":[]}",
	  "'layers' stands" },
	{ config, "[]", "not an object" },
	{ config, "{\"config\":7}", "'config' is not an object" },
	{ config, "{\"config\":{\"Env\":\"A=1\"}}", "'Env' is not a list" },
	{ config, "{\"rootfs\":{\"diff_ids\":[\"" A64 "\"]}}", "diff_id 1" },
	{ config, "{\"rootfs\":{\"diff_ids\":[\"sha512:" A64 B64 "\"]}}", "sha512" },
};

START_TEST(refuses)
{
	struct err err = { 0 };
	const char *json = refusals[_i].json;

	ck_assert_int_eq(refusals[_i].parse(json, strlen(json), &err), -EINVAL);
	ck_assert_msg(strstr(err.text, refusals[_i].text), "%s", err.text);
}
END_TEST

START_TEST(refuses_depth_and_numbers_of_layers)
{
	AUTO_TEXT struct text json = { 0 };
	struct err err;

	for (int i = 0; i < 1000000; i++)
		text_add(&json, "[");
	ck_assert_int_eq(docker(json.str, json.len, &err), -EINVAL);
	json.len = 0;
	text_add(&json, "[{\"Config\":\"a\",\"Layers\":[\"a\"");
	for (int i = 0; i < LAYERS_MAX; i++)
		text_add(&json, ",\"a\"");
	text_add(&json, "]}]");
	ck_assert_int_eq(docker(json.str, json.len, &err), -EINVAL);
	ck_assert_ptr_nonnull(strstr(err.text, "513 layers"));
}
END_TEST

#define IMAGES                                                                                     \
	"[{\"Config\":\"" A64 ".json\",\"RepoTags\":[\"docker.io/library/a:1\",\"a:2\"]},"         \
	"{\"Config\":\"b.json\",\"RepoTags\":[\"localhost/x/b:1\"]},{\"Config\":\"c.json\"}]"

static const struct {
	const char *ref, *want; /* config; or what the refusal says */
} choices[] = {
	{ NULL, "3 images in the archive; choose one with --ref: docker.io/library/a:1, a:2, "
		"localhost/x/b:1, c.json" },
	{ "a:1", A64 ".json" },
	{ "a:2", A64 ".json" },
	{ "a", A64 ".json" },
	{ "2", A64 ".json" },
	{ "1", "3 images" },
	{ "b:1", "b.json" },
	{ "x/b", "b.json" },
	{ "c.json", "c.json" },
	{ "c", "no image 'c' in the archive; it holds" },
	{ "b:2", "no image 'b:2'" },
	{ "", "no image ''" },
};

START_TEST(docker_image_is_chosen)
{
	const char *want = choices[_i].want;
	struct manifest m = { 0 };
	struct err err;
	int r = manifest_parse_docker(IMAGES, strlen(IMAGES), choices[_i].ref, &m, &err);

	if (text_ends(want, ".json") && !strchr(want, ' ')) {
		ck_assert_msg(r == 0, "%s", err.text);
		ck_assert_str_eq(m.config.path, want);
	} else {
		ck_assert_int_eq(r, -EINVAL);
		ck_assert_msg(strstr(err.text, want), "%s", err.text);
	}
	manifest_done(&m);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("image/manifest");
	TCase *tc = tcase_create("manifest");

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, digest_is_strict, 0, ARRAY_SIZE(digests));
	tcase_add_test(tc, docker_classic);
	tcase_add_test(tc, docker_modern);
	tcase_add_test(tc, oci_manifest);
	tcase_add_test(tc, config_tells);
	tcase_add_test(tc, config_may_be_bare);
	tcase_add_loop_test(tc, index_picks, 0, ARRAY_SIZE(picks));
	tcase_add_loop_test(tc, refuses, 0, ARRAY_SIZE(refusals));
	tcase_add_test(tc, refuses_depth_and_numbers_of_layers);
	tcase_add_loop_test(tc, docker_image_is_chosen, 0, ARRAY_SIZE(choices));
	return run_suite(suite);
}
