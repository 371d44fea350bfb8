// SPDX-License-Identifier: MIT
/*
 * Named stages over one socket pair between a creator and the container that sets itself up, never
 * loose bytes. A message carries a stage, a struct err and a pid; the end of the stream or the wrong
 * stage is an error. Descriptors need no message: the container has copies of its creator's.
 */
#ifndef NSPROOF_CONTAINER_STAGE_H
#define NSPROOF_CONTAINER_STAGE_H

#include <sys/types.h>

#include "base/err.h"

enum stage {
	STAGE_MAPPED = 1, /* creator -> first child: your ids are mapped */
	STAGE_SPAWNED,    /* first child -> creator: the container is this pid */
	STAGE_GO,         /* creator -> container: ids, root and link are ready, go on */
	STAGE_RUNNING,    /* container -> creator: the function is about to run */
	STAGE_FAILED,     /* container -> creator: with the error */
};

struct stage_message {
	enum stage stage;
	pid_t pid;
	struct err err;
};

/* -errno on failure. */
int stage_post(int sock, const struct stage_message *message);

/*
 * Waits at most timeout_ms (< 0: for ever). Returns 1 with *ret filled; 0 when the other side is
 * gone; -ETIMEDOUT or another negative errno.
 */
int stage_await(int sock, int timeout_ms, struct stage_message *ret);

#endif
