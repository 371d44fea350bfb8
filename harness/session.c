// SPDX-License-Identifier: MIT
/* What commands that run checks have in common: see session.h. */
#include "session.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "command.h"
#include "image/image.h"
#include "probe_image.h"

static void image_closep(struct image **image)
{
	image_close(*image);
}

/* The fixture of the build tree that this program runs from: ../fixtures/classic.tar. */
static int find_fixture(char *out, size_t room, struct err *err)
{
	char self[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash;

	if (len > 0) {
		self[len] = '\0';
		slash = strrchr(self, '/');
		snprintf(out, room, "%.*s/../fixtures/classic.tar", (int)(slash - self), self);
		if (access(out, R_OK) == 0)
			return 0;
	}
	return err_set(err, ENOENT, "no image: give one with --image FILE (what 'docker save' writes)");
}

static bool has_entry(const char *dir, const char *name)
{
	char path[PATH_MAX];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return lstat(path, &st) == 0;
}

/* A directory with any of these is taken for a root tree. */
static int check_root_tree(const char *dir, struct err *err)
{
	static const char *const names[] = { "bin", "sbin", "usr", "etc" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (has_entry(dir, names[i]))
			return 0;
	if (has_entry(dir, "oci-layout"))
		return err_set(err, EINVAL, "%s: an OCI layout; give it as one tar file", dir);
	return err_set(err, EINVAL, "%s: a directory that is neither an OCI layout nor a root tree",
		       dir);
}

static void set_name(struct session *s, const char *path, const struct image *image)
{
	const struct image_info *info = image ? image_info(image) : NULL;
	const char *slash = strrchr(path, '/');

	if (info && info->tag_count)
		snprintf(s->image_name, sizeof(s->image_name), "%s", info->tags[0]);
	else
		snprintf(s->image_name, sizeof(s->image_name), "%s", slash ? slash + 1 : path);
}

static int unpack(struct session *s, struct image *image, struct err *err)
{
	struct image_unpack_opts opts = { .nodes_allowed = false };
	struct image_unpack_stats stats;
	AUTO_CLOSE int dir = open(s->spawner.image, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir < 0)
		return err_sys(err, "%s", s->spawner.image);
	if (s->spawner.has_ids && !s->spawner.idmap_mounts)
		opts.id_shift = s->spawner.ids.extents[0].outside;
	if (s->spawner.user)
		opts.id_count = s->spawner.same.extents[0].count;
	return image_unpack(image, dir, &opts, &stats, err);
}

/* The archive is opened before the spawner's tmpfs hides anything. */
static int open_image(struct session *s, const char *path, struct err *err)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	__attribute__((cleanup(image_closep))) struct image *image = NULL;
	struct stat st;
	int r;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(err, "%s", path);
	if (S_ISDIR(st.st_mode)) {
		r = check_root_tree(path, err);
		set_name(s, path, NULL);
		return r < 0 ? r : spawner_enter(&s->spawner, path, err);
	}
	r = image_open(fd, path, &image, err);
	if (r < 0)
		return r;
	set_name(s, path, image);
	r = spawner_enter(&s->spawner, NULL, err);
	return r < 0 ? r : unpack(s, image, err);
}

int session_open(struct session *s, const char *image, unsigned int wanted, int *ret_status,
		 struct err *err)
{
	char fixture[PATH_MAX];
	const void *probe;
	size_t size;
	struct err ignored;
	int r = image ? 0 : find_fixture(fixture, sizeof(fixture), err);

	*ret_status = STATUS_USAGE;
	r = r < 0 ? r : open_image(s, image ? image : fixture, err);
	if (r < 0) {
		/* without the spawner there is nothing that could run */
		if (s->spawner.user && !s->spawner.dir[0]) {
			*ret_status = STATUS_NOTHING;
			err_wrap(err, "needs %s", need_table[NEED_USERNS].name);
		}
		return r;
	}
	*ret_status = STATUS_UNPROVEN;
	cgroup_tree_open(&s->cgroups, &ignored);
	probe = probe_image(&size);
	s->probe_fd = probe_open(probe, size, err);
	if (s->probe_fd < 0)
		return s->probe_fd;
	abilities_try(&s->spawner, s->spawner.image, s->cgroups.dir_fd, wanted, &s->abilities);
	return 0;
}

void session_close(struct session *s)
{
	cgroup_tree_close(&s->cgroups);
	fd_close(&s->probe_fd);
}

unsigned int session_all_needs(void)
{
	unsigned int needs = 0;

	for (size_t i = 0; i < check_count(); i++)
		needs |= check_at(i)->needs;
	return needs;
}
