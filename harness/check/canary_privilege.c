// SPDX-License-Identifier: MIT
/*
 * Canaries that are programs with a privilege of their own: copies of the probe, bound into the
 * container. They are only ever planted in an arena: on the real host they would be what nobody
 * wants to find there after a SIGKILL.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "check/canary.h"

/* An id that is neither root's nor mapped to by the guard `ids`. */
enum { SOMEBODY = 1 };

static int copy_probe(struct scene *s, int to, struct err *err)
{
	off_t at = 0;
	struct stat st;

	if (fstat(s->ground->probe_fd, &st) < 0)
		return err_sys(err, "probe");
	while (at < st.st_size) {
		ssize_t sent = sendfile(to, s->ground->probe_fd, &at, (size_t)(st.st_size - at));

		if (sent <= 0)
			return err_sys(err, "%s: cannot be written", s->path);
	}
	return 0;
}

/* A copy of the probe; *ret_fd is open for writing and becomes the caller's. */
static int plant_program(struct scene *s, int *ret_fd, struct err *err)
{
	AUTO_CLOSE int fd = -1;
	int r;

	snprintf(s->path, sizeof(s->path), "/tmp/%s", s->name);
	s->bind = (struct bind_spec){ .source = s->path, .target = "/run/program" };
	s->spec.binds = &s->bind;
	s->spec.bind_count = 1;
	scene_arg(s, "path", "%s", s->guards & GUARD(ROOT) ? s->bind.target : s->path);
	fd = open(s->path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0755);
	if (fd < 0 || fchmod(fd, 0755) < 0)
		return err_sys(err, "%s", s->path);
	r = copy_probe(s, fd, err);
	if (r == 0)
		*ret_fd = STEAL_FD(fd);
	return r;
}

static void remove_program(struct scene *s)
{
	if (s->path[0])
		unlink(s->path);
}

static int plant_setuid(struct scene *s, struct err *err)
{
	AUTO_CLOSE int fd = -1;
	int r = plant_program(s, &fd, err);

	/* in this order: a change of owner clears the bit */
	if (r == 0 && (fchown(fd, SOMEBODY, SOMEBODY) < 0 || fchmod(fd, 04755) < 0))
		r = err_sys(err, "%s: cannot be given away", s->path);
	return r;
}

const struct canary canary_setuid = {
	.about = "a set-user-ID program of another user, bound into the container",
	.plant = plant_setuid,
	.remove = remove_program,
};

static int plant_file_caps(struct scene *s, struct err *err)
{
	struct vfs_cap_data caps = {
		.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE,
		.data[0].permitted = 1U << CAP_NET_BIND_SERVICE,
	};
	AUTO_CLOSE int fd = -1;
	int r = plant_program(s, &fd, err);

	if (r == 0 && fsetxattr(fd, "security.capability", &caps, XATTR_CAPS_SZ_2, 0) < 0)
		r = err_sys(err, "%s: cannot be given capabilities", s->path);
	return r;
}

const struct canary canary_file_caps = {
	.about = "a program with a file capability, bound into the container",
	.plant = plant_file_caps,
	.remove = remove_program,
};
