// SPDX-License-Identifier: MIT
/*
 * Named stages over one socket pair between a creator and the container that sets itself up, never
 * loose bytes. A message carries a stage, a struct err, a pid and at most one descriptor; the end
 * of the stream or the wrong stage is an error.
 */
#ifndef NSPROOF_CONTAINER_STAGE_H
#define NSPROOF_CONTAINER_STAGE_H

#include <sys/types.h>

#include "base/err.h"

enum stage {
	STAGE_MAPPED = 1, /* creator -> first child: your ids are mapped */
	STAGE_SPAWNED,    /* first child -> creator: the container is this pid */
	STAGE_GO,         /* creator -> container: here is your root, go on */
	STAGE_RUNNING,    /* container -> creator: the function is about to run */
	STAGE_FAILED,     /* container -> creator: with the error */
};

struct stage_message {
	enum stage stage;
	pid_t pid;
	struct err err;
};

/* fd < 0: none. -errno on failure. */
int stage_post(int sock, const struct stage_message *message, int fd);

/*
 * Waits at most timeout_ms (< 0: for ever). Returns 1 with *ret filled and, unless the pointer is
 * NULL, *ret_fd (-1: none); 0 when the other side is gone; -ETIMEDOUT or another negative errno.
 */
int stage_await(int sock, int timeout_ms, struct stage_message *ret, int *ret_fd);

#endif
