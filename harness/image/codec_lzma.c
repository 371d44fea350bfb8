// SPDX-License-Identifier: MIT
/* xz streams with their padding, by liblzma: see codec.h. The older .lzma is not read. */
#include <errno.h>
#include <lzma.h>
#include <stdlib.h>

#include "image/codec.h"

/* xz -9 takes 65 MiB */
#define MEMORY_MAX ((uint64_t)128 << 20)

struct xz {
	lzma_stream lzma;
	bool ended;
};

static void xz_close(void *state)
{
	struct xz *x = state;

	if (!x)
		return;
	lzma_end(&x->lzma);
	free(x);
}

static void *xz_open(void)
{
	struct xz *x = calloc(1, sizeof(*x));

	/* all zero is LZMA_STREAM_INIT */
	if (x && lzma_stream_decoder(&x->lzma, MEMORY_MAX, LZMA_CONCATENATED) == LZMA_OK)
		return x;
	xz_close(x);
	return NULL;
}

static int xz_failed(lzma_ret r, struct err *err)
{
	switch (r) {
	case LZMA_MEM_ERROR:
		return err_set(err, ENOMEM, "out of memory");
	case LZMA_MEMLIMIT_ERROR:
		return err_set(err, EFBIG,
			       "xz data that takes more than %u MiB of memory; "
			       "compress it with xz -9 or less",
			       (unsigned int)(MEMORY_MAX >> 20));
	case LZMA_FORMAT_ERROR:
		return err_set(err, EBADMSG, "damaged xz data: no header where one must be");
	case LZMA_OPTIONS_ERROR:
		return err_set(err, EBADMSG, "damaged xz data, or options that are not known");
	default:
		return err_set(err, EBADMSG, "damaged xz data");
	}
}

static int xz_step(void *state, struct codec_io *io, struct err *err)
{
	struct xz *x = state;
	lzma_stream *l = &x->lzma;
	lzma_ret r;

	if (x->ended)
		return 1;
	l->next_in = io->in;
	l->avail_in = io->in_len;
	l->next_out = io->out;
	l->avail_out = io->out_len;
	/* only here the library sees whether what follows a stream is another one */
	r = lzma_code(l, io->last ? LZMA_FINISH : LZMA_RUN);
	if (r != LZMA_OK && r != LZMA_STREAM_END && r != LZMA_BUF_ERROR)
		return xz_failed(r, err);
	io->in = l->next_in;
	io->in_len = l->avail_in;
	io->out = l->next_out;
	io->out_len = l->avail_out;
	x->ended = r == LZMA_STREAM_END;
	return x->ended;
}

const struct codec codec_xz = { xz_open, xz_close, xz_step };
