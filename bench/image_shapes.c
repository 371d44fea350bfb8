// SPDX-License-Identifier: MIT
/* Layers of several shapes: see image_shapes.h. */
#include "bench/image_shapes.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "bench/image_root.h"
#include "pack/tar.h"

enum {
	SMALL_DIRS = 200,
	SMALL_FILES = 100, /* in each */
	SMALL_SIZE = 1000,
	BIG_FILES = 4,
	BIG_SIZE = 64 << 20,
	CHAINS = 25,
	CHAIN_LENGTH = 40,
	DEEP_SIZE = 100,
	LAYER_FILES = 100,
	LAYER_REPLACED = 17, /* of the layer below, from its first file on */
	LAYER_REMOVED = 16,  /* the next ones */
	LAYER_SIZE_MAX = 8192,
};

const char *const shape_names[SHAPE_COUNT] = {
	[SHAPE_SMALL] = "small", [SHAPE_BIG] = "big",       [SHAPE_ROOT] = "root",
	[SHAPE_PART] = "part",   [SHAPE_LAYERS] = "layers", [SHAPE_DEEP] = "deep",
};

void shape_done(struct shape *s)
{
	for (size_t i = 0; i < s->count; i++)
		text_done(&s->layers[i]);
	s->count = 0;
}

/* Sixteen letters by xorshift64 (Marsaglia, "Xorshift RNGs", 2003): halves when it is compressed. */
static void fill(char *buf, size_t len, uint64_t seed)
{
	uint64_t x = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;

	for (size_t at = 0; at < len; at += 8) {
		uint64_t letters;

		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		letters = (x & UINT64_C(0x0f0f0f0f0f0f0f0f)) + UINT64_C(0x6161616161616161);
		memcpy(buf + at, &letters, len - at < 8 ? len - at : 8);
	}
}

/* Facts may be NULL: for what a later layer hides. */
static int add_dir(struct archive *a, struct tree_facts *facts, const char *path, struct err *err)
{
	const struct pack_node node = { .path = path, .mode = S_IFDIR | 0755 };

	if (facts)
		tree_facts_add(facts, path, S_IFDIR, NULL, 0);
	return pack_tar_add(a, &node, err);
}

static int add_file(struct archive *a, struct tree_facts *facts, const char *path, char *buf,
		    size_t len, struct err *err)
{
	const struct pack_node node = { .path = path, .mode = 0644, .content = buf, .len = len };

	if (facts)
		tree_facts_add(facts, path, S_IFREG, buf, len);
	return pack_tar_add(a, &node, err);
}

static int make_small(struct archive *a, struct tree_facts *facts, struct err *err)
{
	char path[32], buf[SMALL_SIZE];
	int r = 0;

	for (unsigned int d = 0; d < SMALL_DIRS && r == 0; d++) {
		snprintf(path, sizeof(path), "dir-%03u", d);
		r = add_dir(a, facts, path, err);
		for (unsigned int f = 0; f < SMALL_FILES && r == 0; f++) {
			snprintf(path, sizeof(path), "dir-%03u/file-%03u", d, f);
			fill(buf, sizeof(buf), d * SMALL_FILES + f);
			r = add_file(a, facts, path, buf, sizeof(buf), err);
		}
	}
	return r;
}

static int make_big(struct archive *a, struct tree_facts *facts, struct err *err)
{
	AUTO_FREE char *buf = malloc(BIG_SIZE);
	char path[32];
	int r = 0;

	if (!buf)
		return err_set(err, ENOMEM, "out of memory");
	for (unsigned int f = 0; f < BIG_FILES && r == 0; f++) {
		snprintf(path, sizeof(path), "big-%u", f);
		fill(buf, BIG_SIZE, f);
		r = add_file(a, facts, path, buf, BIG_SIZE, err);
	}
	return r;
}

