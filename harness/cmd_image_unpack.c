// SPDX-License-Identifier: MIT
/* nsproof image unpack: an image becomes a directory tree, or nothing at all. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/text.h"
#include "cmd_image.h"
#include "command.h"
#include "image/layers.h"
#include "image/target.h"
#include "kernel/idmap.h"
#include "print.h"
#include "progress.h"
#include "signals.h"

struct values {
	struct image_choice choice;
	uint64_t size;
	int files, ratio;
	bool overlay;
};

static const struct image_limits limits = IMAGE_LIMITS_DEFAULT;

static const struct opt rows[] = {
	IMAGE_CHOICE_ROWS(struct values),
	{ .type = OPT_SIZE,
	  .name = "max-size",
	  .arg = "SIZE",
	  .offset = offsetof(struct values, size),
	  .help = "give up on more bytes, holes not counted (default: 64G)" },
	{ .type = OPT_INT,
	  .name = "max-files",
	  .arg = "N",
	  .offset = offsetof(struct values, files),
	  .help = "give up on more entries (default: 2000000)",
	  .min = 1,
	  .max = INT_MAX },
	{ .type = OPT_INT,
	  .name = "max-ratio",
	  .arg = "N",
	  .offset = offsetof(struct values, ratio),
	  .help = "give up on a layer that grows more than N-fold (default: 250)",
	  .min = 1,
	  .max = INT_MAX },
	{ .type = OPT_FLAG,
	  .name = "overlay",
	  .offset = offsetof(struct values, overlay),
	  .help = "keep layers apart: DIR is a store of them, for several images" },
};

COMMAND_OPTIONS(options, rows)

/* Ids from 0 on that this user namespace has; the image's others can't be given to files. 0: all. */
static uint32_t mapped_ids(const char *path)
{
	AUTO_TEXT struct text t = { 0 };
	struct idmap map;
	uint32_t count;

	if (file_read(AT_FDCWD, path, 4096, &t) < 0 || idmap_parse(t.str, &map) < 0)
		return 0;
	count = idmap_count(&map);
	return count == UINT32_MAX ? 0 : count;
}

static struct image_limits chosen_limits(const struct values *v)
{
	return (struct image_limits){
		.size = v->size ? v->size : limits.size,
		.files = v->files ? (uint64_t)v->files : limits.files,
		.ratio = v->ratio ? (uint64_t)v->ratio : limits.ratio,
	};
}

static int unpack_whole(struct image *image, const char *dir, const struct image_unpack_opts *opts,
			struct image_unpack_stats *ret, struct err *err)
{
	AUTO_TARGET struct target target = TARGET_INIT;
	int r = target_open(dir, &target, err);

	if (r < 0 || (r = image_unpack(image, target.fd, opts, ret, err)) < 0)
		return r;
	return target_commit(&target, err);
}

static int unpack_open(struct image *image, const struct image_open_opts *open_opts,
		       const struct values *v, const char *dir, struct image_unpack_stats *ret,
		       struct err *err)
{
	AUTO_PROGRESS struct progress progress = PROGRESS_INIT;
	uint32_t uids = mapped_ids("/proc/self/uid_map"), gids = mapped_ids("/proc/self/gid_map");
	const struct image_unpack_opts opts = {
		.id_count = uids && (!gids || uids < gids) ? uids : gids,
		.owners_dropped = geteuid() != 0,
		.nodes_allowed = geteuid() == 0,
		.limits = open_opts->limits,
		.stop = open_opts->stop,
		.progress = progress_update,
		.progress_data = &progress,
	};

	progress_begin(&progress, "unpacking");
	if (v->overlay)
		return layers_unpack(image, dir, &opts, ret, err);
	return unpack_whole(image, dir, &opts, ret, err);
}

static int print_summary(const struct image_unpack_stats *stats, struct err *err)
{
	AUTO_TEXT struct text out = { 0 };

	text_addf(&out, "%llu entries, %llu bytes", (unsigned long long)stats->files,
		  (unsigned long long)stats->bytes);
	if (stats->nodes_skipped)
		text_addf(&out, ", device nodes left out: %llu",
			  (unsigned long long)stats->nodes_skipped);
	if (stats->xattrs_skipped)
		text_addf(&out, ", extended attributes left out: %llu",
			  (unsigned long long)stats->xattrs_skipped);
	text_add(&out, "\n");
	return print_text(&out, err);
}

static int unpack(void *values, int count, char **words, struct err *err)
{
	const struct values *v = values;
	const struct image_open_opts opts = {
		.ref = v->choice.ref,
		.platform = v->choice.platform,
		.limits = chosen_limits(v),
		.stop = signals_catch(),
	};
	AUTO_CLOSE int fd = -1;
	AUTO_IMAGE struct image *image = NULL;
	struct image_unpack_stats stats;
	int r = cmd_image_open(words[0], &opts, &fd, &image, err);

	(void)count;
	if (r == 0)
		r = unpack_open(image, &opts, v, words[1], &stats, err);
	if (r == -EINTR && *opts.stop) {
		err_set(err, EINTR,
			v->overlay ? "interrupted; %s holds whole layers at most"
				   : "interrupted; nothing of %s stays",
			words[1]);
		return STATUS_INTERRUPTED;
	}
	return r < 0 ? r : print_summary(&stats, err);
}

const struct command cmd_image_unpack = {
	.name = "image unpack",
	.args = "IMAGE DIR",
	.about = "Unpack an image into a directory",
	.details = IMAGE_HELP
	"\n"
	"DIR must be missing or empty. All layers are applied and all digests verified; when\n"
	"anything fails, nothing of it stays. The tree grows in a hidden directory beside DIR\n"
	"and is renamed at the end; a mount point is filled in place, and holds a file\n"
	"'" TARGET_MARKER "' until it is whole. What a killed process has left goes with\n"
	"the next one. Device nodes are left out where they are not permitted. An ordinary\n"
	"user becomes the owner of everything, and no file is setuid or setgid then. A SIZE\n"
	"may end in k, M, G or T.\n"
	"\n"
	"With --overlay DIR is a store, which may hold several images: each layer lies in a\n"
	"directory of its own, DIR/layers/<diff_id>, and is not unpacked again for another\n"
	"image. check, run and walk take such a DIR as IMAGE (--ref: the beginning of a config's\n"
	"digest) and put the layers together by overlayfs; nothing is written to the store.\n"
	"The limits hold for each layer and for what is unpacked in all. An image with a hard\n"
	"link from one layer into another can't be kept so.",
	.options = options,
	.values_size = sizeof(struct values),
	.min_words = 2,
	.max_words = 2,
	.run = unpack,
};
