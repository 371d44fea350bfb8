// SPDX-License-Identifier: MIT
/* zstd frames (RFC 8878), skippable ones too, by libzstd: see codec.h. */
#include <errno.h>
#include <stdlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "image/codec.h"

/* What zstd(1) allows without asking: 128 MiB. */
#define WINDOW_LOG_MAX 27

struct zstd {
	ZSTD_DStream *stream;
	bool between; /* two frames */
};

static void zstd_close(void *state)
{
	struct zstd *z = state;

	if (!z)
		return;
	ZSTD_freeDStream(z->stream);
	free(z);
}

static void *zstd_open(void)
{
	struct zstd *z = calloc(1, sizeof(*z));

	if (!z)
		return NULL;
	z->stream = ZSTD_createDStream();
	z->between = true;
	if (z->stream &&
	    !ZSTD_isError(ZSTD_DCtx_setParameter(z->stream, ZSTD_d_windowLogMax, WINDOW_LOG_MAX)))
		return z;
	zstd_close(z);
	return NULL;
}

static int zstd_failed(size_t code, struct err *err)
{
	switch (ZSTD_getErrorCode(code)) {
	case ZSTD_error_memory_allocation:
		return err_set(err, ENOMEM, "out of memory");
	case ZSTD_error_frameParameter_windowTooLarge:
		return err_set(err, EFBIG,
			       "zstd data that takes more than %d MiB of memory; "
			       "compress it without --long or --ultra",
			       1 << (WINDOW_LOG_MAX - 20));
	default:
		return err_set(err, EBADMSG, "damaged zstd data: %s", ZSTD_getErrorName(code));
	}
}

static int zstd_step(void *state, struct codec_io *io, struct err *err)
{
	struct zstd *z = state;
	ZSTD_inBuffer in = { io->in, io->in_len, 0 };
	ZSTD_outBuffer out = { io->out, io->out_len, 0 };
	size_t r;

	if (z->between && !io->in_len)
		return 1;
	r = ZSTD_decompressStream(z->stream, &out, &in);
	if (ZSTD_isError(r))
		return zstd_failed(r, err);
	io->in += in.pos;
	io->in_len -= in.pos;
	io->out += out.pos;
	io->out_len -= out.pos;
	z->between = r == 0;
	return z->between;
}

const struct codec codec_zstd = { zstd_open, zstd_close, zstd_step };
