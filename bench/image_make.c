// SPDX-License-Identifier: MIT
/*
 * OCI layouts of layers: see image_make.h and the OCI image-spec, image-layout.md. A layout becomes
 * visible under its name when it is whole. Facts about it lie beside its blobs.
 */
#include "bench/image_make.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "image/tree.h"

#define TYPE     "application/vnd.oci.image."
/* other programs ask for an image by name */
#define REF_NAME ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"bench\"}"
#define FACTS    "nsproof.facts"

/* No standard names the others; readers go by the content all the same. */
static const struct {
	const char *type;
	pack_compress_fn *compress;
} codecs[CODEC_COUNT] = {
	[CODEC_NONE] = { TYPE "layer.v1.tar", NULL },
	[CODEC_GZIP] = { TYPE "layer.v1.tar+gzip", pack_gzip },
	[CODEC_ZSTD] = { TYPE "layer.v1.tar+zstd", pack_zstd },
	[CODEC_XZ] = { TYPE "layer.v1.tar", pack_xz },
	[CODEC_BZIP2] = { TYPE "layer.v1.tar", pack_bzip2 },
	[CODEC_LZ4] = { TYPE "layer.v1.tar", pack_lz4 },
};

void image_blob_path(const char *digest, char *ret, size_t room)
{
	snprintf(ret, room, "blobs/sha256/%s", digest + strlen("sha256:"));
}

static int write_file(int dir, const char *name, const struct text *bytes, struct err *err)
{
	AUTO_CLOSE int fd = -1;
	int r;

	if (bytes->failed)
		return err_set(err, ENOMEM, "out of memory");
	fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		return err_sys(err, "%s", name);
	r = fd_write_full(fd, bytes->str, bytes->len);
	return r < 0 ? err_set(err, -r, "writing %s: %s", name, strerror(-r)) : 0;
}

/* Writes a blob, and a descriptor of it, with more members if need be, to `to`. */
static int add_blob(int dir, const struct text *bytes, const char *type, const char *more,
		    struct text *to, char digest[PACK_DIGEST_SIZE], struct err *err)
{
	char path[96];

	if (bytes->failed)
		return err_set(err, ENOMEM, "out of memory");
	pack_digest(bytes, digest);
	image_blob_path(digest, path, sizeof(path));
	text_addf(to, "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%zu%s}", type, digest,
		  bytes->len, more);
	return write_file(dir, path, bytes, err);
}

static int add_layer(int dir, const struct text *tar, enum image_codec codec, struct text *layers,
		     struct text *ids, struct err *err)
{
	const char *comma = layers->len ? "," : "";
	AUTO_TEXT struct text packed = { 0 };
	char digest[PACK_DIGEST_SIZE];
	int r = 0;

	pack_digest(tar, digest);
	text_addf(ids, "%s\"%s\"", comma, digest);
	text_add(layers, comma);
	if (codecs[codec].compress)
		r = codecs[codec].compress(tar, &packed, err);
	return r < 0 ? r
		     : add_blob(dir, codecs[codec].compress ? &packed : tar, codecs[codec].type, "",
				layers, digest, err);
}

/* Everything but the layers, which are written already. */
static int write_texts(int dir, const struct text *layers, const struct text *ids,
		       struct made_image *image, struct err *err)
{
	AUTO_TEXT struct text config = { 0 }, manifest = { 0 }, index = { 0 }, layout = { 0 },
			      facts = { 0 };
	const struct tree_facts *f = &image->facts;
	int r;

	if (layers->failed || ids->failed)
		return err_set(err, ENOMEM, "out of memory");
	text_addf(&config,
		  "{\"architecture\":\"unknown\",\"os\":\"linux\","
		  "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[%s]}}",
		  ids->str);
	text_addf(&manifest, "{\"schemaVersion\":2,\"mediaType\":\"" TYPE "manifest.v1+json\","
			     "\"config\":");
	r = add_blob(dir, &config, TYPE "config.v1+json", "", &manifest, image->config, err);
	text_addf(&manifest, ",\"layers\":[%s]}", layers->str);
	text_addf(&index, "{\"schemaVersion\":2,\"manifests\":[");
	r = r < 0 ? r
		  : add_blob(dir, &manifest, TYPE "manifest.v1+json", REF_NAME, &index,
			     image->manifest, err);
	text_add(&index, "]}");
	text_add(&layout, "{\"imageLayoutVersion\":\"1.0.0\"}");
	text_addf(&facts, "%" PRIu64 " %" PRIu64 " %" PRIu64 " %s %s\n", f->entries, f->bytes,
		  f->sum, image->manifest, image->config);
	r = r < 0 ? r : write_file(dir, "index.json", &index, err);
	r = r < 0 ? r : write_file(dir, "oci-layout", &layout, err);
	return r < 0 ? r : write_file(dir, FACTS, &facts, err);
}

static int fill_layout(int dir, enum image_shape which, enum image_codec codec,
		       struct made_image *image, struct err *err)
{
	AUTO_TEXT struct text layers = { 0 }, ids = { 0 };
	AUTO_SHAPE struct shape shape = { 0 };
	int r = shape_make(which, &shape, err);

	if (r < 0)
		return r;
	if (mkdirat(dir, "blobs", 0755) < 0 || mkdirat(dir, "blobs/sha256", 0755) < 0)
		return err_sys(err, "blobs");
	for (size_t i = 0; i < shape.count && r == 0; i++)
		r = add_layer(dir, &shape.layers[i], codec, &layers, &ids, err);
	image->facts = shape.facts;
	return r < 0 ? r : write_texts(dir, &layers, &ids, image, err);
}

/* What a scenario that was killed has left half-made is removed first. */
static int make_layout(struct made_image *image, enum image_shape shape, enum image_codec codec,
		       struct err *err)
{
	char fresh[sizeof(image->path) + 8];
	AUTO_CLOSE int dir = -1;
	int r;

	snprintf(fresh, sizeof(fresh), "%s.new", image->path);
	r = tree_remove(AT_FDCWD, fresh, err);
	if (r < 0)
		return r;
	if (mkdir(fresh, 0755) < 0)
		return err_sys(err, "%s", fresh);
	dir = open(fresh, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	r = dir < 0 ? err_sys(err, "%s", fresh) : fill_layout(dir, shape, codec, image, err);
	if (r == 0 && rename(fresh, image->path) < 0)
		r = err_sys(err, "%s", image->path);
	if (r < 0)
		tree_remove(AT_FDCWD, fresh, &(struct err){ 0 });
	return r;
}

static bool read_facts(struct made_image *image)
{
	AUTO_TEXT struct text text = { 0 };
	struct tree_facts *f = &image->facts;
	char path[sizeof(image->path) + sizeof(FACTS) + 1];

	snprintf(path, sizeof(path), "%s/" FACTS, image->path);
	return file_read(AT_FDCWD, path, 4096, &text) == 0 &&
	       sscanf(text.str, "%" SCNu64 " %" SCNu64 " %" SCNu64 " %71s %71s", &f->entries,
		      &f->bytes, &f->sum, image->manifest, image->config) == 5;
}

int image_make(const char *dir, enum image_shape shape, enum image_codec codec,
	       struct made_image *ret, struct err *err)
{
	struct made_image image = { 0 };
	int r = 0;

	snprintf(image.path, sizeof(image.path), "%s/unpack-%s-%s", dir, shape_names[shape],
		 image_codec_names[codec]);
	if (!read_facts(&image))
		r = make_layout(&image, shape, codec, err);
	if (r < 0)
		return err_wrap(err, "making an image of the shape %s", shape_names[shape]);
	*ret = image;
	return 0;
}
