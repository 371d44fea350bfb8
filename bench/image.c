// SPDX-License-Identifier: MIT
/*
 * Images: how fast one becomes a directory tree, and how fast it is inspected. A sample of unpacking
 * opens an OCI layout that lies in memory and unpacks it into a file system that was made for it: a
 * tmpfs, or (/disk) an ext4 on a loop device. Nothing is synchronised: what reaches the disk later is
 * the kernel's work, and not part of the sample. The floor writes the same tree, without having to
 * read, decompress or hash anything, in one thread: what the file system takes of this machine, now.
 * It is no limit: unpacking has several threads, and can be faster where creating files is slow.
 */
#include "image/image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "bench/image_disk.h"
#include "bench/image_make.h"
#include "bench/image_tree.h"
#include "bench/themes.h"

struct unpack_row {
	enum image_shape shape;
	enum image_codec codec;
	bool disk;
};

struct state {
	const struct bench_env *env;
	const struct unpack_row *row;
	struct made_image image;
	struct tree_list list;            /* what an unpacked tree holds */
	struct image_unpack_stats expect; /* of each sample */
};

static void close_state(void *state)
{
	struct state *s = state;

	tree_list_done(&s->list);
	free(s);
}

static int open_target(const struct state *s, struct err *err)
{
	return s->row->disk ? fresh_disk(err) : fresh_memory(err);
}

static void close_image(struct image **image)
{
	image_close(*image);
}

static int open_image(const struct state *s, int *ret_fd, struct image **ret, struct err *err)
{
	const struct image_open_opts opts = { .limits = IMAGE_LIMITS_DEFAULT };

	*ret_fd = open(s->image.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*ret_fd < 0)
		return err_sys(err, "%s", s->image.path);
	return image_open(*ret_fd, "image", &opts, ret, err);
}

static int unpack(const struct state *s, int target, struct image_unpack_stats *ret,
		  struct err *err)
{
	const struct image_unpack_opts opts = { .limits = IMAGE_LIMITS_DEFAULT };
	AUTO_CLOSE int fd = -1; /* outlives the image */
	__attribute__((cleanup(close_image))) struct image *image = NULL;
	int r = open_image(s, &fd, &image, err);

	return r < 0 ? r : image_unpack(image, target, &opts, ret, err);
}

/* Once: every name, type and content. */
static int verify_tree(struct state *s, int target, struct err *err)
{
	const struct tree_facts *want = &s->image.facts;
	struct tree_facts got;
	int r = tree_read(target, &s->list, &got, err);

	if (r < 0)
		return r;
	if (got.entries != want->entries || got.bytes != want->bytes || got.sum != want->sum)
		return err_set(err, EBADMSG,
			       "unpacking gave another tree than was packed: %llu entries, not "
			       "%llu; %llu bytes, not %llu",
			       (unsigned long long)got.entries, (unsigned long long)want->entries,
			       (unsigned long long)got.bytes, (unsigned long long)want->bytes);
	return 0;
}

/* In each sample: the numbers. */
static int verify_stats(const struct state *s, const struct image_unpack_stats *stats,
			struct err *err)
{
	if (memcmp(stats, &s->expect, sizeof(*stats)) == 0)
		return 0;
	return err_set(err, EBADMSG, "%llu entries and %llu bytes were written, not %llu and %llu",
		       (unsigned long long)stats->files, (unsigned long long)stats->bytes,
		       (unsigned long long)s->expect.files, (unsigned long long)s->expect.bytes);
}

/* The file system that is tried out here decides whether the scenario can run at all. */
static int try_target(const struct state *s, struct err *err)
{
	int fd = open_target(s, err);

	if (fd < 0 && s->row->disk)
		err->num = EOPNOTSUPP;
	return fd < 0 ? -err->num : fd;
}

static int prepare(struct state *s, struct err *err)
{
	AUTO_CLOSE int target = try_target(s, err);
	int r = target < 0 ? target
			   : image_make(s->env->spawner->dir, s->row->shape, s->row->codec,
					&s->image, err);

	r = r < 0 ? r : unpack(s, target, &s->expect, err);
	r = r < 0 ? r : verify_tree(s, target, err);
	if (r == 0 && s->expect.bytes != s->image.facts.bytes)
		r = err_set(err, EBADMSG, "unpacking says that it wrote %llu bytes, and wrote %llu",
			    (unsigned long long)s->expect.bytes,
			    (unsigned long long)s->image.facts.bytes);
	return r;
}

static int open_state(const struct bench_env *env, const struct scenario *row, void **ret,
		      struct err *err)
{
	struct state *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return err_set(err, ENOMEM, "out of memory");
	s->env = env;
	s->row = row->arg;
	r = prepare(s, err);
	if (r < 0)
		close_state(s);
	else
		*ret = s;
	return r;
}

static int sample_unpack(void *state, struct bench_sample *ret, struct err *err)
{
	struct state *s = state;
	AUTO_CLOSE int target = open_target(s, err);
	struct image_unpack_stats stats;
	int64_t start = s->env->now();
	int r = target < 0 ? target : unpack(s, target, &stats, err);

	ret->value = bench_since(s->env, start);
	return r < 0 ? r : verify_stats(s, &stats, err);
}

static int sample_write(void *state, struct bench_sample *ret, struct err *err)
{
	struct state *s = state;
	AUTO_CLOSE int target = open_target(s, err);
	int64_t start = s->env->now();
	int r = target < 0 ? target : tree_write(&s->list, target, err);

	ret->value = bench_since(s->env, start);
	return r;
}

static void work_unpack(void *state, double *ret_bytes, double *ret_files, double *ret_items)
{
	const struct state *s = state;

	(void)ret_items;
	*ret_bytes = (double)s->image.facts.bytes;
	*ret_files = (double)s->image.facts.entries;
}

