// SPDX-License-Identifier: MIT
/* Opening what a person gives as IMAGE: see cmd_image.h. */
#include "cmd_image.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

void cmd_image_close(struct image **image)
{
	image_close(*image);
	*image = NULL;
}

static int open_stdin(struct err *err)
{
	int fd;

	if (isatty(STDIN_FILENO))
		return err_set(err, EINVAL, "standard input is a terminal; give it an image");
	fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	return fd < 0 ? err_sys(err, "standard input") : fd;
}

static int open_file(const char *path, struct err *err)
{
	/* not blocking: what is opened here may be anything */
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(err, "%s", path);
	if (S_ISDIR(st.st_mode) && faccessat(fd, "oci-layout", F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		return err_set(err, EINVAL,
			       "%s: a directory, but no OCI layout; a root directory is used as it "
			       "is, see 'nsproof run'",
			       path);
	/* ... and a FIFO is read to its end, like standard input */
	if (S_ISFIFO(st.st_mode) && fcntl(fd, F_SETFL, 0) < 0)
		return err_sys(err, "%s", path);
	return STEAL_FD(fd);
}

int cmd_image_open(const char *path, const struct image_open_opts *opts, int *ret_fd,
		   struct image **ret, struct err *err)
{
	bool is_stdin = !strcmp(path, "-");
	AUTO_CLOSE int fd = is_stdin ? open_stdin(err) : open_file(path, err);
	int r;

	if (fd < 0)
		return -err->num;
	r = image_open(fd, is_stdin ? "standard input" : path, opts, ret, err);
	if (r == 0)
		*ret_fd = STEAL_FD(fd);
	return r;
}
