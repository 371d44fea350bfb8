// SPDX-License-Identifier: MIT
/*
 * What libarchive passes over in extended headers: names that end at a NUL, records that are none,
 * numbers that are words. Another reader may take them in another way. Pure.
 */
#ifndef NSPROOF_IMAGE_PAX_H
#define NSPROOF_IMAGE_PAX_H

#include <stddef.h>

/* extended headers of one entry; more is made to exhaust memory */
#define PAX_SIZE_MAX ((size_t)1 << 20)

/*
 * Returns NULL, or what is wrong with the extended headers of one entry; never freed. `headers` are
 * all of them with their contents, and the entry's own (POSIX.1, pax Interchange Format).
 */
const char *pax_check(const char *headers, size_t len);

#endif
