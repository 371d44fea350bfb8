// SPDX-License-Identifier: MIT
/* manifest.json, the list of images in what `docker save` writes: see manifest.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "image/json.h"
#include "image/manifest.h"

/* How well an image of the list fits; its names go to the list. */
static int fit_image(json_t *image, const char *ref, struct name_list *names, int *ret_fit,
		     struct err *err)
{
	AUTO_FREE const char **tags = NULL;
	const char *config = "?";
	size_t count;
	int r;

	if (!json_is_object(image))
		return err_set(err, EINVAL, "the image is not an object");
	if ((r = json_get_string(image, "Config", &config, err)) < 0 ||
	    (r = json_get_strings(image, "RepoTags", &tags, &count, err)) < 0)
		return r;
	*ret_fit = ref && !count ? reference_fit(ref, config) : !ref;
	for (size_t i = 0; i < count; i++) {
		int fit = ref ? reference_fit(ref, tags[i]) : 0;

		*ret_fit = fit > *ret_fit ? fit : *ret_fit;
		name_list_add(names, tags[i]);
	}
	if (!count)
		name_list_add(names, config);
	return 0;
}

static int choose_image(json_t *root, const char *ref, json_t **ret, struct err *err)
{
	AUTO_NAMES struct name_list names = { 0 };
	json_t *best = NULL, *image;
	int best_fit = 0, fit = 0, r;
	bool unsure = false;
	size_t i;

	json_array_foreach(root, i, image)
	{
		r = fit_image(image, ref, &names, &fit, err);
		if (r < 0)
			return r;
		if (fit > best_fit)
			best = image;
		unsure = fit > best_fit ? false : unsure || (fit && fit == best_fit);
		best_fit = fit > best_fit ? fit : best_fit;
	}
	if (unsure)
		return err_set(err, EINVAL, "%zu images in the archive; choose one with --ref: %s",
			       json_array_size(root), name_list_str(&names));
	if (!best && ref)
		return err_set(err, EINVAL, "no image '%s' in the archive; it holds %s", ref,
			       name_list_str(&names));
	if (!best)
		return err_set(err, EINVAL, "0 images in the archive");
	*ret = best;
	return 0;
}

static int fill_docker(struct manifest *m, const char *ref, struct err *err)
{
	AUTO_FREE const char **layers = NULL;
	json_t *image = NULL;
	size_t count;
	int r;

	if (!json_is_array(m->root))
		return err_set(err, EINVAL, "not a list of images");
	if ((r = choose_image(m->root, ref, &image, err)) < 0 ||
	    (r = json_get_string(image, "Config", &m->config.path, err)) < 0 ||
	    (r = json_get_strings(image, "Layers", &layers, &count, err)) < 0 ||
	    (r = json_get_strings(image, "RepoTags", &m->tags, &m->tag_count, err)) < 0)
		return r;
	if (!m->config.path)
		return err_set(err, EINVAL, "'Config' is missing");
	/* the config is named by its digest in every layout, a layer only among the blobs */
	digest_from_name(m->config.path, m->config.digest);
	r = manifest_make_layers(m, count, err);
	for (size_t i = 0; i < count && r == 0; i++) {
		m->layers[i].path = layers[i];
		if (text_starts(layers[i], BLOBS))
			digest_from_name(layers[i], m->layers[i].digest);
	}
	return r;
}

int manifest_parse_docker(const char *json, size_t len, const char *ref, struct manifest *ret,
			  struct err *err)
{
	struct manifest m = { 0 };
	int r = json_parse(json, len, &m.root, err);

	if (r == 0)
		r = fill_docker(&m, ref, err);
	if (r < 0) {
		manifest_done(&m);
		return r;
	}
	*ret = m;
	return 0;
}
