// SPDX-License-Identifier: MIT
/*
 * Container images: what one holds, and how it becomes a directory tree. Whatever it is, it is
 * recognised by its content: the archive that `docker save` writes, old or new, an OCI layout as a
 * directory or an archive, or the plain archive of a root file system; compressed or not.
 */
#ifndef NSPROOF_IMAGE_IMAGE_H
#define NSPROOF_IMAGE_IMAGE_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct image;

enum image_codec {
	CODEC_NONE,
	CODEC_GZIP,
	CODEC_ZSTD,
	CODEC_XZ,
	CODEC_BZIP2,
	CODEC_LZ4,
	CODEC_COUNT
};

extern const char *const image_codec_names[CODEC_COUNT]; /* "none", "gzip", "zstd", ... */

/* What an image may cost at most: against bombs. */
struct image_limits {
	uint64_t size;  /* bytes of all layers, decompressed; holes of sparse files don't count */
	uint64_t files; /* entries of all layers */
	uint64_t ratio; /* of a layer's decompressed to its compressed bytes, from 256 MiB on */
};

#define IMAGE_LIMITS_DEFAULT                                                                       \
	{                                                                                          \
		.size = UINT64_C(64) << 30, .files = 2000000, .ratio = 250                         \
	}

struct image_open_opts {
	const char *ref;      /* NAME:TAG, NAME or TAG of several images; NULL: there is only one */
	const char *platform; /* OS/ARCH[/VARIANT] as in "linux/arm64"; NULL: this machine's */
	struct image_limits limits;
	/* when it becomes non-zero (a signal handler sets it) the call ends with -EINTR; or NULL
	 */
	const volatile sig_atomic_t *stop;
};

struct image_layer {
	char digest[72];  /* "sha256:..." of the blob as stored; "" when the image does not say */
	char diff_id[72]; /* "sha256:..." of the uncompressed tar; "" for a plain archive */
	uint64_t size;    /* of the blob as stored, bytes */
	enum image_codec codec;
};

/* What image_info() tells; all pointers live as long as the image. */
struct image_info {
	const char *format;      /* "docker-archive", "oci-archive", "oci-layout", "rootfs-tar" */
	const char *const *tags; /* repository tags, tag_count of them */
	size_t tag_count;
	const char *config_digest;        /* "sha256:..."; "" for a plain archive */
	const char *architecture, *os;    /* from the config; "" when it does not say */
	const char *const *env;           /* KEY=VALUE, NULL-terminated */
	const char *const *entrypoint;    /* NULL-terminated */
	const char *const *cmd;           /* NULL-terminated */
	const char *workdir, *user;       /* "" when the config does not say */
	const struct image_layer *layers; /* lowest first */
	size_t layer_count;
};

/*
 * Opens an image and reads its index, manifest and config; no layer is read yet. `fd` is a regular
 * file, a pipe (waited for until its end) or the directory of an OCI layout; it stays the caller's
 * and must stay open as long as the image. What a pipe gives and a compressed image archive (but
 * not a compressed root) are kept in an unlinked file below $TMPDIR, or else /var/tmp or /tmp.
 * `name` is how errors call it. On success *ret is the caller's: image_close() releases it (NULL is
 * fine).
 * -EINVAL or -EBADMSG: not an image, truncated, hostile, or one that can't be chosen; the text
 * names the entry. -EFBIG: a limit.
 */
int image_open(int fd, const char *name, const struct image_open_opts *opts, struct image **ret,
	       struct err *err);
void image_close(struct image *image);

const struct image_info *image_info(const struct image *image);

struct image_unpack_opts {
	uint32_t id_shift;  /* added to every owner: where mounts can't be id-mapped */
	uint32_t id_count;  /* owners from here on can't be given (0: all can); they become 0 */
	bool nodes_allowed; /* device nodes are made where permitted; otherwise left out, counted */
	/* all belongs to the caller, and no file is setuid or setgid: what an ordinary user can do
	 */
	bool owners_dropped;
	struct image_limits limits;
	/* when it becomes non-zero (a signal handler sets it) unpacking ends with -EINTR; or NULL
	 */
	const volatile sig_atomic_t *stop;
	/* called now and then by the calling thread: bytes of all blobs, read and in all; or NULL
	 */
	void (*progress)(void *data, uint64_t done, uint64_t total);
	void *progress_data;
	/*
	 * image_unpack_layer() calls it for a directory that the layer has files in without listing
	 * it ("usr/lib", open at `fd`, so far plain and root's), to be made what it is in the layers
	 * below; NULL: such a layer is refused
	 */
	int (*inherit)(void *data, const char *path, int fd, struct err *err);
	void *inherit_data;
};

struct image_unpack_stats {
	uint64_t files;          /* entries written, of any type */
	uint64_t bytes;          /* of file content */
	uint64_t nodes_skipped;  /* device nodes that were left out */
	uint64_t xattrs_skipped; /* extended attributes that the kernel or file system refused */
};

/*
 * Applies all layers, with whiteouts (OCI image-spec, layer.md), into the directory `dirfd`, which
 * must be empty. Later layers decide: what they hide is not written. The digest of every blob and
 * the diff_id of every layer are verified. Nothing outside `dirfd` is touched, whatever the archive
 * says.
 * -EBADMSG: a digest that does not match, or an entry that leads out; -EFBIG: a limit; the text
 * names the layer and the entry. What was written before the failure stays: the caller throws the
 * tree away.
 */
int image_unpack(struct image *image, int dirfd, const struct image_unpack_opts *opts,
		 struct image_unpack_stats *ret, struct err *err);

/*
 * One layer alone (0 is the lowest), as overlayfs wants it: whiteouts are character devices 0:0 and
 * opaque directories carry an attribute (Documentation/filesystems/overlayfs.rst); with
 * `owners_dropped` or an `id_count` the attribute is the "user." one of the mount option userxattr.
 * A root that the layer does not list has the modification time -1 second. -EBADMSG also for what
 * has to be seen with the layers below: a hard link into one. Otherwise like image_unpack().
 */
int image_unpack_layer(struct image *image, size_t index, int dirfd,
		       const struct image_unpack_opts *opts, struct image_unpack_stats *ret,
		       struct err *err);

#endif
