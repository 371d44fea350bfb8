// SPDX-License-Identifier: MIT
/* lz4 frames, skippable ones too, by liblz4: see codec.h. The older frame format is not read. */
#include <errno.h>
#include <lz4frame.h>
#include <stdlib.h>
#include <string.h>

#include "image/codec.h"

struct lz4 {
	LZ4F_dctx *context;
	bool inside; /* of a frame */
};

static void *lz4_open(void)
{
	struct lz4 *l = calloc(1, sizeof(*l));

	if (l && !LZ4F_isError(LZ4F_createDecompressionContext(&l->context, LZ4F_VERSION)))
		return l;
	free(l);
	return NULL;
}

static void lz4_close(void *state)
{
	struct lz4 *l = state;

	if (!l)
		return;
	LZ4F_freeDecompressionContext(l->context);
	free(l);
}

static int lz4_step(void *state, struct codec_io *io, struct err *err)
{
	size_t in_len = io->in_len, out_len = io->out_len, r;
	struct lz4 *l = state;

	if (!l->inside && !in_len)
		return 1;
	/* it reads the input, and writes the output, up to where it sets the lengths to */
	r = LZ4F_decompress(l->context, io->out, &out_len, io->in, &in_len, NULL);
	if (LZ4F_isError(r)) {
		const char *why = LZ4F_getErrorName(r);

		/* names are all that the shared library tells of its errors */
		if (strcmp(why, "ERROR_allocation_failed") == 0)
			return err_set(err, ENOMEM, "out of memory");
		return err_set(err, EBADMSG, "damaged lz4 data: %s", why);
	}
	io->in += in_len;
	io->in_len -= in_len;
	io->out += out_len;
	io->out_len -= out_len;
	l->inside = r != 0;
	return !l->inside;
}

const struct codec codec_lz4 = { lz4_open, lz4_close, lz4_step };
