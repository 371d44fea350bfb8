// SPDX-License-Identifier: MIT
/* The probe program as a sealed memfd: the image under test needs no file of ours. */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "check/run.h"
#include "kernel/sys.h"

int probe_open(const void *image, size_t size, struct err *err)
{
	AUTO_CLOSE int fd = -1;

	fd = memfd_create("nsprobe", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);
	if (fd < 0 && errno == EINVAL)
		/* before Linux 6.3 every memfd could be executed */
		fd = memfd_create("nsprobe", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0 || fd_write_full(fd, image, size) < 0 || fchmod(fd, 0555) < 0 ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0)
		return err_sys(err, "the probe cannot be put into memory");
	return STEAL_FD(fd);
}
