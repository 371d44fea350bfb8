// SPDX-License-Identifier: MIT
/* What directories get at the end: kept while their files are written. */
#ifndef NSPROOF_IMAGE_NOTES_H
#define NSPROOF_IMAGE_NOTES_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "image/meta.h"
#include "image/plan.h"

struct note {
	struct meta meta;
	struct entry_xattr *xattrs; /* with the texts in one block; NULL: none */
	size_t xattr_count;
};

/* Start with { 0 }. */
struct notes {
	struct note *list;
	size_t count, room;
};

/* Copies what the entry says; *ret, from 1 on, is its number. -ENOMEM. */
int notes_add(struct notes *n, const struct meta *meta, const struct entry *entry, uint32_t *ret,
	      struct err *err);
const struct note *notes_get(const struct notes *n, uint32_t number);
void notes_done(struct notes *n);

#endif
