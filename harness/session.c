// SPDX-License-Identifier: MIT
/* What commands that run checks have in common: see session.h. */
#include "session.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "command.h"
#include "probe_image.h"

int session_fixture(char *out, size_t room, struct err *err)
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
	return err_set(err, ENOENT,
		       "no image: give one with --image FILE (what 'docker save' writes)");
}

/* Why there is no spawner. */
static void explain_shut(const struct session *s, struct err *err)
{
	bool user = s->rootfs.spawner.user;

	place_explain_error(&s->place, user ? GUARD_USER : GUARD_MNT, err);
	err_wrap(err, "needs %s", need_table[user ? NEED_USERNS : NEED_ARENA].name);
}

static void try_abilities(struct session *s, need_set wanted)
{
	struct spawner *spawner = &s->rootfs.spawner;
	struct abilities *a = &s->abilities;
	struct err no_cgroup = { 0 };

	cgroup_tree_open(&s->cgroups, &no_cgroup);
	abilities_try(spawner, s->rootfs.path, s->cgroups.dir_fd, wanted, a);
	if (no_cgroup.num && s->cgroups.dir_fd < 0)
		a->guard_why[GUARD_LEAF] = a->need_why[NEED_LEAF] = no_cgroup;
	s->place.user = spawner->user;
	place_explain(&s->place, a);
	if (s->place.covered[0] && !a->host_why.num)
		err_set(&a->host_why, EBUSY, "its /proc is covered in part: %s", s->place.covered);
}

int session_open(struct session *s, const struct rootfs_choice *image, need_set wanted,
		 int *ret_status, struct err *err)
{
	char fixture[PATH_MAX];
	const void *probe;
	size_t size;
	struct rootfs_choice choice = *image;
	int r = choice.path ? 0 : session_fixture(fixture, sizeof(fixture), err);

	*ret_status = STATUS_USAGE;
	place_read(&s->place);
	if (!choice.path)
		choice.path = fixture;
	if (r == 0)
		s->image_fd = open(choice.path, O_PATH | O_CLOEXEC);
	r = r < 0 ? r : rootfs_open_in_spawner(&s->rootfs, &choice, err);
	if (r == -EINTR)
		*ret_status = STATUS_INTERRUPTED;
	if (r < 0) {
		/* without the spawner there is nothing that could run */
		if (r != -EINTR && s->rootfs.spawner.shut) {
			*ret_status = STATUS_NOTHING;
			explain_shut(s, err);
		}
		return r;
	}
	*ret_status = STATUS_UNPROVEN;
	probe = probe_image(&size);
	s->probe_fd = probe_open(probe, size, err);
	if (s->probe_fd < 0)
		return s->probe_fd;
	try_abilities(s, wanted);
	return 0;
}

int session_try(struct session *s, struct err *err)
{
	struct spawner *spawner = &s->rootfs.spawner;
	uid_t owner;

	place_read(&s->place);
	if (spawner_enter(spawner, NULL, err) < 0) {
		explain_shut(s, err);
		return -err->num;
	}
	s->rootfs.path = spawner->image;
	s->rootfs.shifted = !spawner->idmap_mounts;
	/* as unpacking would do it: the container's root owns its root directory */
	owner = spawner->has_ids ? spawner->ids.extents[0].outside : 0;
	if (s->rootfs.shifted && chown(s->rootfs.path, owner, owner) < 0)
		return err_sys(err, "%s", s->rootfs.path);
	try_abilities(s, session_all_needs());
	return 0;
}

struct run_spec session_run_spec(const struct session *s, int timeout_ms)
{
	return (struct run_spec){
		.spawner = &s->rootfs.spawner,
		.abilities = &s->abilities,
		.image = s->rootfs.path,
		.probe_fd = s->probe_fd,
		.cgroup_dir = s->cgroups.dir_fd,
		.timeout_ms = timeout_ms,
	};
}

void session_close(struct session *s)
{
	cgroup_tree_close(&s->cgroups);
	fd_close(&s->probe_fd);
	fd_close(&s->image_fd);
	rootfs_done(&s->rootfs);
}

need_set session_all_needs(void)
{
	need_set needs = 0;

	for (size_t i = 0; i < check_count(); i++)
		needs |= check_at(i)->needs;
	return needs;
}
