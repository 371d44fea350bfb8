// SPDX-License-Identifier: MIT
/* From the files of an image to its manifest and config: see resolve.h. */
#include "image/resolve.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "image/json.h"
#include "image/stream.h"

/* an index may name an index (several platforms); deeper ones are made to annoy */
#define INDEX_DEPTH_MAX 4
#define BLOB_PATH_SIZE  (sizeof(BLOBS) + 64)

static const char *ref_path(const struct manifest_ref *ref, char buf[BLOB_PATH_SIZE])
{
	if (ref->path)
		return ref->path;
	snprintf(buf, BLOB_PATH_SIZE, BLOBS "%s", ref->digest + strlen("sha256:"));
	return buf;
}

int resolve_file(const struct store *store, const struct manifest_ref *ref, struct store_file *ret,
		 struct err *err)
{
	char buf[BLOB_PATH_SIZE], shown[128];
	const char *path = ref_path(ref, buf);
	struct store_file file;
	int r = store_find(store, path, &file, err);

	if (r < 0)
		return r;
	if (ref->sized && ref->size != file.size) {
		text_escape(shown, sizeof(shown), path, strlen(path));
		store_file_done(store, &file);
		return err_set(err, EBADMSG, "'%s' has %llu bytes instead of %llu", shown,
			       (unsigned long long)file.size, (unsigned long long)ref->size);
	}
	*ret = file;
	return 0;
}

/* Loads a description and compares its digest, which *ret_digest then holds. */
static int load_ref(const struct store *store, const struct manifest_ref *ref, struct text *ret,
		    char ret_digest[DIGEST_SIZE], struct err *err)
{
	AUTO_TEXT struct text t = { 0 };
	char buf[BLOB_PATH_SIZE], digest[DIGEST_SIZE], shown[128];
	const char *path = ref_path(ref, buf);
	struct store_file file;
	int r = resolve_file(store, ref, &file, err);

	if (r < 0)
		return r;
	r = store_read(&file, path, &t, err);
	store_file_done(store, &file);
	text_escape(shown, sizeof(shown), path, strlen(path));
	/* where no digest says which one is meant */
	if (r == 0 && file.twice && !*ref->digest)
		r = err_set(err, EBADMSG, "'%s' is in the archive twice", shown);
	if (r < 0)
		return r;
	stream_digest(t.str, t.len, digest);
	if (*ref->digest && strcmp(digest, ref->digest) != 0)
		return err_set(err, EBADMSG, "%s: digest is %s", ref->digest, digest);
	memcpy(ret_digest, digest, sizeof(digest));
	*ret = t;
	t = (struct text){ 0 };
	return 0;
}

/* A file whose digest nobody states. */
static int load_path(const struct store *store, const char *path, struct text *ret, struct err *err)
{
	char digest[DIGEST_SIZE];

	return load_ref(store, &(struct manifest_ref){ .path = path }, ret, digest, err);
}

static int open_docker(const struct store *store, const struct image_wish *wish,
		       struct resolved *ret, struct err *err)
{
	AUTO_TEXT struct text json = { 0 };
	int r = load_path(store, "manifest.json", &json, err);

	if (r < 0)
		return r;
	r = manifest_parse_docker(json.str, json.len, wish->ref, &ret->manifest, err);
	if (r < 0)
		return err_wrap(err, "manifest.json");
	ret->format = "docker-archive";
	ret->tags = ret->manifest.tags;
	ret->tag_count = ret->manifest.tag_count;
	return 0;
}

/* oci-layout says which version of the layout this is: image-layout.md. */
static int check_layout(const struct store *store, struct err *err)
{
	AUTO_TEXT struct text text = { 0 };
	AUTO_JSON json_t *json = NULL;
	const char *version = "";
	int r = load_path(store, "oci-layout", &text, err);

	if (r < 0)
		return r;
	if ((r = json_parse(text.str, text.len, &json, err)) < 0 ||
	    (r = json_get_string(json, "imageLayoutVersion", &version, err)) < 0)
		return err_wrap(err, "oci-layout");
	if (!text_starts(version, "1."))
		return err_set(err, EINVAL, "oci-layout: the version is not 1.x");
	return 0;
}

/* Replaces the text of an index by that of what it picks. */
static int follow_index(const struct store *store, const struct image_wish *wish, struct text *json,
			struct manifest_pick *ret, struct err *err)
{
	struct manifest_pick pick;
	char digest[DIGEST_SIZE];
	int r = manifest_parse_index(json->str, json->len, wish, &pick, err);

