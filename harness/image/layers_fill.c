// SPDX-License-Identifier: MIT
/*
 * Filling a store of layers: two threads take one layer after the other, lowest first. What is
 * reported of a failure does not depend on which of them was faster: it stops the layers above, and
 * those below go on to their own end.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "image/layers_dir.h"
#include "image/overlay.h"
#include "image/target.h"

/* Everything below the lock changes only with it. */
struct fill {
	struct image *image;
	const struct image_unpack_opts *opts;
	int trees;
	size_t count;
	char (*ids)[DIGEST_SIZE];
	uint64_t total; /* bytes of blobs */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	size_t next, failed;             /* layers; failed: the lowest one, or `count` */
	char (*names)[LAYER_NAME_SIZE];  /* "" until the layer is there */
	uint64_t *read;                  /* bytes of each blob */
	struct image_unpack_stats stats; /* of the layers so far */
	struct err err;                  /* of the layer that failed */
};

/* One layer on its way. */
struct job {
	struct fill *fill;
	size_t index;
	volatile sig_atomic_t stop;
	bool inherits;
};

/* With the lock. */
static void stop_if_needed(struct job *j)
{
	const struct fill *f = j->fill;

	if (f->failed < j->index || (f->opts->stop && *f->opts->stop))
		j->stop = 1;
}

/* Called for every piece of a layer: here it also learns that it is to stop. */
static void progress(void *data, uint64_t done, uint64_t total)
{
	struct job *j = data;
	struct fill *f = j->fill;
	uint64_t sum = 0;

	(void)total;
	pthread_mutex_lock(&f->lock);
	f->read[j->index] = done;
	for (size_t i = 0; i < f->count; i++)
		sum += f->read[i];
	stop_if_needed(j);
	if (f->opts->progress)
		f->opts->progress(f->opts->progress_data, sum, f->total);
	pthread_mutex_unlock(&f->lock);
}

/*
 * Waits until all layers below are there. They are in other hands, or have been: layers are taken
 * from below, so that nobody waits for one who waits.
 */
static int await_below(struct job *j, struct err *err)
{
	struct fill *f = j->fill;
	bool stopped;

	pthread_mutex_lock(&f->lock);
	for (size_t i = 0; i < j->index && f->failed > j->index; i++)
		while (!*f->names[i] && f->failed > j->index)
			pthread_cond_wait(&f->changed, &f->lock);
	stopped = f->failed < j->index;
	pthread_mutex_unlock(&f->lock);
	return stopped ? err_set(err, EINTR, "interrupted") : 0;
}

/* image_unpack_opts.inherit */
static int inherit(void *data, const char *path, int fd, struct err *err)
{
	struct job *j = data;
	const struct fill *f = j->fill;
	const struct layer_stack below = {
		.trees = f->trees,
		.names = (const char(*)[LAYER_NAME_SIZE])f->names,
		.count = j->index,
		.user = overlay_user_attrs(f->opts),
	};
	int r;

	j->inherits = true;
	r = await_below(j, err);
	return r < 0 ? r : layers_inherit(&below, path, fd, err);
}