static int make_deep(struct archive *a, struct tree_facts *facts, struct err *err)
{
	char path[16 * CHAIN_LENGTH], buf[DEEP_SIZE];
	int r = 0;

	for (unsigned int c = 0; c < CHAINS; c++) {
		int len = snprintf(path, sizeof(path), "chain-%02u", c);

		for (unsigned int d = 0; d < CHAIN_LENGTH && r == 0; d++) {
			if (d)
				len += snprintf(path + len, sizeof(path) - (size_t)len,
						"/level-%02u", d);
			r = add_dir(a, facts, path, err);
			snprintf(path + len, sizeof(path) - (size_t)len, "/file");
			fill(buf, sizeof(buf), c * CHAIN_LENGTH + d);
			r = r < 0 ? r : add_file(a, facts, path, buf, sizeof(buf), err);
			path[len] = '\0';
		}
	}
	return r;
}

/* File `f` of the directory of layer `dir`, as layer `from` has it. */
static int add_of_layer(struct archive *a, struct tree_facts *facts, unsigned int dir,
			unsigned int f, unsigned int from, struct err *err)
{
	char path[32], buf[LAYER_SIZE_MAX];
	uint64_t number = ((uint64_t)from * SHAPE_LAYERS_MAX + dir) * LAYER_FILES + f;
	size_t len = 1 + number * 2654435761 % LAYER_SIZE_MAX;

	snprintf(path, sizeof(path), "layer-%02u/file-%02u", dir, f);
	fill(buf, len, number);
	return add_file(a, facts, path, buf, len, err);
}

static int remove_of_layer(struct archive *a, unsigned int dir, unsigned int f, struct err *err)
{
	char path[32];
	const struct pack_node node = { .path = path, .mode = 0644 };

	snprintf(path, sizeof(path), "layer-%02u/.wh.file-%02u", dir, f);
	return pack_tar_add(a, &node, err);
}

/* Changes of the layer below, then a directory of its own: 100 entries without directories. */
static int make_layer(struct archive *a, unsigned int n, struct tree_facts *facts, struct err *err)
{
	enum { CHANGED = LAYER_REPLACED + LAYER_REMOVED };
	bool last = n + 1 == SHAPE_LAYERS_MAX;
	char path[32];
	int r = 0;

	if (n) {
		snprintf(path, sizeof(path), "layer-%02u", n - 1);
		r = add_dir(a, NULL, path, err);
	}
	for (unsigned int f = 0; n && f < CHANGED && r == 0; f++)
		r = f < LAYER_REPLACED ? add_of_layer(a, facts, n - 1, f, n, err)
				       : remove_of_layer(a, n - 1, f, err);
	snprintf(path, sizeof(path), "layer-%02u", n);
	r = r < 0 ? r : add_dir(a, facts, path, err);
	for (unsigned int f = 0; f < LAYER_FILES - (n ? CHANGED : 0) && r == 0; f++)
		r = add_of_layer(a, f < CHANGED && !last ? NULL : facts, n, f, n, err);
	return r;
}

static int make_entries(enum image_shape which, struct archive *a, unsigned int n,
			struct tree_facts *facts, struct err *err)
{
	switch (which) {
	case SHAPE_SMALL:
		return make_small(a, facts, err);
	case SHAPE_BIG:
		return make_big(a, facts, err);
	case SHAPE_ROOT:
		return image_root_add(a, 1, facts, err);
	case SHAPE_PART:
		return image_root_add(a, 4, facts, err);
	case SHAPE_LAYERS:
		return make_layer(a, n, facts, err);
	default:
		return make_deep(a, facts, err);
	}
}

static int add_layer(enum image_shape which, struct shape *s, struct err *err)
{
	AUTO_PACK_TAR struct archive *a = NULL;
	unsigned int n = (unsigned int)s->count;
	struct text *tar = &s->layers[s->count++];
	int r = pack_tar_begin(tar, &a, err);

	r = r < 0 ? r : make_entries(which, a, n, &s->facts, err);
	r = r < 0 ? r : pack_tar_end(&a, err);
	return r == 0 && tar->failed ? err_set(err, ENOMEM, "out of memory") : r;
}

int shape_make(enum image_shape which, struct shape *ret, struct err *err)
{
	size_t count = which == SHAPE_LAYERS ? SHAPE_LAYERS_MAX : 1;
	int r = 0;

	while (ret->count < count && r == 0)
		r = add_layer(which, ret, err);
	return r;
}
