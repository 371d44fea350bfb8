// SPDX-License-Identifier: MIT
/*
 * What libarchive does not tell: names in extended headers end there at the first NUL, so that an
 * archive could show one name to us and another to other readers. Pure.
 */
#ifndef NSPROOF_IMAGE_PAX_H
#define NSPROOF_IMAGE_PAX_H

#include <stdbool.h>
#include <stddef.h>

/* extended headers of one entry; more is made to exhaust memory */
#define PAX_SIZE_MAX ((size_t)1 << 20)

/*
 * Whether a name or a link's target has a NUL in it. `headers` are all headers of one entry: the
 * extended ones with their contents, and the entry's own (POSIX.1, pax Interchange Format).
 */
bool pax_name_has_nul(const char *headers, size_t len);

#endif
