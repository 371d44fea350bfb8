// SPDX-License-Identifier: MIT
/* The descriptions inside an image: see manifest.h. */
#include "image/manifest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "image/json.h"

#define BLOBS "blobs/sha256/"

static bool is_hex64(const char *str)
{
	return strspn(str, "0123456789abcdef") == 64;
}

bool digest_valid(const char *digest)
{
	return text_starts(digest, "sha256:") && is_hex64(digest + 7) && !digest[71];
}

/* The digest that the file name itself states, as in "<hex>.json" and "blobs/sha256/<hex>". */
static void digest_from_name(const char *name, char ret[DIGEST_SIZE])
{
	ret[0] = '\0';
	if (text_starts(name, "sha256:"))
		name += strlen("sha256:");
	if (!is_hex64(name) || (name[64] && strcmp(name + 64, ".json") != 0))
		return;
	memcpy(ret, "sha256:", 7);
	memcpy(ret + 7, name, 64);
	ret[71] = '\0';
}

static int too_many(size_t layers, struct err *err)
{
	return err_set(err, EINVAL, "%zu layers, more than the %d that an image may have", layers,
		       LAYERS_MAX);
}

static struct manifest_ref *refs_new(size_t count)
{
	return calloc(count + 1, sizeof(struct manifest_ref));
}

/* The only image of a manifest.json. */
static int sole_image(json_t *root, json_t **ret, struct err *err)
{
	if (!json_is_array(root))
		return err_set(err, EINVAL, "not a list of images");
	if (json_array_size(root) != 1)
		return err_set(err, EINVAL, "%zu images in one archive; save one alone",
			       json_array_size(root));
	*ret = json_array_get(root, 0);
	if (!json_is_object(*ret))
		return err_set(err, EINVAL, "the image is not an object");
	return 0;
}

static int fill_docker(struct manifest *m, struct err *err)
{
	AUTO_FREE const char **layers = NULL;
	json_t *image = NULL;
	int r = sole_image(m->root, &image, err);

	if (r < 0 || (r = json_get_string(image, "Config", &m->config.path, err)) < 0 ||
	    (r = json_get_strings(image, "Layers", &layers, &m->layer_count, err)) < 0 ||
	    (r = json_get_strings(image, "RepoTags", &m->tags, &m->tag_count, err)) < 0)
		return r;
	if (!m->config.path)
		return err_set(err, EINVAL, "'Config' is missing");
	if (m->layer_count > LAYERS_MAX)
		return too_many(m->layer_count, err);
	/* the config is named by its digest, with or without a folder; a layer only among the blobs
	 */
	digest_from_name(text_starts(m->config.path, BLOBS) ? m->config.path + strlen(BLOBS)
							    : m->config.path,
			 m->config.digest);
	m->layers = refs_new(m->layer_count);
	if (!m->layers)
		return err_set(err, ENOMEM, "out of memory");
	for (size_t i = 0; i < m->layer_count; i++) {
		m->layers[i].path = layers[i];
		if (text_starts(layers[i], BLOBS))
			digest_from_name(layers[i] + strlen(BLOBS), m->layers[i].digest);
	}
	return 0;
}

/* An OCI descriptor; *ret_type is its media type or "". */
static int parse_descriptor(json_t *json, struct manifest_ref *ret, const char **ret_type,
			    struct err *err)
{
	const char *digest = "";
	uint64_t size = UINT64_MAX;
	int r;

	*ret_type = "";
	if (!json_is_object(json))
		return err_set(err, EINVAL, "a descriptor is missing or not an object");
	if ((r = json_get_string(json, "digest", &digest, err)) < 0 ||
	    (r = json_get_string(json, "mediaType", ret_type, err)) < 0 ||
	    (r = json_get_size(json, "size", &size, err)) < 0)
		return r;
	if (!digest_valid(digest))
		return err_set(err, EINVAL, "a digest is not 'sha256:' and 64 hexadecimal digits");
	*ret = (struct manifest_ref){ .sized = size != UINT64_MAX, .size = size };
	memcpy(ret->digest, digest, DIGEST_SIZE);
	return 0;
}

/* Whether the blob is a tar archive that needs no key; its compression is found by its content. */
static bool is_layer_type(const char *type)
{
	return !*type || (text_starts(type, "application/vnd.") && strstr(type, ".tar") &&
			  !text_ends(type, "+encrypted"));
}

