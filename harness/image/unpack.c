// SPDX-License-Identifier: MIT
/* From the layers of an image to a directory tree: image_unpack(), see image.h. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/cleanup.h"
#include "image/image.h"
#include "image/layer.h"
#include "image/source.h"
#include "image/stream.h"
#include "image/tar.h"
#include "image/tree.h"
#include "image/write.h"

/* What of an image is unpacked, and how far it has come. */
struct unpack {
	const struct image *image;
	const struct image_unpack_opts *opts;
	struct writer *writer;
	uint64_t before, total; /* bytes of blobs */
	uint64_t tar_bytes;     /* of the layers so far */
};

/* How errors call a layer: its digest, or else what it unpacks to. */
static int wrap_layer(const struct unpack *u, size_t index, struct err *err)
{
	const struct image_info *info = image_info(u->image);
	const struct image_layer *layer = &info->layers[index];
	const char *name = *layer->digest ? layer->digest : layer->diff_id;

	if (!*name)
		return -err->num;
	return err_wrap(err, "layer %zu (%s)", index + 1, name);
}

static int open_layer(const struct unpack *u, size_t index, struct stream **ret, struct err *err)
{
	const struct image_limits *limits = &u->opts->limits;
	const struct stream_limits stream_limits = { limits->size, limits->ratio };
	int r = stream_open(image_source(u->image, index), &stream_limits, ret, err);

	return r < 0 ? wrap_layer(u, index, err) : 0;
}

static int apply_layer(struct unpack *u, size_t index, struct stream *stream, struct err *err)
{
	const struct image_info *info = image_info(u->image);
	const struct layer_job job = {
		.layer = &info->layers[index],
		.stream = stream,
		.writer = u->writer,
		.opts = u->opts,
		.before = u->before,
		.total = u->total,
		.tar_bytes = &u->tar_bytes,
	};
	int r;

	writer_begin_layer(u->writer, (uint16_t)(index + 1));
	r = layer_apply(&job, err);
	u->before += info->layers[index].size;
	return r < 0 ? wrap_layer(u, index, err) : r;
}

/* All layers in the given order; each stream is opened while the one before is in use. */
static int apply_all(struct unpack *u, enum merge_order order, struct err *err)
{
	size_t count = image_info(u->image)->layer_count;
	AUTO_STREAM struct stream *next = NULL;
	int r = 0;

	for (size_t i = 0; i <= count && r == 0; i++) {
		AUTO_STREAM struct stream *stream = STEAL_PTR(next);

		if (i < count)
			r = open_layer(u, order == MERGE_UPWARDS ? i : count - 1 - i, &next, err);
		if (r == 0 && i > 0)
			r = apply_layer(u, order == MERGE_UPWARDS ? i - 1 : count - i, stream, err);
	}
	return r;
}

/* Returns 1 when the layers have to be taken upwards. */
static int unpack_in_order(const struct image *image, int dirfd, enum merge_order order,
			   const struct image_unpack_opts *opts, struct image_unpack_stats *ret,
			   struct err *err)
{
	struct unpack u = { .image = image, .opts = opts };
	AUTO_WRITER struct writer *w = NULL;
	int r = writer_open(dirfd, order, opts, &w, err);

	if (r < 0)
		return r;
	u.writer = w;
	for (size_t i = 0; i < image_info(image)->layer_count; i++)
		u.total += image_info(image)->layers[i].size;
	r = apply_all(&u, order, err);
	return r == 0 ? writer_finish(w, ret, err) : r;
}

int image_unpack(struct image *image, int dirfd, const struct image_unpack_opts *opts,
		 struct image_unpack_stats *ret, struct err *err)
{
	AUTO_LOCALE locale_t locale = tar_locale_enter();
	bool several = image_info(image)->layer_count > 1;
	int r = 1;

	if (several)
		r = unpack_in_order(image, dirfd, MERGE_DOWNWARDS, opts, ret, err);
	if (r == 1 && several)
		r = tree_remove_below(dirfd, err) < 0 ? -err->num : 1;
	if (r == 1)
		r = unpack_in_order(image, dirfd, MERGE_UPWARDS, opts, ret, err);
	return r < 0 ? err_wrap(err, "%s", image_name(image)) : 0;
}

int image_unpack_layer(struct image *image, size_t index, int dirfd,
		       const struct image_unpack_opts *opts, struct image_unpack_stats *ret,
		       struct err *err)
{
	AUTO_LOCALE locale_t locale = tar_locale_enter();
	struct unpack u = { .image = image, .opts = opts };
	AUTO_STREAM struct stream *stream = NULL;
	AUTO_WRITER struct writer *w = NULL;
	int r = writer_open(dirfd, MERGE_OVERLAY, opts, &w, err);

	u.writer = w;
	u.total = image_info(image)->layers[index].size;
	if (r == 0)
		r = open_layer(&u, index, &stream, err);
	if (r == 0)
		r = apply_layer(&u, index, stream, err);
	if (r == 0 && (r = writer_finish(w, ret, err)) < 0)
		wrap_layer(&u, index, err);
	return r < 0 ? err_wrap(err, "%s", image_name(image)) : 0;
}
