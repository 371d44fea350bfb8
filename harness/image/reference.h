// SPDX-License-Identifier: MIT
/*
 * Choosing one of several images: by the name that a person gives, and by platform. Pure.
 *
 * Sources: the names are Docker's (distribution/reference: docker.io, library and latest are
 * implied), the platforms those of the OCI image specification (image-index.md, "platform").
 */
#ifndef NSPROOF_IMAGE_REFERENCE_H
#define NSPROOF_IMAGE_REFERENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/text.h"

#define PLATFORM_SIZE 96

/* Variants: "v8" of arm64, "v7" of arm, "v3" of amd64; "" when none is stated. */
struct platform {
	const char *os, *arch, *variant;
};

/* What is wanted of an archive or an index that may hold several images. */
struct image_wish {
	const char *ref; /* NULL: any */
	struct platform platform;
	bool platform_asked; /* by a person: nothing else will do */
};

/*
 * How well the name that an image bears fits what a person has given: 0 not at all, more is better.
 * A name matches without its registry and folders, and a name or a tag alone matches too.
 */
int reference_fit(const char *ref, const char *name);

/* The platform of a machine, as uname(2) calls it; the texts are static or the argument. */
struct platform platform_of_machine(const char *machine);

/* "OS/ARCH[/VARIANT]"; the parts lie in `buf`. -EINVAL. */
int platform_parse(const char *str, char buf[PLATFORM_SIZE], struct platform *ret, struct err *err);

/*
 * How well an image's platform fits what is wanted: 0 not at all, PLATFORM_UNSTATED when it has
 * none, more is better. An older variant fits, as processors run what their forerunners ran.
 */
enum { PLATFORM_UNFIT, PLATFORM_UNSTATED, PLATFORM_FITS };
int platform_fit(const struct platform *want, const struct platform *have);

/* "linux/arm64/v8", for errors. */
void platform_format(const struct platform *platform, struct text *out);

/* Appends a name to a list in an error, escaped; after a few the list only gets dots. */
struct name_list {
	struct text text;
	size_t count;
};

void name_list_add(struct name_list *list, const char *name);
const char *name_list_str(const struct name_list *list); /* "nothing" when empty */
void name_list_done(struct name_list *list);

#define AUTO_NAMES __attribute__((cleanup(name_list_done)))

#endif
