// SPDX-License-Identifier: MIT
/*
 * The descriptions inside an image: JSON in, plain structs out. Pure; strict about types, because
 * two readers must never see two images. Every text in a result points into its `root` and lives
 * until the _done() function.
 *
 * Sources: OCI image specification (image-index.md, manifest.md, config.md); for manifest.json the
 * Docker image specification v1.2, "combined image JSON + filesystem changeset".
 */
#ifndef NSPROOF_IMAGE_MANIFEST_H
#define NSPROOF_IMAGE_MANIFEST_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "image/descriptor.h"
#include "image/reference.h"

#define LAYERS_MAX 512

struct manifest {
	json_t *root;
	struct manifest_ref config, *layers;
	size_t layer_count;
	const char **tags; /* NULL-terminated, tag_count of them */
	size_t tag_count;
};

/* The entry of an index.json (or of an index below it) that is to be followed. */
struct manifest_pick {
	json_t *root;
	struct manifest_ref ref;
	bool is_index;     /* it is an index again */
	const char **tags; /* of every entry with that digest; NULL-terminated */
	size_t tag_count;
};

struct manifest_config {
	json_t *root;
	const char *architecture, *os, *variant, *workdir, *user; /* "" when it does not say */
	const char **env, **entrypoint, **cmd;                    /* NULL-terminated */
	char (*diff_ids)[DIGEST_SIZE];
	size_t diff_id_count;
};

/*
 * Read one description each; the result is the caller's. All fail with -EINVAL (what is there is
 * not what the specification says, or names an image that can't be chosen; the text lists what
 * there is) or -ENOMEM.
 *
 * manifest_parse_docker(): manifest.json; of several images the one called `ref` (NULL: there must
 * be one only). manifest_parse_oci(): an image manifest. manifest_parse_index(): an index; of
 * several images it takes the wanted one. manifest_parse_config(): an image config.
 */
int manifest_parse_docker(const char *json, size_t len, const char *ref, struct manifest *ret,
			  struct err *err);
int manifest_parse_oci(const char *json, size_t len, struct manifest *ret, struct err *err);
int manifest_parse_index(const char *json, size_t len, const struct image_wish *wish,
			 struct manifest_pick *ret, struct err *err);
int manifest_parse_config(const char *json, size_t len, struct manifest_config *ret,
			  struct err *err);

/* Makes room for the layers. -EINVAL: too many, -ENOMEM. */
int manifest_make_layers(struct manifest *m, size_t count, struct err *err);

/* Release; safe twice, and on a struct of zeroes. */
void manifest_done(struct manifest *m);
void manifest_pick_done(struct manifest_pick *p);
void manifest_config_done(struct manifest_config *c);

#endif
