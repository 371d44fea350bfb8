// SPDX-License-Identifier: MIT
/*
 * What commands that run checks have in common: an image is found and unpacked in a spawner's
 * private tmpfs, the machine's abilities are tried, the probe is put into memory.
 */
#ifndef NSPROOF_SESSION_H
#define NSPROOF_SESSION_H

#include <stdbool.h>

#include "base/err.h"
#include "check/needs.h"
#include "check/place.h"
#include "check/run.h"
#include "container/cgroup.h"
#include "rootfs.h"

struct session {
	struct rootfs rootfs; /* with the spawner */
	struct cgroup_tree cgroups;
	struct abilities abilities;
	struct place place; /* as it was before the spawner */
	int probe_fd;
	int image_fd; /* of the image, O_PATH: its path may be hidden by now; -1: there is none */
};

#define SESSION_INIT                                                                               \
	{                                                                                          \
		.cgroups = CGROUP_TREE_INIT, .probe_fd = -1, .image_fd = -1                        \
	}

/* The fixture of the build tree that this program runs from: ../fixtures/classic.tar. -ENOENT. */
int session_fixture(char *out, size_t room, struct err *err);

/*
 * Opens it all; the calling process becomes a spawner (see spawner.h about hidden paths). `image`
 * is an image or a root directory; without a path the fixture that was built with this program.
 * `wanted` are the needs to try. On failure *ret_status is the exit status that fits: usage and
 * input, interrupted, or nothing ran when the machine can't do it.
 */
int session_open(struct session *s, const struct rootfs_choice *image, need_set wanted,
		 int *ret_status, struct err *err);

/*
 * The machine's abilities alone, all of them, tried with an empty root directory: without an image
 * and a probe no check can run. A failure means that nothing can ever run here.
 */
int session_try(struct session *s, struct err *err);

/* What a run takes from the session; the rest is zero. Its pointers live as long as the session. */
struct run_spec session_run_spec(const struct session *s, int timeout_ms);

void session_close(struct session *s); /* safe twice */

#define AUTO_SESSION __attribute__((cleanup(session_close)))

/* The needs of a row, of all rows. */
need_set session_all_needs(void);

#endif
