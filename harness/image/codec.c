// SPDX-License-Identifier: MIT
/* Which codec it is: see codec.h. Pure. */
#include "image/codec.h"

#include <string.h>

/* From this size on the time that ISA-L saves is more than loading it takes. */
#define FAST_SIZE ((uint64_t)1 << 20)

const char *const image_codec_names[CODEC_COUNT] = { "none", "gzip", "zstd", "xz", "bzip2", "lz4" };

const struct codec *codec_choose(enum image_codec codec, uint64_t size)
{
	static const struct codec *const codecs[CODEC_COUNT] = {
		[CODEC_GZIP] = &codec_gzip,   [CODEC_ZSTD] = &codec_zstd, [CODEC_XZ] = &codec_xz,
		[CODEC_BZIP2] = &codec_bzip2, [CODEC_LZ4] = &codec_lz4,
	};

#ifdef NSPROOF_ISAL
	if (codec == CODEC_GZIP && size >= FAST_SIZE) {
		const struct codec *fast = codec_gzip_fast();

		if (fast)
			return fast;
	}
#else
	(void)size;
#endif
	return codecs[codec];
}

static bool begins(const uint8_t *bytes, size_t len, const char *magic, size_t magic_len)
{
	return len >= magic_len && memcmp(bytes, magic, magic_len) == 0;
}

/* "BZh", the block size, then the magic of a block or, in an empty one, of the end. */
static bool is_bzip2(const uint8_t *bytes, size_t len)
{
	return begins(bytes, len, "BZh", 3) && len >= 10 && bytes[3] >= '1' && bytes[3] <= '9' &&
	       (memcmp(bytes + 4, "\x31\x41\x59\x26\x53\x59", 6) == 0 ||
		memcmp(bytes + 4, "\x17\x72\x45\x38\x50\x90", 6) == 0);
}

enum image_codec codec_detect(const uint8_t *bytes, size_t len)
{
	if (begins(bytes, len, "\x1f\x8b", 2))
		return CODEC_GZIP;
	if (begins(bytes, len, "\x28\xb5\x2f\xfd", 4))
		return CODEC_ZSTD;
	if (begins(bytes, len,
		   "\xfd"
		   "7zXZ\0",
		   6))
		return CODEC_XZ;
	if (is_bzip2(bytes, len))
		return CODEC_BZIP2;
	if (begins(bytes, len, "\x04\x22\x4d\x18", 4))
		return CODEC_LZ4;
	return CODEC_NONE;
}

uint64_t codec_skippable(const uint8_t *bytes, size_t len)
{
	/* RFC 8878, 3.1.2: 0x184d2a50 to 0x184d2a5f, then the length, both little-endian */
	if (len < 8 || (bytes[0] & 0xf0) != 0x50 || memcmp(bytes + 1, "\x2a\x4d\x18", 3) != 0)
		return 0;
	return 8 + ((uint64_t)bytes[4] | (uint64_t)bytes[5] << 8 | (uint64_t)bytes[6] << 16 |
		    (uint64_t)bytes[7] << 24);
}
