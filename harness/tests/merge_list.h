// SPDX-License-Identifier: MIT
/* What is in a merged tree, as a text: for tests that compare two orders of merging. */
#ifndef NSPROOF_TESTS_MERGE_LIST_H
#define NSPROOF_TESTS_MERGE_LIST_H

#include "base/text.h"
#include "image/merge.h"

/* Appends one line a file, sorted: path, kind and the layer that it is from. */
void merge_list(struct merge *m, struct text *out);

#endif
