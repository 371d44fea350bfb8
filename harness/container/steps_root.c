// SPDX-License-Identifier: MIT
/* Set-up steps: mount propagation and the root directory. pivot_root(2), mount_namespaces(7). */
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "container/setup.h"
#include "kernel/mount.h"
#include "kernel/sys.h"

int step_private(struct setup *s, struct err *err)
{
	(void)s;
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return err_sys(err, "mount");
	return 0;
}

/*
 * The clone is attached over the directory that it came from: pivot_root wants a mount that was
 * made inside this mount namespace, and an escape from a mere chroot finds the old tree around it.
 */
int step_bind_root(struct setup *s, struct err *err)
{
	int r = mount_attach_path(s->tree_fd, s->spec->rootfs, err);

	if (r < 0)
		return r;
	s->root_fd = STEAL_FD(s->tree_fd);
	return 0;
}

int step_open_root(struct setup *s, struct err *err)
{
	s->root_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return s->root_fd < 0 ? err_sys(err, "/") : 0;
}

/* With "." for both, the old root ends up on top of the new one: pivot_root(2), NOTES. */
int step_pivot(struct setup *s, struct err *err)
{
	if (fchdir(s->root_fd) < 0 || sys_pivot_root(".", ".") < 0)
		return err_sys(err, "%s", s->spec->rootfs);
	return 0;
}

int step_detach(struct setup *s, struct err *err)
{
	(void)s;
	if (umount2(".", MNT_DETACH) < 0)
		return err_sys(err, "umount2");
	return 0;
}

int step_chroot(struct setup *s, struct err *err)
{
	if (fchdir(s->root_fd) < 0 || chroot(".") < 0)
		return err_sys(err, "%s", s->spec->rootfs);
	return 0;
}

int step_cwd(struct setup *s, struct err *err)
{
	const char *dir = s->spec->workdir ? s->spec->workdir : "/";

	if (chdir(dir) < 0)
		return err_sys(err, "%s", dir);
	return 0;
}

int step_old_cwd(struct setup *s, struct err *err)
{
	if (fchdir(s->old_cwd) < 0)
		return err_sys(err, "fchdir");
	return 0;
}
