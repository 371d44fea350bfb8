// SPDX-License-Identifier: MIT
/* Compression and digests in memory, for the makers of fixtures and for benchmarks. */
#ifndef NSPROOF_PACK_COMPRESS_H
#define NSPROOF_PACK_COMPRESS_H

#include <stdint.h>

#include "base/err.h"
#include "base/text.h"

#define PACK_DIGEST_SIZE (sizeof("sha256:") + 64)

/* Appends one member (frame, stream) of the format to `out`. -ENOMEM; -EIO: the library failed. */
typedef int pack_compress_fn(const struct text *in, struct text *out, struct err *err);

extern pack_compress_fn pack_gzip, pack_zstd, pack_xz, pack_bzip2, pack_lz4;

/* "sha256:..." */
void pack_digest(const struct text *bytes, char ret[PACK_DIGEST_SIZE]);

#endif