static int fill_oci(struct manifest *m, struct err *err)
{
	json_t *layers = NULL, *value;
	const char *type;
	size_t i;
	int r;

	if (!json_is_object(m->root))
		return err_set(err, EINVAL, "not an object");
	r = parse_descriptor(json_object_get(m->root, "config"), &m->config, &type, err);
	if (r < 0)
		return err_wrap(err, "'config'");
	r = json_get_array(m->root, "layers", &layers, err);
	if (r < 0)
		return r;
	m->layer_count = json_array_size(layers);
	if (m->layer_count > LAYERS_MAX)
		return too_many(m->layer_count, err);
	m->layers = refs_new(m->layer_count);
	m->tags = calloc(1, sizeof(*m->tags));
	if (!m->layers || !m->tags)
		return err_set(err, ENOMEM, "out of memory");
	json_array_foreach(layers, i, value)
	{
		r = parse_descriptor(value, &m->layers[i], &type, err);
		if (r < 0)
			return err_wrap(err, "layer %zu", i + 1);
		if (!is_layer_type(type))
			return err_set(err, EINVAL, "layer %zu is of a type that can't be unpacked",
				       i + 1);
	}
	return 0;
}

static int parse_manifest(const char *json, size_t len,
			  int (*fill)(struct manifest *, struct err *), struct manifest *ret,
			  struct err *err)
{
	struct manifest m = { 0 };
	int r = json_parse(json, len, &m.root, err);

	if (r == 0)
		r = fill(&m, err);
	if (r < 0) {
		manifest_done(&m);
		return r;
	}
	*ret = m;
	return 0;
}

int manifest_parse_docker(const char *json, size_t len, struct manifest *ret, struct err *err)
{
	return parse_manifest(json, len, fill_docker, ret, err);
}

int manifest_parse_oci(const char *json, size_t len, struct manifest *ret, struct err *err)
{
	return parse_manifest(json, len, fill_oci, ret, err);
}

static int fill_diff_ids(json_t *rootfs, struct manifest_config *c, struct err *err)
{
	AUTO_FREE const char **ids = NULL;
	int r = json_get_strings(rootfs, "diff_ids", &ids, &c->diff_id_count, err);

	if (r < 0)
		return r;
	if (c->diff_id_count > LAYERS_MAX)
		return too_many(c->diff_id_count, err);
	c->diff_ids = calloc(c->diff_id_count + 1, sizeof(*c->diff_ids));
	if (!c->diff_ids)
		return err_set(err, ENOMEM, "out of memory");
	for (size_t i = 0; i < c->diff_id_count; i++) {
		if (!digest_valid(ids[i]))
			return err_set(err, EINVAL,
				       "diff_id %zu is not 'sha256:' and 64 hexadecimal digits",
				       i + 1);
		memcpy(c->diff_ids[i], ids[i], DIGEST_SIZE);
	}
	return 0;
}

static int fill_config(struct manifest_config *c, struct err *err)
{
	json_t *run = NULL, *rootfs = NULL;
	size_t count;
	int r;

	c->architecture = c->os = c->workdir = c->user = "";
	if (!json_is_object(c->root))
		return err_set(err, EINVAL, "not an object");
	if ((r = json_get_object(c->root, "config", &run, err)) < 0 ||
	    (r = json_get_object(c->root, "rootfs", &rootfs, err)) < 0 ||
	    (r = json_get_string(c->root, "architecture", &c->architecture, err)) < 0 ||
	    (r = json_get_string(c->root, "os", &c->os, err)) < 0 ||
	    (r = json_get_string(run, "WorkingDir", &c->workdir, err)) < 0 ||
	    (r = json_get_string(run, "User", &c->user, err)) < 0 ||
	    (r = json_get_strings(run, "Env", &c->env, &count, err)) < 0 ||
	    (r = json_get_strings(run, "Entrypoint", &c->entrypoint, &count, err)) < 0 ||
	    (r = json_get_strings(run, "Cmd", &c->cmd, &count, err)) < 0)
		return r;
	return fill_diff_ids(rootfs, c, err);
}

int manifest_parse_config(const char *json, size_t len, struct manifest_config *ret,
			  struct err *err)
{
	struct manifest_config c = { 0 };
	int r = json_parse(json, len, &c.root, err);

	if (r == 0)
		r = fill_config(&c, err);
	if (r < 0) {
		manifest_config_done(&c);
		return r;
	}
	*ret = c;
	return 0;
}

/* One entry of an index, as far as choosing needs it. */
struct candidate {
	struct manifest_ref ref;
	const char *type, *os, *arch, *tag;
};