static int sample_inspect(void *state, struct bench_sample *ret, struct err *err)
{
	struct state *s = state;
	AUTO_CLOSE int fd = -1; /* outlives the image */
	__attribute__((cleanup(close_image))) struct image *image = NULL;
	int64_t start = s->env->now();
	int r = open_image(s, &fd, &image, err);
	size_t layers = r < 0 ? 0 : image_info(image)->layer_count;

	image_close(STEAL_PTR(image));
	ret->value = bench_since(s->env, start);
	if (r == 0 && layers != SHAPE_LAYERS_MAX)
		return err_set(err, EBADMSG, "the image shows %zu layers", layers);
	return r;
}

/* The floor of inspecting: the bytes of the three texts that say what the image is. */
static int sample_read(void *state, struct bench_sample *ret, struct err *err)
{
	struct state *s = state;
	int64_t start = s->env->now();
	AUTO_CLOSE int dir = open(s->image.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char manifest[96], config[96];
	const char *const names[] = { "index.json", manifest, config };
	int r = 0;

	image_blob_path(s->image.manifest, manifest, sizeof(manifest));
	image_blob_path(s->image.config, config, sizeof(config));
	for (size_t i = 0; i < ARRAY_SIZE(names) && r == 0; i++) {
		AUTO_TEXT struct text text = { 0 };

		r = file_read(dir, names[i], 1 << 20, &text);
	}
	fd_close(&dir);
	ret->value = bench_since(s->env, start);
	return r < 0 ? err_set(err, -r, "floor: reading %s: %s", s->image.path, strerror(-r)) : 0;
}

#define UNPACK(shape_, codec_, name_, ...)                                                         \
	{                                                                                          \
		.name = "image/unpack/" name_, .wide = true, .open = open_state,                   \
		.sample = sample_unpack, .close = close_state, .floor = sample_write,              \
		.work = work_unpack,                                                               \
		.arg = &(const struct unpack_row){ SHAPE_##shape_, CODEC_##codec_ }, __VA_ARGS__   \
	}

#define UNPACK_DISK(shape_, codec_, name_, ...)                                                    \
	{                                                                                          \
		.name = "image/unpack/" name_ "/disk", .wide = true, .open = open_state,           \
		.sample = sample_unpack, .close = close_state, .floor = sample_write,              \
		.work = work_unpack, .slow = true,                                                 \
		.arg = &(const struct unpack_row){ SHAPE_##shape_, CODEC_##codec_, true },         \
		__VA_ARGS__                                                                        \
	}

#define ABOUT_SMALL  "20,000 files of 1 kB in 200 directories"
#define ABOUT_BIG    "4 files of 64 MiB"
#define ABOUT_ROOT   "32 MiB of this machine's own /etc and /usr"
#define ABOUT_PART   "8 MiB of this machine's own /etc and /usr"
#define ABOUT_LAYERS "30 layers of 100 entries, a third of which change the layer below"
#define ABOUT_DEEP   "1,000 directories in chains of 40, a file in each"

static const struct scenario rows[] = {
	UNPACK(SMALL, NONE, "small/none", .about = ABOUT_SMALL ", not compressed", .slow = true),
	UNPACK(SMALL, GZIP, "small/gzip", .about = ABOUT_SMALL ", gzip", .slow = true),
	UNPACK(SMALL, ZSTD, "small/zstd", .about = ABOUT_SMALL ", zstd", .slow = true),
	UNPACK_DISK(SMALL, NONE, "small/none", .about = ABOUT_SMALL ", to a fresh ext4"),
	UNPACK(BIG, NONE, "big/none", .about = ABOUT_BIG ", not compressed", .slow = true),
	UNPACK_DISK(BIG, NONE, "big/none", .about = ABOUT_BIG ", to a fresh ext4"),
	UNPACK(ROOT, NONE, "root/none", .about = ABOUT_ROOT ", not compressed", .slow = true),
	UNPACK(ROOT, GZIP, "root/gzip", .about = ABOUT_ROOT ", gzip"),
	UNPACK(ROOT, ZSTD, "root/zstd", .about = ABOUT_ROOT ", zstd", .slow = true),
	UNPACK(PART, XZ, "root/xz", .about = ABOUT_PART ", xz", .slow = true),
	UNPACK(PART, BZIP2, "root/bzip2", .about = ABOUT_PART ", bzip2", .slow = true),
	UNPACK(ROOT, LZ4, "root/lz4", .about = ABOUT_ROOT ", lz4", .slow = true),
	UNPACK_DISK(ROOT, NONE, "root/none", .about = ABOUT_ROOT ", to a fresh ext4"),
	UNPACK_DISK(ROOT, GZIP, "root/gzip", .about = ABOUT_ROOT ", gzip, to a fresh ext4"),
	UNPACK_DISK(ROOT, ZSTD, "root/zstd", .about = ABOUT_ROOT ", zstd, to a fresh ext4"),
	UNPACK(LAYERS, NONE, "layers/none", .about = ABOUT_LAYERS),
	UNPACK_DISK(LAYERS, NONE, "layers/none", .about = ABOUT_LAYERS ", to a fresh ext4"),
	UNPACK(DEEP, NONE, "deep/none", .about = ABOUT_DEEP),
	UNPACK_DISK(DEEP, NONE, "deep/none", .about = ABOUT_DEEP ", to a fresh ext4"),
	{
		.name = "image/inspect",
		.about = "index, manifest and config of an OCI layout of 30 layers",
		.open = open_state,
		.sample = sample_inspect,
		.close = close_state,
		.floor = sample_read,
		.arg = &(const struct unpack_row){ SHAPE_LAYERS, CODEC_NONE },
	},
};

SCENARIO_THEME(image, rows);
