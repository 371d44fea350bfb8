// SPDX-License-Identifier: MIT
/* Container images: recognising what there is, and opening it. See image.h. */
#include "image/image.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "base/cleanup.h"
#include "image/resolve.h"
#include "image/source.h"
#include "image/spool.h"
#include "image/store.h"

struct image {
	char *name;
	int spool; /* what a pipe gave, or -1 */
	int plain; /* the archive decompressed, or -1 */
	struct store store;
	struct resolved resolved;
	struct image_layer *layers;
	struct stream_source *sources; /* where each layer lies; of a directory with its own fd */
	struct image_info info;
};

static const char *const no_texts[] = { NULL };

static int make_layers(struct image *image, size_t count, struct err *err)
{
	image->layers = calloc(count + 1, sizeof(*image->layers));
	image->sources = calloc(count + 1, sizeof(*image->sources));
	if (!image->layers || !image->sources)
		return err_set(err, ENOMEM, "out of memory");
	for (size_t i = 0; i < count; i++)
		image->sources[i].fd = -1;
	image->info.layers = image->layers;
	image->info.layer_count = count;
	return 0;
}

static int open_layer(struct image *image, size_t i, struct err *err)
{
	const struct manifest_ref *ref = &image->resolved.manifest.layers[i];
	struct stream_source *source = &image->sources[i];
	struct image_layer *layer = &image->layers[i];
	struct store_file file;
	int r = resolve_file(&image->store, ref, &file, err);

	if (r < 0)
		return r;
	*source = (struct stream_source){ file.fd, file.offset, file.size, CODEC_NONE };
	/* the content decides: media types are wrong at times, and manifest.json has none */
	r = stream_codec(source->fd, source->offset, source->size, &source->codec, err);
	if (r < 0)
		return r;
	layer->codec = source->codec;
	layer->size = file.size;
	memcpy(layer->diff_id, image->resolved.config.diff_ids[i], DIGEST_SIZE);
	memcpy(layer->digest, ref->digest, DIGEST_SIZE);
	/* a plain tar is stored as it is */
	if (!*layer->digest && layer->codec == CODEC_NONE)
		memcpy(layer->digest, layer->diff_id, DIGEST_SIZE);
	return 0;
}

static void fill_info(struct image *image)
{
	const struct resolved *found = &image->resolved;
	struct image_info *info = &image->info;

	info->format = found->format;
	info->tags = found->tags;
	info->tag_count = found->tag_count;
	info->config_digest = found->config_digest;
	info->architecture = found->config.architecture;
	info->os = found->config.os;
	info->env = found->config.env;
	info->entrypoint = found->config.entrypoint;
	info->cmd = found->config.cmd;
	info->workdir = found->config.workdir;
	info->user = found->config.user;
}

static int make_wish(const struct image_open_opts *opts, struct utsname *uts,
		     char buf[PLATFORM_SIZE], struct image_wish *ret, struct err *err)
{
	*ret = (struct image_wish){ .ref = opts->ref, .platform_asked = opts->platform != NULL };
	if (opts->platform)
		return platform_parse(opts->platform, buf, &ret->platform, err);
	uname(uts);
	ret->platform = platform_of_machine(uts->machine);
	return 0;
}

/* From what the store holds to the layers. */
static int open_image(struct image *image, const struct image_open_opts *opts, struct err *err)
{
	struct image_wish wish;
	char platform[PLATFORM_SIZE];
	struct utsname uts;
	int r = make_wish(opts, &uts, platform, &wish, err);

	if (r == 0)
		r = resolve_image(&image->store, &wish, &image->resolved, err);
	if (r == 0)
		r = make_layers(image, image->resolved.manifest.layer_count, err);
	for (size_t i = 0; r == 0 && i < image->info.layer_count; i++) {
		r = open_layer(image, i, err);
		if (r < 0)
			err_wrap(err, "layer %zu", i + 1);
	}
	if (r == 0)
		fill_info(image);
	return r;
}

