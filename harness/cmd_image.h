// SPDX-License-Identifier: MIT
/* What the commands on images have in common: which one is meant, and how it is opened. */
#ifndef NSPROOF_CMD_IMAGE_H
#define NSPROOF_CMD_IMAGE_H

#include "base/err.h"
#include "image/image.h"

/* Of several images in one file. */
struct image_choice {
	const char *ref, *platform;
};

/* The rows of the options for it; `values` is the struct, which has a member `choice`. */
#define IMAGE_CHOICE_ROWS(values)                                                                  \
	{                                                                                          \
		.type = OPT_STRING,                                                                \
		.name = "ref",                                                                     \
		.arg = "NAME:TAG",                                                                 \
		.offset = offsetof(values, choice.ref),                                            \
		.help = "which image, where there are several",                                    \
	},                                                                                         \
	{                                                                                          \
		.type = OPT_STRING, .name = "platform", .arg = "OS/ARCH",                          \
		.offset = offsetof(values, choice.platform),                                       \
		.help = "which platform, also OS/ARCH/VARIANT (default: this machine's)",          \
	}

/* For the details of --help. */
#define IMAGE_HELP                                                                                 \
	"IMAGE is what 'docker save' writes, in its old or new form, an OCI layout (a directory\n" \
	"or one tar file) or the tar file of a root file system, compressed or not; '-' is\n"      \
	"standard input."

/*
 * Opens IMAGE, "-" for standard input. *ret_fd must stay open as long as the image; both are the
 * caller's. Errors as image_open().
 */
int cmd_image_open(const char *path, const struct image_open_opts *opts, int *ret_fd,
		   struct image **ret, struct err *err);

/* image_close() as a cleanup */
void cmd_image_close(struct image **image);

#define AUTO_IMAGE __attribute__((cleanup(cmd_image_close)))

#endif
