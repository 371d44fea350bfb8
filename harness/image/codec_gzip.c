// SPDX-License-Identifier: MIT
/*
 * gzip (RFC 1952), by zlib and by ISA-L. zlib reads the headers for both: it knows all of their
 * fields and checks, wherever the input is cut. Zeroes after the last member are padding, as gzip(1)
 * has it; whatever else follows is an error.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <zlib.h>
#ifdef NSPROOF_ISAL
#include <dlfcn.h>
#include <isa-l/igzip_lib.h>
#include <pthread.h>
#include <string.h>
#endif

#include "image/codec.h"

struct gzip {
	z_stream z;
	enum { BETWEEN, HEADER, DATA, PADDING } where;
#ifdef NSPROOF_ISAL
	struct inflate_state *fast; /* of codec_gzip_fast() */
#endif
};

static void *gzip_open(void)
{
	struct gzip *g = calloc(1, sizeof(*g));

	/* +16: the gzip format and no other */
	if (g && inflateInit2(&g->z, MAX_WBITS + 16) == Z_OK)
		return g;
	free(g);
	return NULL;
}

static void gzip_close(void *state)
{
	struct gzip *g = state;

	if (!g)
		return;
	inflateEnd(&g->z);
#ifdef NSPROOF_ISAL
	free(g->fast);
#endif
	free(g);
}

static int damaged(const char *why, struct err *err)
{
	return err_set(err, EBADMSG, "damaged gzip data: %s", why);
}

/* One call of zlib's inflate; `flush` says how far. Returns 1 when the member has ended. */
static int inflate_some(struct gzip *g, struct codec_io *io, int flush, struct err *err)
{
	unsigned int in_len = io->in_len < UINT_MAX ? (unsigned int)io->in_len : UINT_MAX;
	unsigned int out_len = io->out_len < UINT_MAX ? (unsigned int)io->out_len : UINT_MAX;
	z_stream *z = &g->z;
	int r;

	z->next_in = (uint8_t *)(uintptr_t)io->in; /* zlib only reads it */
	z->avail_in = in_len;
	z->next_out = io->out;
	z->avail_out = out_len;
	r = inflate(z, flush);
	if (r == Z_MEM_ERROR)
		return err_set(err, ENOMEM, "out of memory");
	if (r != Z_OK && r != Z_STREAM_END && r != Z_BUF_ERROR)
		return damaged(z->msg ? z->msg : "it wants a dictionary", err);
	io->in = z->next_in;
	io->in_len -= in_len - z->avail_in;
	io->out = z->next_out;
	io->out_len -= out_len - z->avail_out;
	return r == Z_STREAM_END;
}

/* Goes on to the data of the next member, if there is one in the input. */
static int gzip_begin(struct gzip *g, struct codec_io *io, struct err *err)
{
	int r;

	if (g->where == BETWEEN && io->in_len) {
		g->where = *io->in ? HEADER : PADDING;
		inflateReset(&g->z);
	}
	while (g->where == PADDING && io->in_len) {
		if (*io->in)
			return damaged("something follows its end", err);
		io->in++;
		io->in_len--;
	}
	if (g->where != HEADER)
		return 0;
	r = inflate_some(g, io, Z_BLOCK, err);
	if (r < 0)
		return r;
	/* 128: the header ends here, or a block does, which can't be yet */
	if (g->z.data_type & 128)
		g->where = DATA;
	return 0;
}

static bool gzip_may_end(const struct gzip *g)
{
	return g->where == BETWEEN || g->where == PADDING;
}

static int gzip_step(void *state, struct codec_io *io, struct err *err)
{
	struct gzip *g = state;
	int r = gzip_begin(g, io, err);

	if (r < 0)
		return r;
	if (g->where == DATA) {
		r = inflate_some(g, io, Z_NO_FLUSH, err);
		if (r < 0)
			return r;
		if (r)
			g->where = BETWEEN;
	}
	return gzip_may_end(g);
}

const struct codec codec_gzip = { gzip_open, gzip_close, gzip_step };

#ifdef NSPROOF_ISAL

/* The functions that we use; their types come from the library's own header. */
static struct {
	__typeof__(&isal_inflate_init) init;
	__typeof__(&isal_inflate) inflate;
} isal; /* inflate is NULL: it can't be loaded */

/* The reference of dlopen() is kept on purpose: loading costs more than a small layer. */
static void isal_load(void)
{
	void *library = dlopen("libisal.so.2", RTLD_NOW | RTLD_LOCAL), *init, *inflate_function;

	if (!library)
		return;
	init = dlsym(library, "isal_inflate_init");
	inflate_function = dlsym(library, "isal_inflate");
	if (!init || !inflate_function)
		return;
	/* a data pointer becomes a function pointer: POSIX has it so, C needs the copy */
	memcpy(&isal.init, &init, sizeof(init));
	memcpy(&isal.inflate, &inflate_function, sizeof(inflate_function));
}

static void *fast_open(void)
{
	struct gzip *g = gzip_open();

	if (g)
		g->fast = malloc(sizeof(*g->fast));
	if (g && g->fast)
		return g;
	gzip_close(g);
	return NULL;
}

static const char *isal_error(int r)
{
	switch (r) {
	case ISAL_INVALID_BLOCK:
		return "invalid block";
	case ISAL_INVALID_SYMBOL:
		return "invalid symbol";
	case ISAL_INVALID_LOOKBACK:
		return "invalid distance";
	case ISAL_INCORRECT_CHECKSUM:
		return "incorrect checksum or length";
	default:
		return "it can't be decompressed";
	}
}

/* The data of a member and its trailer, whose checksum and length isal_inflate() compares. */
static int fast_inflate(struct gzip *g, struct codec_io *io, struct err *err)
{
	unsigned int in_len = io->in_len < INT_MAX ? (unsigned int)io->in_len : INT_MAX;
	unsigned int out_len = io->out_len < INT_MAX ? (unsigned int)io->out_len : INT_MAX;
	struct inflate_state *s = g->fast;
	int r;

	s->next_in = (uint8_t *)(uintptr_t)io->in; /* ISA-L only reads it */
	s->avail_in = in_len;
	s->next_out = io->out;
	s->avail_out = out_len;
	r = isal.inflate(s);
	/* ISAL_END_INPUT: the trailer is not whole yet */
	if (r != ISAL_DECOMP_OK && r != ISAL_END_INPUT)
		return damaged(isal_error(r), err);
	io->in = s->next_in;
	io->in_len -= in_len - s->avail_in;
	io->out = s->next_out;
	io->out_len -= out_len - s->avail_out;
	if (r == ISAL_DECOMP_OK && s->block_state == ISAL_BLOCK_FINISH)
		g->where = BETWEEN;
	return 0;
}

static int fast_step(void *state, struct codec_io *io, struct err *err)
{
	struct gzip *g = state;
	bool began = g->where != DATA;
	int r = gzip_begin(g, io, err);

	if (r < 0)
		return r;
	if (g->where == DATA) {
		if (began) {
			isal.init(g->fast);
			g->fast->crc_flag = ISAL_GZIP_NO_HDR_VER;
		}
		r = fast_inflate(g, io, err);
		if (r < 0)
			return r;
	}
	return gzip_may_end(g);
}

const struct codec *codec_gzip_fast(void)
{
	static const struct codec fast = { fast_open, gzip_close, fast_step };
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, isal_load);
	return isal.inflate ? &fast : NULL;
}

#endif
