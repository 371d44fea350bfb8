// SPDX-License-Identifier: MIT
/*
 * A spawner is a process that starts containers out of a private mount namespace, with a tmpfs for
 * images and arenas that vanishes with it; for an ordinary user also out of a user namespace, which
 * gives it the rights. It knows which ids its containers can be mapped to.
 */
#ifndef NSPROOF_CONTAINER_SPAWNER_H
#define NSPROOF_CONTAINER_SPAWNER_H

#include <stdbool.h>

#include "base/err.h"
#include "container/container.h"
#include "container/guard.h"
#include "container/overlay.h"
#include "kernel/idmap.h"

struct spawner {
	char dir[32];       /* the tmpfs, mode 0755 */
	bool shut;          /* the machine lets it have no mount namespace or tmpfs: nothing runs */
	bool user;          /* entered through a user namespace of its own */
	bool has_ids;       /* `ids` is a range without our id 0: GUARD_IDS can be had */
	struct err ids_why; /* why not, where it can't */
	struct idmap ids;   /* for GUARD_USER with GUARD_IDS */
	struct idmap same;  /* for GUARD_USER alone: every id that we have, unchanged */
	bool idmap_mounts;  /* the root file systems can be mounted with mapped owners */
	char image[48];     /* dir/image: where the root file system of the containers goes */
};

/*
 * Turns the calling process into a spawner. With CAP_SYS_ADMIN: a private mount namespace; otherwise
 * a user namespace first, in which the user is root (rootless.h). Paths below s->dir that were
 * visible before are hidden from the process: open what is needed before. The directory `rootfs`
 * appears at s->image; NULL: an empty directory is there. -EPERM or -ENOSPC when user namespaces
 * are switched off; the text says by what.
 */
int spawner_enter(struct spawner *s, const char *rootfs, struct err *err);

/*
 * The same with layers for overlayfs, whose owners are mapped to those of GUARD_IDS, unless the layers
 * say otherwise; where that can't be had s->has_ids is false. s->idmap_mounts is false then, for they are not to be mapped again.
 */
int spawner_enter_layers(struct spawner *s, const struct overlay_layers *layers, struct err *err);

/*
 * Leaves the caller's mount namespace with few mounts: a tmpfs as the root with s->dir, /proc, /sys and
 * /dev on it, each with what is mounted below, and the host's other mounts gone for ever (so nothing
 * may be loaded, executed or looked up there any more). Every start copies the whole table of mounts
 * and tears it down again, some 2 us each: this pays for who starts many containers, or has a host
 * with hundreds of mounts. The namespace must be the caller's own, with private mounts, as
 * spawner_enter() and unshare(2) after it leave it. The working directory becomes "/". On failure
 * nothing has changed; -EINVAL on a root that can't be pivoted from (an initramfs, a chroot).
 */
int spawner_slim(const struct spawner *s, struct err *err);

/* The ids of a process that starts containers without becoming a spawner. */
int spawner_ids(struct spawner *s, struct err *err);

/* The id maps of a container with these guards; NULL without GUARD_USER. */
const struct idmap *spawner_map(const struct spawner *s, guard_set guards);

#endif
