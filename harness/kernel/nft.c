// SPDX-License-Identifier: MIT
/* nftables by library: see nft.h. */
#include "kernel/nft.h"

#include <dlfcn.h>
#include <errno.h>
#include <nftables/libnftables.h>
#include <stddef.h>
#include <string.h>

#include "base/cleanup.h"

/* The functions that we use; their types come from the library's own header. */
struct nft_library {
	__typeof__(&nft_ctx_new) ctx_new;
	__typeof__(&nft_ctx_free) ctx_free;
	__typeof__(&nft_ctx_buffer_output) buffer_output;
	__typeof__(&nft_ctx_buffer_error) buffer_error;
	__typeof__(&nft_ctx_get_error_buffer) get_error_buffer;
	__typeof__(&nft_run_cmd_from_buffer) run_cmd_from_buffer;
};

static struct nft_library loaded; /* ctx_new is NULL: not yet */

/* The reference of dlopen() is kept on purpose: loading costs more than a call. */
int nft_load(struct err *err)
{
	struct nft_library lib = { 0 };
	struct {
		const char *name;
		void *slot;
	} wanted[] = {
		{ "nft_ctx_new", &lib.ctx_new },
		{ "nft_ctx_free", &lib.ctx_free },
		{ "nft_ctx_buffer_output", &lib.buffer_output },
		{ "nft_ctx_buffer_error", &lib.buffer_error },
		{ "nft_ctx_get_error_buffer", &lib.get_error_buffer },
		{ "nft_run_cmd_from_buffer", &lib.run_cmd_from_buffer },
	};
	void *handle;

	if (loaded.ctx_new)
		return 0;
	handle = dlopen("libnftables.so.1", RTLD_NOW | RTLD_LOCAL);
	if (!handle)
		return err_set(err, ENOSYS, "load nftables: %s; install libnftables1", dlerror());
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		void *function = dlsym(handle, wanted[i].name);

		if (!function)
			return err_set(err, ENOSYS, "load nftables: %s", dlerror());
		/* a data pointer becomes a function pointer: POSIX has it so, C needs the copy */
		memcpy(wanted[i].slot, &function, sizeof(function));
	}
	loaded = lib;
	return 0;
}

int nft_run(const char *commands, struct err *err)
{
	const struct nft_library *lib = &loaded;
	struct nft_ctx *ctx;
	int r = nft_load(err);

	if (r < 0)
		return r;
	ctx = lib->ctx_new(NFT_CTX_DEFAULT);
	if (!ctx)
		return err_set(err, ENOMEM, "nftables: out of memory");
	if (lib->buffer_output(ctx) != 0 || lib->buffer_error(ctx) != 0) {
		r = err_set(err, ENOMEM, "nftables: out of memory");
	} else if (lib->run_cmd_from_buffer(ctx, commands) != 0) {
		const char *text = lib->get_error_buffer(ctx);

		r = err_set(err, EIO, "nftables: %.*s", (int)strcspn(text, "\n"), text);
	}
	lib->ctx_free(ctx);
	return r;
}
