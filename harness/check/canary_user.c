// SPDX-License-Identifier: MIT
/*
 * Canaries about ids: what belongs to somebody whom the container does not have, and what the
 * container leaves behind in a directory of the host.
 */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "check/canary.h"

/* An id beyond every range that the guard `ids` maps to. */
enum { HIGH_ID = 4000000 };

enum { LEAKED_FD = 100 };

#define BORN "born-inside" /* what the probe calls its file */

/* The path in the arena, and where the container sees it. */
static void bind_path(struct scene *s, const char *target)
{
	snprintf(s->path, sizeof(s->path), "/tmp/%s", s->name);
	s->bind = (struct bind_spec){ .source = s->path, .target = target };
	s->spec.binds = &s->bind;
	s->spec.bind_count = 1;
	scene_arg(s, "path", "%s", s->guards & GUARD(ROOT) ? target : s->path);
}

static int plant_foreign_file(struct scene *s, struct err *err)
{
	int r;

	bind_path(s, "/run/foreign");
	r = canary_write(s, AT_FDCWD, s->path, 0600, err);
	if (r == 0 && chown(s->path, HIGH_ID, HIGH_ID) < 0)
		r = err_sys(err, "%s: cannot be given away", s->path);
	return r;
}

static void remove_foreign_file(struct scene *s)
{
	if (s->path[0])
		unlink(s->path);
}

const struct canary canary_foreign_file = {
	.about = "a file of mode 0600 of a user whom the container lacks, bound into it",
	.plant = plant_foreign_file,
	.remove = remove_foreign_file,
};

static int plant_dir(struct scene *s, struct err *err)
{
	bind_path(s, "/run/shared");
	if (mkdir(s->path, 0700) < 0 || chmod(s->path, 0777) < 0)
		return err_sys(err, "%s", s->path);
	return 0;
}

static void born_path(const struct scene *s, char *path, size_t size)
{
	snprintf(path, size, "%s/" BORN, s->path);
}

static void remove_dir(struct scene *s)
{
	char path[sizeof(s->path) + sizeof(BORN)];

	if (!s->path[0])
		return;
	born_path(s, path, sizeof(path));
	unlink(path);
	rmdir(s->path);
}

/* Is the file set-user-ID for the root that looks from here? */
static int is_setuid_root(struct scene *s, struct err *err)
{
	char path[sizeof(s->path) + sizeof(BORN)];
	struct stat st;

	born_path(s, path, sizeof(path));
	if (lstat(path, &st) < 0)
		return err_sys(err, "%s", path);
	return st.st_uid == 0 && st.st_mode & S_ISUID;
}

const struct canary canary_setuid_born = {
	.about = "a directory that all may write to, and in it the owner of what was made there",
	.plant = plant_dir,
	.witness = is_setuid_root,
	.remove = remove_dir,
};

/*
 * Do they hold here? The kernel shows capabilities of this user namespace as revision 2, those of
 * another one as revision 3, with the id of its root. capabilities(7)
 */
static int has_file_caps(struct scene *s, struct err *err)
{
	char path[sizeof(s->path) + sizeof(BORN)];
	struct vfs_ns_cap_data caps = { 0 };

	born_path(s, path, sizeof(path));
	if (lgetxattr(path, "security.capability", &caps, sizeof(caps)) < 0)
		return err_sys(err, "%s: no capabilities", path);
	return (le32toh(caps.magic_etc) & VFS_CAP_REVISION_MASK) == VFS_CAP_REVISION_2;
}

const struct canary canary_file_caps_born = {
	.about = "a directory that all may write to, and in it the capabilities of what was made",
	.plant = plant_dir,
	.witness = has_file_caps,
	.remove = remove_dir,
};

static int plant_ns_fd(struct scene *s, struct err *err)
{
	AUTO_CLOSE int fd = open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC);

	/* leaked on purpose, under a number that is nobody else's: no O_CLOEXEC */
	s->fds[0] = fd < 0 ? -1 : fcntl(fd, F_DUPFD, LEAKED_FD);
	if (s->fds[0] < 0)
		return err_sys(err, "/proc/self/ns/uts");
	scene_arg(s, "fd", "%d", s->fds[0]);
	return 0;
}

const struct canary canary_ns_fd = {
	.about = "the creator's uts namespace, as a descriptor that it left open",
	.dies_with_us = true,
	.plant = plant_ns_fd,
};
