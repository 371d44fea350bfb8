// SPDX-License-Identifier: MIT
/* Container images: opening an archive, and applying its layers. See image.h. */
#include "image/image.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "image/archive.h"
#include "image/json.h"
#include "image/manifest.h"
#include "image/source.h"

/* an index may name an index (several platforms); deeper ones are made to annoy */
#define INDEX_DEPTH_MAX 4
#define BLOB_PATH_SIZE  (sizeof("blobs/sha256/") + 64)

struct image {
	int fd; /* the caller's */
	char *name;
	struct archive_map map;
	struct manifest manifest;
	struct manifest_pick pick; /* the tags of an OCI layout */
	struct manifest_config config;
	char config_digest[DIGEST_SIZE];
	struct image_layer *layers;
	struct stream_source *sources; /* where each layer lies */
	struct image_info info;
};

static const char *ref_path(const struct manifest_ref *ref, char buf[BLOB_PATH_SIZE])
{
	if (ref->path)
		return ref->path;
	snprintf(buf, BLOB_PATH_SIZE, "blobs/sha256/%s", ref->digest + strlen("sha256:"));
	return buf;
}

/* The file that a manifest names, its size compared. */
static int find_ref(const struct image *image, const struct manifest_ref *ref,
		    const struct archive_file **ret, struct err *err)
{
	char buf[BLOB_PATH_SIZE], shown[128];
	const char *path = ref_path(ref, buf);
	const struct archive_file *file = archive_map_find(&image->map, path);

	text_escape(shown, sizeof(shown), path, strlen(path));
	if (!file)
		return err_set(err, EBADMSG, "'%s' is missing in the archive", shown);
	if (ref->sized && ref->size != file->size)
		return err_set(err, EBADMSG, "'%s' has %llu bytes instead of %llu", shown,
			       (unsigned long long)file->size, (unsigned long long)ref->size);
	*ret = file;
	return 0;
}

/* Loads a description and compares its digest, which *ret_digest then holds. */
static int load_ref(const struct image *image, const struct manifest_ref *ref, struct text *ret,
		    char ret_digest[DIGEST_SIZE], struct err *err)
{
	const struct archive_file *file;
	AUTO_TEXT struct text t = { 0 };
	char buf[BLOB_PATH_SIZE], digest[DIGEST_SIZE];
	int r = find_ref(image, ref, &file, err);

	if (r < 0 ||
	    (r = archive_map_load(&image->map, image->fd, ref_path(ref, buf), &t, err)) < 0 ||
	    (r = stream_digest(t.str, t.len, digest, err)) < 0)
		return r;
	if (*ref->digest && strcmp(digest, ref->digest) != 0)
		return err_set(err, EBADMSG, "%s: digest is %s", ref->digest, digest);
	memcpy(ret_digest, digest, sizeof(digest));
	*ret = t;
	t = (struct text){ 0 };
	return 0;
}

static int open_docker(struct image *image, struct err *err)
{
	AUTO_TEXT struct text json = { 0 };
	int r = archive_map_load(&image->map, image->fd, "manifest.json", &json, err);

	if (r < 0)
		return r;
	r = manifest_parse_docker(json.str, json.len, &image->manifest, err);
	if (r < 0)
		return err_wrap(err, "manifest.json");
	image->info.format = "docker-archive";
	image->info.tags = image->manifest.tags;
	image->info.tag_count = image->manifest.tag_count;
	return 0;
}

/* oci-layout says which version of the layout this is: image-layout.md. */
static int check_layout(const struct image *image, struct err *err)
{
	AUTO_TEXT struct text text = { 0 };
	AUTO_JSON json_t *json = NULL;
	const char *version = "";
	int r = archive_map_load(&image->map, image->fd, "oci-layout", &text, err);

	if (r < 0)
		return r;
	if ((r = json_parse(text.str, text.len, &json, err)) < 0 ||
	    (r = json_get_string(json, "imageLayoutVersion", &version, err)) < 0)
		return err_wrap(err, "oci-layout");
	if (!text_starts(version, "1."))
		return err_set(err, EINVAL, "oci-layout: the version is not 1.x");
	return 0;
}

