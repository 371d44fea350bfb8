// SPDX-License-Identifier: MIT
/* bzip2 streams, by libbz2: see codec.h. */
#include <bzlib.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "image/codec.h"

struct bzip2 {
	bz_stream bz;
	bool inside; /* of a stream; only then there is something for BZ2_bzDecompressEnd() */
};

static void *bzip2_open(void)
{
	return calloc(1, sizeof(struct bzip2));
}

static void bzip2_close(void *state)
{
	struct bzip2 *b = state;

	if (b && b->inside)
		BZ2_bzDecompressEnd(&b->bz);
	free(b);
}

static int bzip2_failed(int r, struct err *err)
{
	if (r == BZ_MEM_ERROR)
		return err_set(err, ENOMEM, "out of memory");
	return err_set(err, EBADMSG, "damaged bzip2 data%s",
		       r == BZ_DATA_ERROR_MAGIC ? ": no header where one must be" : "");
}

static int bzip2_step(void *state, struct codec_io *io, struct err *err)
{
	unsigned int in_len = io->in_len < UINT_MAX ? (unsigned int)io->in_len : UINT_MAX;
	unsigned int out_len = io->out_len < UINT_MAX ? (unsigned int)io->out_len : UINT_MAX;
	struct bzip2 *b = state;
	int r;

	if (!b->inside && !in_len)
		return 1;
	if (!b->inside) {
		b->bz = (bz_stream){ 0 };
		r = BZ2_bzDecompressInit(&b->bz, 0, 0);
		if (r != BZ_OK)
			return bzip2_failed(r, err);
		b->inside = true;
	}
	b->bz.next_in = (char *)(uintptr_t)io->in; /* libbz2 only reads it */
	b->bz.avail_in = in_len;
	b->bz.next_out = (char *)io->out;
	b->bz.avail_out = out_len;
	r = BZ2_bzDecompress(&b->bz);
	if (r != BZ_OK && r != BZ_STREAM_END)
		return bzip2_failed(r, err);
	io->in += in_len - b->bz.avail_in;
	io->in_len -= in_len - b->bz.avail_in;
	io->out += out_len - b->bz.avail_out;
	io->out_len -= out_len - b->bz.avail_out;
	if (r == BZ_STREAM_END) {
		BZ2_bzDecompressEnd(&b->bz);
		b->inside = false;
	}
	return !b->inside;
}

const struct codec codec_bzip2 = { bzip2_open, bzip2_close, bzip2_step };