	if (r < 0)
		return r;
	text_done(json);
	r = load_ref(store, &pick.ref, json, digest, err);
	if (r < 0) {
		manifest_pick_done(&pick);
		return r;
	}
	*ret = pick;
	return 0;
}

/* Below index.json only the platform is left to choose. */
static int follow_nested(const struct store *store, const struct image_wish *wish,
			 struct text *json, bool is_index, struct err *err)
{
	struct image_wish below = *wish;

	below.ref = NULL;
	for (int depth = 1; is_index; depth++) {
		struct manifest_pick pick;
		int r;

		if (depth == INDEX_DEPTH_MAX)
			return err_set(err, EINVAL, "index.json: more than %d indexes deep",
				       INDEX_DEPTH_MAX);
		r = follow_index(store, &below, json, &pick, err);
		if (r < 0)
			return err_wrap(err, "image index");
		is_index = pick.is_index;
		manifest_pick_done(&pick);
	}
	return 0;
}

static int open_oci(const struct store *store, const struct image_wish *wish, struct resolved *ret,
		    struct err *err)
{
	AUTO_TEXT struct text json = { 0 };
	int r = check_layout(store, err);

	if (r < 0 || (r = load_path(store, "index.json", &json, err)) < 0)
		return r;
	r = follow_index(store, wish, &json, &ret->pick, err);
	if (r < 0)
		return err_wrap(err, "index.json");
	r = follow_nested(store, wish, &json, ret->pick.is_index, err);
	if (r < 0)
		return r;
	r = manifest_parse_oci(json.str, json.len, &ret->manifest, err);
	if (r < 0)
		return err_wrap(err, "image manifest");
	ret->format = store->is_dir ? "oci-layout" : "oci-archive";
	ret->tags = ret->pick.tags;
	ret->tag_count = ret->pick.tag_count;
	return 0;
}

/* The config says for sure what the index only announces. */
static int check_platform(const struct manifest_config *c, const struct image_wish *wish,
			  struct err *err)
{
	const struct platform have = { c->os, c->architecture, c->variant };
	AUTO_TEXT struct text wanted = { 0 }, stated = { 0 };
	char shown[64];

	if (!wish->platform_asked || platform_fit(&wish->platform, &have) != PLATFORM_UNFIT)
		return 0;
	platform_format(&wish->platform, &wanted);
	platform_format(&have, &stated);
	if (wanted.failed || stated.failed)
		return err_set(err, ENOMEM, "out of memory");
	text_escape(shown, sizeof(shown), stated.str, stated.len);
	return err_set(err, EINVAL, "it is for %s, not for %s", shown, wanted.str);
}

static int open_config(const struct store *store, const struct image_wish *wish,
		       struct resolved *ret, struct err *err)
{
	struct text *json = &ret->config_text;
	int r = load_ref(store, &ret->manifest.config, json, ret->config_digest, err);

	if (r == 0)
		r = manifest_parse_config(json->str, json->len, &ret->config, err);
	if (r == 0)
		r = check_platform(&ret->config, wish, err);
	if (r < 0)
		return err_wrap(err, "image config");
	if (ret->config.diff_id_count != ret->manifest.layer_count)
		return err_set(err, EBADMSG, "the config states %zu layers, the manifest %zu",
			       ret->config.diff_id_count, ret->manifest.layer_count);
	return 0;
}

int resolve_image(const struct store *store, const struct image_wish *wish, struct resolved *ret,
		  struct err *err)
{
	bool docker = !store->is_dir && store_has(store, "manifest.json");
	bool oci = store_has(store, "index.json");
	int r;

	*ret = (struct resolved){ 0 };
	if (!docker && !oci)
		return err_set(
			err, EINVAL,
			store->is_dir
				? "not an image: no index.json is in it"
				: "not an image: neither manifest.json nor index.json is in it");
	/* an archive with both describes one image twice, and the engines read manifest.json; but
	 * that one knows nothing of platforms */
	if (oci && (!docker || wish->platform_asked))
		r = open_oci(store, wish, ret, err);
	else
		r = open_docker(store, wish, ret, err);
	return r < 0 ? r : open_config(store, wish, ret, err);
}

void resolved_done(struct resolved *r)
{
	manifest_done(&r->manifest);
	manifest_pick_done(&r->pick);
	manifest_config_done(&r->config);
	text_done(&r->config_text);
}
