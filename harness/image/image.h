// SPDX-License-Identifier: MIT
/*
 * Container images: what an archive holds, and how it becomes a directory tree. Reads the archive
 * that `docker save` writes, in its classic and its modern (OCI layout inside) form.
 */
#ifndef NSPROOF_IMAGE_IMAGE_H
#define NSPROOF_IMAGE_IMAGE_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct image;

enum image_codec { CODEC_NONE, CODEC_GZIP, CODEC_ZSTD, CODEC_COUNT };

extern const char *const image_codec_names[CODEC_COUNT]; /* "none", "gzip", "zstd" */

struct image_layer {
	char digest[72];  /* "sha256:..." of the blob as stored; "" when the archive does not say */
	char diff_id[72]; /* "sha256:..." of the uncompressed tar, from the config */
	uint64_t size;    /* of the blob as stored, bytes */
	enum image_codec codec;
};

/* What image_info() tells; all pointers live as long as the image. */
struct image_info {
	const char *format;      /* "docker-archive" or "oci-archive" */
	const char *const *tags; /* repository tags, tag_count of them */
	size_t tag_count;
	const char *config_digest;        /* "sha256:..." */
	const char *architecture, *os;    /* from the config; "" when it does not say */
	const char *const *env;           /* KEY=VALUE, NULL-terminated */
	const char *const *entrypoint;    /* NULL-terminated */
	const char *const *cmd;           /* NULL-terminated */
	const char *workdir, *user;       /* "" when the config does not say */
	const struct image_layer *layers; /* lowest first */
	size_t layer_count;
};

/*
 * Opens an archive and reads its index, manifest and config; no layer is read yet. `fd` must be a
 * regular file and stays the caller's, `name` is how errors call it. On success *ret is the
 * caller's: image_close() releases it (NULL is fine).
 * -EINVAL or -EBADMSG: not an image, truncated, or hostile; the text names the entry.
 */
int image_open(int fd, const char *name, struct image **ret, struct err *err);
void image_close(struct image *image);

const struct image_info *image_info(const struct image *image);

struct image_unpack_opts {
	uint32_t id_shift;  /* added to every owner: where mounts can't be id-mapped */
	uint32_t id_count;  /* owners from here on can't be given (0: all can); they become 0 */
	bool nodes_allowed; /* device nodes are made; otherwise counted and left out */
	/* all belongs to the caller, and no file is setuid or setgid: what an ordinary user can do
	 */
	bool owners_dropped;
	/* when it becomes non-zero (a signal handler sets it) unpacking ends with -EINTR; or NULL
	 */
	const volatile sig_atomic_t *stop;
};

struct image_unpack_stats {
	uint64_t files;         /* entries written, of any type */
	uint64_t bytes;         /* of file content */
	uint64_t nodes_skipped; /* device nodes that were left out */
};

/*
 * Applies all layers in order, with whiteouts (OCI image-spec, layer.md), into the directory
 * `dirfd`, which should be empty. The digest of every blob and the diff_id of every layer are
 * verified. Nothing outside `dirfd` is touched, whatever the archive says.
 * -EBADMSG: a digest that does not match, or an entry that leads out; the text names the layer
 * and the entry. What was written before the failure stays: the caller throws the tree away.
 */
int image_unpack(struct image *image, int dirfd, const struct image_unpack_opts *opts,
		 struct image_unpack_stats *ret, struct err *err);

#endif
