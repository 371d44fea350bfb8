// SPDX-License-Identifier: MIT
/* From the layers of an image to a directory tree: image_unpack(), see image.h. */
#include <string.h>

#include "base/cleanup.h"
#include "image/image.h"
#include "image/layer.h"
#include "image/source.h"
#include "image/tar.h"
#include "image/write.h"

/* How errors call a layer: its digest, or else what it unpacks to. */
static const char *layer_name(const struct image_layer *layer)
{
	return *layer->digest ? layer->digest : layer->diff_id;
}

int image_unpack(struct image *image, int dirfd, const struct image_unpack_opts *opts,
		 struct image_unpack_stats *ret, struct err *err)
{
	AUTO_LOCALE locale_t locale = tar_locale_enter();
	AUTO_WRITER struct writer *w = NULL;
	const struct image_info *info = image_info(image);
	int r = writer_open(dirfd, opts, &w, err);

	for (size_t i = 0; i < info->layer_count && r == 0; i++) {
		writer_next_layer(w);
		r = layer_apply(image_source(image, i), &info->layers[i], w, opts->stop, err);
		if (r < 0)
			err_wrap(err, "layer %zu (%s)", i + 1, layer_name(&info->layers[i]));
	}
	if (r == 0)
		r = writer_finish(w, ret, err);
	return r < 0 ? err_wrap(err, "%s", image_name(image)) : 0;
}
