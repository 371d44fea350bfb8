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

	ck_assert_int_eq(manifest_parse_docker(json, strlen(json), &m, &err), 0);
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

	ck_assert_int_eq(manifest_parse_docker(json, strlen(json), &m, &err), 0);
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

static const struct {
	const char *manifests;
	const char *want; /* digest; NULL: refused */
	bool is_index;
	size_t tags;
} picks[] = {
	{ DESCRIPTOR(IMAGE, A), A },
	{ DESCRIPTOR(INDEX, A), A, .is_index = true },
	{ "{\"digest\":\"" A "\"}", A },
	{ ON("linux", "amd64", A) "," ON("linux", "arm64", B), A },
	{ ON("linux", "arm64", B) "," ON("linux", "amd64", A), A },
	{ ON("linux", "arm64", B), B },
	{ ON("linux", "amd64", A) "," ON("unknown", "unknown", B), A },
	{ ON("unknown", "unknown", B), NULL },
	{ ON("linux", "s390x", A) "," ON("linux", "arm64", B), NULL },
	{ TAGGED(A, "a") "," TAGGED(A, "b"), A, .tags = 2 },
	{ TAGGED(A, "a") "," TAGGED(B, "b"), NULL },
	{ DESCRIPTOR("text/plain", A), NULL },
	{ "", NULL },
	{ "7", NULL },
	{ "{}", NULL },
	{ "{\"digest\":7}", NULL },
	{ "{\"digest\":\"" A "\",\"platform\":[]}", NULL },
	{ "{\"digest\":\"" A "\",\"size\":-1}", NULL },
	{ "{\"digest\":\"" A "\",\"size\":\"9\"}", NULL },
};

START_TEST(index_picks)
{
	AUTO_TEXT struct text json = { 0 };
	struct manifest_pick p = { 0 };
	struct err err = { 0 };

	text_addf(&json, "{\"manifests\":[%s]}", picks[_i].manifests);
	ck_assert_int_eq(manifest_parse_index(json.str, json.len, "amd64", &p, &err),
			 picks[_i].want ? 0 : -EINVAL);
	if (picks[_i].want) {
		ck_assert_str_eq(p.ref.digest, picks[_i].want);
		ck_assert_int_eq(p.is_index, picks[_i].is_index);
		ck_assert_uint_eq(p.tag_count, picks[_i].tags);
	} else {
		ck_assert_ptr_null(p.root);
		ck_assert(*err.text);
	}
	manifest_pick_done(&p);
}
END_TEST

static int docker(const char *json, size_t len, struct err *err)
{
	struct manifest m = { 0 };

	return manifest_parse_docker(json, len, &m, err);
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
	{ docker, "[{},{}]", "2 images" },
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
	  "can't be unpacked" },
	{ oci,
	  "{\"config\":" DESCRIPTOR("", A) ",\"layers\":[" DESCRIPTOR(
		  "application/vnd.oci.image.layer.v1.tar+gzip+encrypted", A) "]}",
	  "can't be unpacked" },
	{ config, "[]", "not an object" },
	{ config, "{\"config\":7}", "'config' is not an object" },
	{ config, "{\"config\":{\"Env\":\"A=1\"}}", "'Env' is not a list" },
	{ config, "{\"rootfs\":{\"diff_ids\":[\"" A64 "\"]}}", "diff_id 1" },
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
	return run_suite(suite);
}