static int parse_candidate(json_t *json, struct candidate *ret, struct err *err)
{
	json_t *platform = NULL, *notes = NULL;
	int r;

	*ret = (struct candidate){ .os = "", .arch = "" };
	if ((r = parse_descriptor(json, &ret->ref, &ret->type, err)) < 0 ||
	    (r = json_get_object(json, "platform", &platform, err)) < 0 ||
	    (r = json_get_object(json, "annotations", &notes, err)) < 0 ||
	    (r = json_get_string(platform, "os", &ret->os, err)) < 0 ||
	    (r = json_get_string(platform, "architecture", &ret->arch, err)) < 0 ||
	    (r = json_get_string(notes, "org.opencontainers.image.ref.name", &ret->tag, err)) < 0)
		return r;
	/* containerd puts the whole name here and only the tag there */
	return json_get_string(notes, "io.containerd.image.name", &ret->tag, err);
}

static bool type_is_index(const char *type)
{
	return !strcmp(type, "application/vnd.oci.image.index.v1+json") ||
	       !strcmp(type, "application/vnd.docker.distribution.manifest.list.v2+json");
}

static bool type_is_image(const char *type)
{
	return !*type || !strcmp(type, "application/vnd.oci.image.manifest.v1+json") ||
	       !strcmp(type, "application/vnd.docker.distribution.manifest.v2+json");
}

/* How well an entry fits: 0 not at all, 2 for this machine. */
static int fitness(const struct candidate *c, const char *arch)
{
	if ((!type_is_index(c->type) && !type_is_image(c->type)) || !strcmp(c->os, "unknown"))
		return 0;
	return !strcmp(c->os, "linux") && !strcmp(c->arch, arch) ? 2 : 1;
}

static int choose(const struct candidate *list, size_t count, const char *arch,
		  const struct candidate **ret, struct err *err)
{
	const struct candidate *best = NULL;
	bool unsure = false;

	for (const struct candidate *c = list; c < list + count; c++) {
		int better = fitness(c, arch) - (best ? fitness(best, arch) : 0);

		if (better > 0) {
			best = c;
			unsure = false;
		} else if (best && !better && strcmp(c->ref.digest, best->ref.digest) != 0) {
			unsure = true;
		}
	}
	if (!best)
		return err_set(err, EINVAL, "it lists no image");
	if (unsure)
		return err_set(err, EINVAL, "it lists several images; save one alone");
	*ret = best;
	return 0;
}

static int fill_pick(struct manifest_pick *p, const char *arch, struct err *err)
{
	AUTO_FREE struct candidate *list = NULL;
	const struct candidate *best = NULL;
	json_t *array = NULL, *value;
	size_t i, count;
	int r;

	if (!json_is_object(p->root))
		return err_set(err, EINVAL, "not an object");
	r = json_get_array(p->root, "manifests", &array, err);
	if (r < 0)
		return r;
	count = json_array_size(array);
	list = calloc(count + 1, sizeof(*list));
	p->tags = calloc(count + 1, sizeof(*p->tags));
	if (!list || !p->tags)
		return err_set(err, ENOMEM, "out of memory");
	json_array_foreach(array, i, value)
	{
		r = parse_candidate(value, &list[i], err);
		if (r < 0)
			return err_wrap(err, "entry %zu", i + 1);
	}
	r = choose(list, count, arch, &best, err);
	if (r < 0)
		return r;
	p->ref = best->ref;
	p->is_index = type_is_index(best->type);
	for (i = 0; i < count; i++)
		if (list[i].tag && !strcmp(list[i].ref.digest, best->ref.digest))
			p->tags[p->tag_count++] = list[i].tag;
	return 0;
}

int manifest_parse_index(const char *json, size_t len, const char *arch, struct manifest_pick *ret,
			 struct err *err)
{
	struct manifest_pick p = { 0 };
	int r = json_parse(json, len, &p.root, err);

	if (r == 0)
		r = fill_pick(&p, arch, err);
	if (r < 0) {
		manifest_pick_done(&p);
		return r;
	}
	*ret = p;
	return 0;
}

void manifest_done(struct manifest *m)
{
	json_decref(m->root);
	free(m->layers);
	free(m->tags);
	*m = (struct manifest){ 0 };
}

void manifest_pick_done(struct manifest_pick *p)
{
	json_decref(p->root);
	free(p->tags);
	*p = (struct manifest_pick){ 0 };
}

void manifest_config_done(struct manifest_config *c)
{
	json_decref(c->root);
	free(c->env);
	free(c->entrypoint);
	free(c->cmd);
	free(c->diff_ids);
	*c = (struct manifest_config){ 0 };
}
