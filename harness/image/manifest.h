// SPDX-License-Identifier: MIT
/*
 * The descriptions inside an image: JSON in, plain structs out. Pure; strict about types, because
 * two readers must never see two images. Every text in a result points into its `root` and lives
 * until the _done() function.
 *
 * Sources: OCI image specification (image-index.md, manifest.md, config.md, descriptor.md); for
 * manifest.json the Docker image specification v1.2, "combined image JSON + filesystem changeset".
 */
#ifndef NSPROOF_IMAGE_MANIFEST_H
#define NSPROOF_IMAGE_MANIFEST_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define DIGEST_SIZE (sizeof("sha256:") + 64)
#define LAYERS_MAX  512

/* One file of the archive that a manifest names. */
struct manifest_ref {
	char digest[DIGEST_SIZE]; /* "sha256:..."; "" when the manifest does not say */
	const char *path;         /* in the archive; NULL: blobs/sha256/<digest> */
	bool sized;               /* whether the manifest states `size`, in bytes */
	uint64_t size;
};

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
	const char *architecture, *os, *workdir, *user; /* "" when it does not say */
	const char **env, **entrypoint, **cmd;          /* NULL-terminated */
	char (*diff_ids)[DIGEST_SIZE];
	size_t diff_id_count;
};

/* "sha256:" and 64 lower-case hexadecimal digits. */
bool digest_valid(const char *digest);

/*
 * Read one description each; the result is the caller's. All fail with -EINVAL (what is there is
 * not what the specification says, or names an image that can't be chosen) or -ENOMEM.
 *
 * manifest_parse_docker(): manifest.json, which must hold one image. manifest_parse_oci(): an image
 * manifest. manifest_parse_index(): an index; of several images it takes the one for linux and
 * `arch`
 * ("amd64"). manifest_parse_config(): an image config.
 */
int manifest_parse_docker(const char *json, size_t len, struct manifest *ret, struct err *err);
int manifest_parse_oci(const char *json, size_t len, struct manifest *ret, struct err *err);
int manifest_parse_index(const char *json, size_t len, const char *arch, struct manifest_pick *ret,
			 struct err *err);
int manifest_parse_config(const char *json, size_t len, struct manifest_config *ret,
			  struct err *err);

/* Release; safe twice, and on a struct of zeroes. */
void manifest_done(struct manifest *m);
void manifest_pick_done(struct manifest_pick *p);
void manifest_config_done(struct manifest_config *c);

#endif
