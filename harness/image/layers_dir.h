// SPDX-License-Identifier: MIT
/* How a store of layers is laid out: see layers.h. */
#ifndef NSPROOF_IMAGE_LAYERS_DIR_H
#define NSPROOF_IMAGE_LAYERS_DIR_H

#include <stdbool.h>

#include "base/err.h"

#define LAYERS_TREES  "layers"
#define LAYERS_IMAGES "images"
#define LAYERS_CONFIG "config.json"

/* Which kind of store it is. -ENOENT: none; -EINVAL: one of no kind that is known. */
int layers_kind(int store, const char *dir, bool *ret_user, struct err *err);

#endif
