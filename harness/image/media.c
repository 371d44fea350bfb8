// SPDX-License-Identifier: MIT
/* The media types of image descriptions and layers: see media.h. */
#include "image/media.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "image/image.h"
#include "image/json.h"

static const struct {
	const char *type;
	enum media media;
} whole_types[] = {
	{ "", MEDIA_UNSTATED },
	{ "application/vnd.oci.image.index.v1+json", MEDIA_INDEX },
	{ "application/vnd.docker.distribution.manifest.list.v2+json", MEDIA_INDEX },
	{ "application/vnd.oci.image.manifest.v1+json", MEDIA_MANIFEST },
	{ "application/vnd.docker.distribution.manifest.v2+json", MEDIA_MANIFEST },
	{ "application/vnd.docker.distribution.manifest.v1+json", MEDIA_SCHEMA1 },
	{ "application/vnd.docker.distribution.manifest.v1+prettyjws", MEDIA_SCHEMA1 },
	{ "application/vnd.oci.image.config.v1+json", MEDIA_CONFIG },
	{ "application/vnd.docker.container.image.v1+json", MEDIA_CONFIG },
};

/* Followed by nothing, or by a separator and a codec. */
static const struct {
	const char *type;
	char separator;
	enum media media;
} layer_types[] = {
	{ "application/vnd.oci.image.layer.v1.tar", '+', MEDIA_LAYER },
	{ "application/vnd.oci.image.layer.nondistributable.v1.tar", '+', MEDIA_LAYER },
	{ "application/vnd.docker.image.rootfs.diff.tar", '.', MEDIA_LAYER },
	{ "application/vnd.docker.image.rootfs.foreign.diff.tar", '.', MEDIA_FOREIGN },
};

/* Which codec does not matter: the content decides, for makers state it wrongly at times. */
static bool is_codec(const char *name)
{
	for (size_t i = 0; i < CODEC_COUNT; i++)
		if (i != CODEC_NONE && !strcmp(name, image_codec_names[i]))
			return true;
	return false;
}

enum media media_of(const char *type)
{
	for (size_t i = 0; i < ARRAY_SIZE(whole_types); i++)
		if (!strcmp(type, whole_types[i].type))
			return whole_types[i].media;
	if (text_ends(type, "+encrypted"))
		return MEDIA_ENCRYPTED;
	for (size_t i = 0; i < ARRAY_SIZE(layer_types); i++) {
		const char *rest = type + strlen(layer_types[i].type);

		if (text_starts(type, layer_types[i].type) &&
		    (!*rest || (*rest == layer_types[i].separator && is_codec(rest + 1))))
			return layer_types[i].media;
	}
	return MEDIA_OTHER;
}

static void show(const char *type, char ret[128])
{
	text_escape(ret, 128, type, strlen(type));
}

int media_check_layer(const char *type, struct err *err)
{
	char shown[128];

	show(type, shown);
	switch (media_of(type)) {
	case MEDIA_UNSTATED:
	case MEDIA_LAYER:
		return 0;
	case MEDIA_FOREIGN:
		return err_set(err, EINVAL, "not in the image but elsewhere, as '%s' says", shown);
	case MEDIA_ENCRYPTED:
		return err_set(err, EINVAL, "encrypted (%s); decrypt the image first", shown);
	default:
		return err_set(err, EINVAL, "of the unknown type '%s'", shown);
	}
}

int media_check_config(const char *type, struct err *err)
{
	enum media media = media_of(type);
	char shown[128];

	show(type, shown);
	if (media == MEDIA_UNSTATED || media == MEDIA_CONFIG)
		return 0;
	return err_set(err, EINVAL, "of type '%s': an artifact, not a container image", shown);
}

int media_check_document(json_t *root, enum media want, struct err *err)
{
	static const char *const of_manifests[] = { "config", "layers" };
	static const char *const of_indexes[] = { "manifests" };
	const char *const *others = want == MEDIA_INDEX ? of_manifests : of_indexes;
	size_t count = want == MEDIA_INDEX ? ARRAY_SIZE(of_manifests) : ARRAY_SIZE(of_indexes);
	const char *type = "";
	uint64_t version = 2;
	char shown[128];
	int r;

	if (!json_is_object(root))
		return err_set(err, EINVAL, "not an object");
	if ((r = json_get_size(root, "schemaVersion", &version, err)) < 0 ||
	    (r = json_get_string(root, "mediaType", &type, err)) < 0)
		return r;
	if (version == 1 || media_of(type) == MEDIA_SCHEMA1 || json_object_get(root, "fsLayers"))
		return err_set(err, EINVAL,
			       "a manifest of schema 1, which is outdated; save the image anew");
	if (version != 2)
		return err_set(err, EINVAL, "'schemaVersion' is not 2");
	show(type, shown);
	if (*type && media_of(type) != want)
		return err_set(err, EINVAL, "it says that it is '%s'", shown);
	for (size_t i = 0; i < count; i++)
		if (json_object_get(root, others[i]))
			return err_set(err, EINVAL,
				       "'%s' is out of place: a manifest and an index "
				       "in one",
				       others[i]);
	return 0;
}