/* What the machine's architecture is called in images: Go's GOARCH. */
static const char *image_arch(const char *machine)
{
	static const struct {
		const char *machine, *arch;
	} names[] = {
		{ "x86_64", "amd64" },    { "aarch64", "arm64" },       { "armv7l", "arm" },
		{ "i686", "386" },        { "ppc64le", "ppc64le" },     { "s390x", "s390x" },
		{ "riscv64", "riscv64" }, { "loongarch64", "loong64" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(machine, names[i].machine))
			return names[i].arch;
	return machine;
}

/* Replaces the text of an index by that of what it picks; *ret_again: that is an index again. */
static int follow_index(struct image *image, struct text *json, bool *ret_again, struct err *err)
{
	struct manifest_pick pick;
	char digest[DIGEST_SIZE];
	struct utsname uts;
	int r;

	uname(&uts);
	r = manifest_parse_index(json->str, json->len, image_arch(uts.machine), &pick, err);
	if (r < 0)
		return r;
	text_done(json);
	*ret_again = pick.is_index;
	r = load_ref(image, &pick.ref, json, digest, err);
	/* the tags stand in the outermost one */
	if (image->pick.root)
		manifest_pick_done(&pick);
	else
		image->pick = pick;
	return r;
}

static int open_oci(struct image *image, struct err *err)
{
	AUTO_TEXT struct text json = { 0 };
	bool again = true;
	int r = check_layout(image, err);

	if (r < 0 || (r = archive_map_load(&image->map, image->fd, "index.json", &json, err)) < 0)
		return r;
	for (int depth = 0; again; depth++) {
		if (depth == INDEX_DEPTH_MAX)
			return err_set(err, EINVAL, "index.json: more than %d indexes deep",
				       INDEX_DEPTH_MAX);
		r = follow_index(image, &json, &again, err);
		if (r < 0)
			return err_wrap(err, depth ? "image index" : "index.json");
	}
	r = manifest_parse_oci(json.str, json.len, &image->manifest, err);
	if (r < 0)
		return err_wrap(err, "image manifest");
	image->info.format = "oci-archive";
	image->info.tags = image->pick.tags;
	image->info.tag_count = image->pick.tag_count;
	return 0;
}

static int open_config(struct image *image, struct err *err)
{
	const struct manifest_config *c = &image->config;
	AUTO_TEXT struct text json = { 0 };
	int r = load_ref(image, &image->manifest.config, &json, image->config_digest, err);

	if (r == 0)
		r = manifest_parse_config(json.str, json.len, &image->config, err);
	if (r < 0)
		return err_wrap(err, "image config");
	if (c->diff_id_count != image->manifest.layer_count)
		return err_set(err, EBADMSG, "the config states %zu layers, the manifest %zu",
			       c->diff_id_count, image->manifest.layer_count);
	image->info.config_digest = image->config_digest;
	image->info.architecture = c->architecture;
	image->info.os = c->os;
	image->info.env = c->env;
	image->info.entrypoint = c->entrypoint;
	image->info.cmd = c->cmd;
	image->info.workdir = c->workdir;
	image->info.user = c->user;
	return 0;
}

static int open_layer(struct image *image, size_t i, struct err *err)
{
	const struct manifest_ref *ref = &image->manifest.layers[i];
	struct stream_source *source = &image->sources[i];
	struct image_layer *layer = &image->layers[i];
	const struct archive_file *file;
	int r = find_ref(image, ref, &file, err);

	if (r < 0)
		return r;
	*source = (struct stream_source){ image->fd, file->offset, file->size, CODEC_NONE };
	r = stream_codec(source->fd, source->offset, source->size, &source->codec, err);
	if (r < 0)
		return r;
	layer->codec = source->codec;
	layer->size = file->size;
	memcpy(layer->diff_id, image->config.diff_ids[i], DIGEST_SIZE);
	memcpy(layer->digest, ref->digest, DIGEST_SIZE);
	/* a plain tar is stored as it is */
	if (!*layer->digest && layer->codec == CODEC_NONE)
		memcpy(layer->digest, layer->diff_id, DIGEST_SIZE);
	return 0;
}

static int open_layers(struct image *image, struct err *err)
{
	size_t count = image->manifest.layer_count;

	image->layers = calloc(count + 1, sizeof(*image->layers));
	image->sources = calloc(count + 1, sizeof(*image->sources));
	if (!image->layers || !image->sources)
		return err_set(err, ENOMEM, "out of memory");
	for (size_t i = 0; i < count; i++) {
		int r = open_layer(image, i, err);

		if (r < 0)
			return err_wrap(err, "layer %zu", i + 1);
	}
	image->info.layers = image->layers;
	image->info.layer_count = count;
	return 0;
}

static int open_parts(struct image *image, struct err *err)
{
	int r;

	/* an archive with both describes one image twice; the engines read manifest.json */
	if (archive_map_find(&image->map, "manifest.json"))
		r = open_docker(image, err);
	else if (archive_map_find(&image->map, "index.json"))
		r = open_oci(image, err);
	else
		r = err_set(err, EINVAL,
			    "not an image: neither manifest.json nor index.json is in it");
	if (r < 0 || (r = open_config(image, err)) < 0)
		return r;
	return open_layers(image, err);
}

int image_open(int fd, const char *name, const struct image_open_opts *opts, struct image **ret,
	       struct err *err)
{
	struct image *image = calloc(1, sizeof(*image));
	int r;

	if (!image)
		return err_set(err, ENOMEM, "out of memory");
	(void)opts;
	image->fd = fd;
	image->name = strdup(name);
	if (!image->name)
		r = err_set(err, ENOMEM, "out of memory");
	else
		r = archive_map_read(fd, name, &image->map, err);
	if (r == 0) {
		r = open_parts(image, err);
		if (r < 0)
			err_wrap(err, "%s", name);
	}
	if (r < 0) {
		image_close(image);
		return r;
	}
	*ret = image;
	return 0;
}

void image_close(struct image *image)
{
	if (!image)
		return;
	archive_map_done(&image->map);
	manifest_done(&image->manifest);
	manifest_pick_done(&image->pick);
	manifest_config_done(&image->config);
	free(image->layers);
	free(image->sources);
	free(image->name);
	free(image);
}

const struct image_info *image_info(const struct image *image)
{
	return &image->info;
}

const struct stream_source *image_source(const struct image *image, size_t index)
{
	return &image->sources[index];
}

const char *image_name(const struct image *image)
{
	return image->name;
}