/* The layer gets its name. */
static int commit(struct job *j, struct target *target, struct err *err)
{
	const struct fill *f = j->fill;
	int r;

	if (j->inherits)
		layer_name_of_stack((layer_ids)f->ids, j->index + 1, target->name);
	/* it will never be read again to see whether it is whole: not even a power cut may undo it */
	if (syncfs(target->fd) < 0)
		return err_sys(err, "layer %zu: writing it to disk", j->index + 1);
	r = target_commit(target, err);
	/* another process, or the same layer once more */
	if (r < 0 && faccessat(f->trees, target->name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		r = 0;
	return r < 0 ? err_wrap(err, "layer %zu", j->index + 1) : 0;
}

static int unpack(struct job *j, struct image_unpack_stats *ret, struct err *err)
{
	struct fill *f = j->fill;
	struct image_unpack_opts opts = *f->opts;
	AUTO_TARGET struct target target = TARGET_INIT;
	int r = target_open_at(f->trees, layer_hex(f->ids[j->index]), &target, err);

	opts.stop = &j->stop;
	opts.progress = progress;
	opts.progress_data = opts.inherit_data = j;
	opts.inherit = inherit;
	if (r == 0)
		r = image_unpack_layer(f->image, j->index, target.fd, &opts, ret, err);
	return r < 0 ? r : commit(j, &target, err);
}

/* With the lock. Each layer alone keeps to the limits, so this is never far beyond them. */
static int add_stats(struct fill *f, const struct image_unpack_stats *s, struct err *err)
{
	const struct image_limits *limits = &f->opts->limits;

	f->stats.files += s->files;
	f->stats.bytes += s->bytes;
	f->stats.nodes_skipped += s->nodes_skipped;
	f->stats.xattrs_skipped += s->xattrs_skipped;
	if (limits->size && f->stats.bytes > limits->size)
		return err_set(err, EFBIG,
			       "more than %llu bytes in all; --max-size raises the limit",
			       (unsigned long long)limits->size);
	if (limits->files && f->stats.files > limits->files)
		return err_set(err, EFBIG, "more than %llu entries; --max-files raises the limit",
			       (unsigned long long)limits->files);
	return 0;
}

/* Takes the next layer: one that is there, or unpacks it. False: none is left. */
static bool take_one(struct fill *f)
{
	struct job j = { .fill = f };
	struct image_unpack_stats stats = { 0 };
	char name[LAYER_NAME_SIZE];
	struct err err;
	int r = 0;

	pthread_mutex_lock(&f->lock);
	j.index = f->next++;
	stop_if_needed(&j);
	if (j.index < f->count && j.stop && f->failed > j.index)
		r = err_set(&err, EINTR, "interrupted");
	pthread_mutex_unlock(&f->lock);
	if (j.index >= f->count || (j.stop && r == 0))
		return false;
	if (r == 0 && !layer_find(f->trees, (layer_ids)f->ids, j.index + 1, name)) {
		r = unpack(&j, &stats, &err);
		if (r == 0 && !layer_find(f->trees, (layer_ids)f->ids, j.index + 1, name))
			r = err_set(&err, ENOENT, "layer %zu: somebody has removed it",
				    j.index + 1);
	}
	pthread_mutex_lock(&f->lock);
	r = r < 0 ? r : add_stats(f, &stats, &err);
	if (r == 0) {
		strcpy(f->names[j.index], name);
		f->read[j.index] = image_info(f->image)->layers[j.index].size;
	} else if (j.index < f->failed) {
		f->failed = j.index;
		f->err = err;
	}
	pthread_cond_broadcast(&f->changed);
	pthread_mutex_unlock(&f->lock);
	return r == 0;
}

static void *helper(void *data)
{
	/* an umask of its own, which is asked for by setting it: umask(2) */
	if (unshare(CLONE_FS) == 0)
		while (take_one(data))
			;
	return NULL;
}

/* The caller's thread does its share, and all of it when there is no other. */
static void work(struct fill *f)
{
	pthread_t thread;
	bool helped = f->count > 1 && pthread_create(&thread, NULL, helper, f) == 0;

	while (take_one(f))
		;
	if (helped)
		pthread_join(thread, NULL);
}

static void fill_done(struct fill *f)
{
	free(f->ids);
	free(f->names);
	free(f->read);
}

int layers_fill(struct image *image, int trees, const struct image_unpack_opts *opts,
		struct image_unpack_stats *ret, struct err *err)
{
	const struct image_info *info = image_info(image);
	__attribute__((cleanup(fill_done))) struct fill f = {
		.image = image,
		.opts = opts,
		.trees = trees,
		.count = info->layer_count,
		.ids = calloc(info->layer_count + 1, sizeof(*f.ids)),
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.changed = PTHREAD_COND_INITIALIZER,
		.failed = info->layer_count,
		.names = calloc(info->layer_count + 1, sizeof(*f.names)),
		.read = calloc(info->layer_count + 1, sizeof(*f.read)),
	};

	if (!f.ids || !f.names || !f.read)
		return err_set(err, ENOMEM, "out of memory");
	for (size_t i = 0; i < f.count; i++) {
		memcpy(f.ids[i], info->layers[i].diff_id, DIGEST_SIZE);
		f.total += info->layers[i].size;
	}
	work(&f);
	if (f.failed < f.count) {
		*err = f.err;
		return -err->num;
	}
	*ret = f.stats;
	return 0;
}