/* The archive of a root directory is one layer that nobody describes. */
static int open_rootfs(struct image *image, const struct stream_source *source,
		       const struct image_open_opts *opts, struct err *err)
{
	int r;

	if (opts->ref)
		return err_set(err, EINVAL,
			       "the archive of a root directory, which has no name '%s'",
			       opts->ref);
	r = make_layers(image, 1, err);
	if (r < 0)
		return r;
	image->sources[0] = *source;
	image->layers[0].codec = source->codec;
	image->layers[0].size = source->size;
	image->info.format = "rootfs-tar";
	return 0;
}

static int open_archive(struct image *image, int fd, const struct image_open_opts *opts,
			struct err *err)
{
	const struct stream_limits limits = { opts->limits.size, opts->limits.ratio };
	struct stream_source source = { .fd = fd };
	enum tar_kind kind;
	struct stat st;
	int r = fstat(fd, &st) < 0 ? err_sys(err, "fstat") : 0;

	if (r == 0 && !st.st_size)
		r = err_set(err, EINVAL, "an empty file");
	if (r < 0)
		return r;
	source.size = (uint64_t)st.st_size;
	r = stream_codec(fd, 0, source.size, &source.codec, err);
	if (r == 0)
		r = archive_peek(&source, &limits, opts->stop, &kind, err);
	if (r < 0)
		return r;
	if (kind == TAR_ROOTFS)
		return open_rootfs(image, &source, opts, err);
	if (source.codec != CODEC_NONE) {
		r = spool_stream(&source, &limits, opts->stop, &image->plain, err);
		if (r < 0)
			return r;
		fd = image->plain;
	}
	image->store.fd = fd;
	r = archive_map_read(fd, opts->stop, &image->store.map, err);
	return r < 0 ? r : open_image(image, opts, err);
}

static int open_input(struct image *image, int fd, const struct image_open_opts *opts,
		      struct err *err)
{
	struct stat st;
	int r;

	if (fstat(fd, &st) < 0)
		return err_sys(err, "fstat");
	if (S_ISREG(st.st_mode))
		return open_archive(image, fd, opts, err);
	if (S_ISDIR(st.st_mode)) {
		image->store = (struct store){ .fd = fd, .is_dir = true };
		return open_image(image, opts, err);
	}
	if (!S_ISFIFO(st.st_mode))
		return err_set(err, EINVAL, "neither a file nor a directory nor a pipe");
	r = spool_pipe(fd, opts->limits.size, opts->stop, &image->spool, err);
	return r < 0 ? r : open_archive(image, image->spool, opts, err);
}

static struct image *image_new(const char *name)
{
	struct image *image = calloc(1, sizeof(*image));

	if (!image)
		return NULL;
	image->spool = image->plain = image->store.fd = -1;
	image->name = strdup(name);
	/* what a config would say, when there is none */
	image->info = (struct image_info){
		.tags = no_texts,
		.config_digest = "",
		.architecture = "",
		.os = "",
		.env = no_texts,
		.entrypoint = no_texts,
		.cmd = no_texts,
		.workdir = "",
		.user = "",
	};
	return image;
}

int image_open(int fd, const char *name, const struct image_open_opts *opts, struct image **ret,
	       struct err *err)
{
	struct image *image = image_new(name);
	int r;

	if (!image || !image->name)
		r = err_set(err, ENOMEM, "out of memory");
	else
		r = open_input(image, fd, opts, err);
	if (r < 0) {
		image_close(image);
		return err_wrap(err, "%s", name);
	}
	*ret = image;
	return 0;
}

void image_close(struct image *image)
{
	if (!image)
		return;
	for (size_t i = 0; image->store.is_dir && i < image->info.layer_count; i++)
		fd_close(&image->sources[i].fd);
	store_done(&image->store);
	resolved_done(&image->resolved);
	fd_close(&image->spool);
	fd_close(&image->plain);
	free(image->layers);
	free(image->sources);
	free(image->name);
	free(image);
}

const struct image_info *image_info(const struct image *image)
{
	return &image->info;
}

const struct stream_source *image_source(const struct image *image, size_t index)
{
	return &image->sources[index];
}

const struct text *image_config(const struct image *image)
{
	return image->resolved.config_text.str ? &image->resolved.config_text : NULL;
}

const char *image_name(const struct image *image)
{
	return image->name;
}
