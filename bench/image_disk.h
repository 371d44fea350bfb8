// SPDX-License-Identifier: MIT
/*
 * Inside bench/: fresh file systems to unpack into. They are mounted nowhere, so they have gone when
 * their descriptor is closed, and with the process whatever ends it.
 */
#ifndef NSPROOF_BENCH_IMAGE_DISK_H
#define NSPROOF_BENCH_IMAGE_DISK_H

#include "base/err.h"

/* The root of a new tmpfs. */
int fresh_memory(struct err *err);

/*
 * The root of a new ext4 in a file without a name, on a loop device that goes with it. The file lies
 * in $TMPDIR, or else in /var/tmp. -EOPNOTSUPP: that is no disk, or mkfs.ext4 is not
 * there; else what a call says that is not permitted here.
 */
int fresh_disk(struct err *err);

#endif
