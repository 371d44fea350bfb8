// SPDX-License-Identifier: MIT
/* See bench_server.h. */
#include "bench_server.h"

struct against_side bench_server(const char *name, const char *program,
				 const struct rootfs_choice *image)
{
	struct against_side side = { name, { program, "bench" } };
	size_t n = 2;

	if (image->path) {
		side.words[n++] = "--image";
		side.words[n++] = image->path;
	}
	if (image->image.ref) {
		side.words[n++] = "--ref";
		side.words[n++] = image->image.ref;
	}
	if (image->image.platform) {
		side.words[n++] = "--platform";
		side.words[n++] = image->image.platform;
	}
	side.words[n] = "--serve";
	return side;
}
