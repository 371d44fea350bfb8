// SPDX-License-Identifier: MIT
/* The nsprobe program as bytes inside the harness, so that no installed file can be missing. */
#ifndef NSPROBE_PROBE_IMAGE_H
#define NSPROBE_PROBE_IMAGE_H

#include <stddef.h>

/* The ELF file, for the life of the program; its size in bytes in *ret_size. */
const void *probe_image(size_t *ret_size);

/* What the probe of this id does, in its own words; *ret_len bytes without a NUL, for the life of
 * the program. NULL: there is no such probe. */
const char *probe_about(const char *id, size_t *ret_len);

#endif
