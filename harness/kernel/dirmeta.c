// SPDX-License-Identifier: MIT
/* One directory made to look like another: see dirmeta.h. */
#include "kernel/dirmeta.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "base/cleanup.h"
#include "base/text.h"

#define ATTR_MAX 65536 /* bytes of a value, and of the list of names: xattr(7) */

static bool wanted(const char *name)
{
	if (text_starts(name, "user."))
		return !text_starts(name, "user.overlay.");
	if (text_starts(name, "trusted."))
		return !text_starts(name, "trusted.overlay.");
	return text_starts(name, "system.posix_acl_");
}

/* By path, for an O_PATH descriptor has no other way. */
static int copy_attr(const char *from, const char *name, char *value, int to, struct err *err)
{
	ssize_t size = getxattr(from, name, value, ATTR_MAX);

	if (size < 0)
		return errno == ENODATA ? 0 : err_sys(err, "reading its attribute %s", name);
	if (fsetxattr(to, name, value, (size_t)size, 0) < 0 && errno != EPERM && errno != ENOTSUP)
		return err_sys(err, "setting its attribute %s", name);
	return 0;
}

static int copy_attrs(int from, int to, struct err *err)
{
	AUTO_FREE char *names = malloc(ATTR_MAX), *value = malloc(ATTR_MAX);
	char path[64];
	ssize_t len;
	int r = 0;

	if (!names || !value)
		return err_set(err, ENOMEM, "out of memory");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", from);
	len = listxattr(path, names, ATTR_MAX);
	if (len < 0)
		return errno == ENOTSUP ? 0 : err_sys(err, "listing its attributes");
	for (char *name = names; name < names + len && r == 0; name += strlen(name) + 1)
		if (wanted(name))
			r = copy_attr(path, name, value, to, err);
	return r;
}

int dir_copy_meta(int from, int to, struct err *err)
{
	struct timespec times[2];
	struct stat want, have;
	int r;

	if (fstat(from, &want) < 0 || fstat(to, &have) < 0)
		return err_sys(err, "reading its owner and mode");
	if ((want.st_uid != have.st_uid || want.st_gid != have.st_gid) &&
	    fchown(to, want.st_uid, want.st_gid) < 0)
		return err_sys(err, "setting its owner");
	r = copy_attrs(from, to, err);
	if (r < 0)
		return r;
	times[0] = want.st_atim;
	times[1] = want.st_mtim;
	/* an access control list has changed the mode's bits of the group */
	if (fchmod(to, want.st_mode & 07777) < 0 || futimens(to, times) < 0)
		return err_sys(err, "setting its mode and times");
	return 0;
}
