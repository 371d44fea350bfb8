// SPDX-License-Identifier: MIT
/* How the guided tour looks on paper: headings, paragraphs, and labelled lines below them. */
#ifndef NSPROOF_WALK_PRINT_H
#define NSPROOF_WALK_PRINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "image/image.h"
#include "walk_steps.h"
#include "walk_view.h"

struct page {
	FILE *out;
	bool colour; /* which only repeats what the words say */
	int number;  /* of the last heading */
};

/* "3  Title  [+guard +guard]". */
void page_heading(struct page *p, const char *title, guard_set adds);

/* Words of a text, wrapped. */
void page_paragraph(struct page *p, const char *text);

/* A label and a value; a value that is too long goes on below itself. */
void page_line(struct page *p, const char *label, const char *value);

/* The first two steps: what the archive holds, and what came out of it. */
void page_archive(struct page *p, const struct image_info *info);
void page_unpacked(struct page *p, const struct image_unpack_stats *stats);

/* What the container sees: processes, files and links always, the rest when it is not as it was in
 * `before` (NULL: all is new) or is named by `watch`; those lines carry a mark. */
void page_view(struct page *p, const struct view *before, const struct view *now,
	       const char *watch);

/* A change, or what there is to say about one check: "closes  pid/kill-0 (ESRCH): Can ...?" */
void page_check(struct page *p, enum change change, const struct check *check, const char *outcome);

#endif
