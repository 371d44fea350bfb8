// SPDX-License-Identifier: MIT
/* Hard links, which wait until their targets are on disk. */
#ifndef NSPROOF_IMAGE_LINKS_H
#define NSPROOF_IMAGE_LINKS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "image/dirs.h"

/* Start with { 0 }. */
struct links {
	struct {
		uint32_t node, target;
	} * list;
	size_t count, room;
};

/* -ENOMEM. */
int links_add(struct links *l, uint32_t node, uint32_t target, struct err *err);

/* Makes them all, in directories that are there, and forgets them. */
int links_make(struct links *l, struct dirs *dirs, struct err *err);

void links_done(struct links *l);

#endif
