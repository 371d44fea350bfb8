// SPDX-License-Identifier: MIT
/* Inside bench/: the layers of images of several shapes, and what unpacking them must give. */
#ifndef NSPROOF_BENCH_IMAGE_SHAPES_H
#define NSPROOF_BENCH_IMAGE_SHAPES_H

#include <stddef.h>

#include "base/err.h"
#include "base/text.h"
#include "bench/image_tree.h"

enum image_shape {
	SHAPE_SMALL,  /* 20,000 files of 1 kB in 200 directories */
	SHAPE_BIG,    /* 4 files of 64 MiB */
	SHAPE_ROOT,   /* of this machine's own files: see image_root.h */
	SHAPE_PART,   /* a quarter of that, for codecs that are slow */
	SHAPE_LAYERS, /* 30 layers of 100 entries, a third of which replace or remove */
	SHAPE_DEEP,   /* 1,000 directories in chains of 40, one file in each */
	SHAPE_COUNT
};

enum { SHAPE_LAYERS_MAX = 30 };

extern const char *const shape_names[SHAPE_COUNT]; /* "small", "big" ... */

/* Layers being made, lowest first; `facts` is what remains of them. Release it. */
struct shape {
	struct text layers[SHAPE_LAYERS_MAX];
	size_t count;
	struct tree_facts facts;
};

void shape_done(struct shape *s);

#define AUTO_SHAPE __attribute__((cleanup(shape_done)))

/*
 * Fills an empty shape. Same shape, same layers, but for the roots, which are as the machine is.
 * -ENOMEM; -EOPNOTSUPP: this machine has no files of its own to speak of.
 */
int shape_make(enum image_shape which, struct shape *ret, struct err *err);

#endif
