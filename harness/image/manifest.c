// SPDX-License-Identifier: MIT
/* The descriptions inside an image, OCI's manifest and everybody's config: see manifest.h. */
#include "image/manifest.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "image/json.h"
#include "image/media.h"

static int too_many(size_t layers, struct err *err)
{
	return err_set(err, EINVAL, "%zu layers, more than the %d that an image may have", layers,
		       LAYERS_MAX);
}

int manifest_make_layers(struct manifest *m, size_t count, struct err *err)
{
	if (count > LAYERS_MAX)
		return too_many(count, err);
	m->layers = calloc(count + 1, sizeof(*m->layers));
	if (!m->layers)
		return err_set(err, ENOMEM, "out of memory");
	m->layer_count = count;
	return 0;
}

static int fill_oci(struct manifest *m, struct err *err)
{
	json_t *layers = NULL, *value;
	const char *type;
	size_t i;
	int r = media_check_document(m->root, MEDIA_MANIFEST, err);

	if (r < 0)
		return r;
	r = descriptor_parse(json_object_get(m->root, "config"), &m->config, &type, err);
	if (r == 0)
		r = media_check_config(type, err);
	if (r < 0)
		return err_wrap(err, "'config'");
	r = json_get_array(m->root, "layers", &layers, err);
	if (r < 0 || (r = manifest_make_layers(m, json_array_size(layers), err)) < 0)
		return r;
	m->tags = calloc(1, sizeof(*m->tags));
	if (!m->tags)
		return err_set(err, ENOMEM, "out of memory");
	json_array_foreach(layers, i, value)
	{
		r = descriptor_parse(value, &m->layers[i], &type, err);
		if (r == 0)
			r = media_check_layer(type, err);
		if (r < 0)
			return err_wrap(err, "layer %zu", i + 1);
	}
	return 0;
}

int manifest_parse_oci(const char *json, size_t len, struct manifest *ret, struct err *err)
{
	struct manifest m = { 0 };
	int r = json_parse(json, len, &m.root, err);

	if (r == 0)
		r = fill_oci(&m, err);
	if (r < 0) {
		manifest_done(&m);
		return r;
	}
	*ret = m;
	return 0;
}

static int fill_diff_ids(json_t *rootfs, struct manifest_config *c, struct err *err)
{
	AUTO_FREE const char **ids = NULL;
	char what[32];
	int r = json_get_strings(rootfs, "diff_ids", &ids, &c->diff_id_count, err);

	if (r < 0)
		return r;
	if (c->diff_id_count > LAYERS_MAX)
		return too_many(c->diff_id_count, err);
	c->diff_ids = calloc(c->diff_id_count + 1, sizeof(*c->diff_ids));
	if (!c->diff_ids)
		return err_set(err, ENOMEM, "out of memory");
	for (size_t i = 0; i < c->diff_id_count; i++) {
		snprintf(what, sizeof(what), "diff_id %zu", i + 1);
		r = digest_check(ids[i], what, err);
		if (r < 0)
			return r;
		memcpy(c->diff_ids[i], ids[i], DIGEST_SIZE);
	}
	return 0;
}

static int fill_config(struct manifest_config *c, struct err *err)
{
	json_t *run = NULL, *rootfs = NULL;
	size_t count;
	int r;

	c->architecture = c->os = c->variant = c->workdir = c->user = "";
	if (!json_is_object(c->root))
		return err_set(err, EINVAL, "not an object");
	if ((r = json_get_object(c->root, "config", &run, err)) < 0 ||
	    (r = json_get_object(c->root, "rootfs", &rootfs, err)) < 0 ||
	    (r = json_get_string(c->root, "architecture", &c->architecture, err)) < 0 ||
	    (r = json_get_string(c->root, "os", &c->os, err)) < 0 ||
	    (r = json_get_string(c->root, "variant", &c->variant, err)) < 0 ||
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

void manifest_done(struct manifest *m)
{
	json_decref(m->root);
	free(m->layers);
	free(m->tags);
	*m = (struct manifest){ 0 };
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
