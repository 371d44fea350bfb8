// SPDX-License-Identifier: MIT
/*
 * What overlayfs wants of one layer's tree (Documentation/filesystems/overlayfs.rst), beside its
 * whiteouts: attributes of directories, and a way out for directories that a layer does not list.
 */
#ifndef NSPROOF_IMAGE_OVERLAY_H
#define NSPROOF_IMAGE_OVERLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "image/image.h"
#include "image/merge.h"

/*
 * The modification time, in seconds, of a layer's root that no entry lists, so that the owner, mode
 * and time of the root are known to be those of a layer below. No build makes it.
 */
#define OVERLAY_UNLISTED_TIME (-1)

/* Whether overlayfs reads the attributes called "user.", and not "trusted.", in such a tree. */
bool overlay_user_attrs(const struct image_unpack_opts *opts);

/* Sets on the directory `id`, open at `fd`, the attributes that it needs. */
int overlay_mark_dir(struct merge *m, uint32_t id, int fd, const struct image_unpack_opts *opts,
		     struct err *err);

/*
 * Once everything else about the directory is as a plain one's: when the layer has files in it
 * without listing it, what layers below say of it is to be seen, and opts->inherit is asked.
 * -EBADMSG: there is nobody to ask.
 */
int overlay_inherit(struct merge *m, uint32_t id, int fd, const struct image_unpack_opts *opts,
		    struct err *err);

/* Whether a directory, open at `fd`, carries the attribute that hides what is below it. */
bool overlay_is_opaque(int fd, bool user_attrs);

#endif
