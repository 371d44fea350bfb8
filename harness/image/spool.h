// SPDX-License-Identifier: MIT
/*
 * An archive is read in any order, which a pipe and a compressed file do not allow: their bytes are
 * kept in a file without a name, which is gone with its descriptor.
 */
#ifndef NSPROOF_IMAGE_SPOOL_H
#define NSPROOF_IMAGE_SPOOL_H

#include <signal.h>
#include <stdint.h>

#include "base/err.h"
#include "image/stream.h"

/*
 * What comes out of a pipe until its end, at most `max` bytes (0: no limit), as a file that the
 * caller closes. It lies below $TMPDIR, or else /var/tmp or /tmp.
 * -EFBIG: the limit; -ENOSPC; -EINTR: *stop (or NULL) was set.
 */
int spool_pipe(int fd, uint64_t max, const volatile sig_atomic_t *stop, int *ret_fd,
	       struct err *err);

/* The same with what a blob is when decompressed; also -EBADMSG: damaged. */
int spool_stream(const struct stream_source *source, const struct stream_limits *limits,
		 const volatile sig_atomic_t *stop, int *ret_fd, struct err *err);

#endif
