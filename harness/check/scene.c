// SPDX-License-Identifier: MIT
/* What an arm's canary and probe share: see scene.h and arm.h. */
#include "check/scene.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/text.h"

#define LEAF_PREFIX "arm-"

enum { TIME_OFFSET_S = 10000000 };

void scene_arg(struct scene *s, const char *key, const char *fmt, ...)
{
	char *arg = s->args[s->arg_count++];
	size_t room = sizeof(s->args[0]);
	int used = snprintf(arg, room, "%s=", key);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(arg + used, room - (size_t)used, fmt, ap);
	va_end(ap);
}

void scene_init(struct scene *s, struct ground *ground, const struct check *check, guard_set guards)
{
	char random[9];

	*s = (struct scene){ .ground = ground,
			     .check = check,
			     .guards = guards,
			     .spec = CONTAINER_SPEC_INIT,
			     .fds = { -1, -1, -1, -1 } };
	random_hex(16, s->token);
	random_hex(4, random);
	snprintf(s->name, sizeof(s->name), "ns%s", random);
	snprintf(s->leaf, sizeof(s->leaf), LEAF_PREFIX "%s", random);
}

int scene_plant(struct scene *s, struct err *err)
{
	const struct canary *canary = s->check->canary;

	return canary && canary->plant ? canary->plant(s, err) : 0;
}

void scene_remove(struct scene *s)
{
	if (s->check->canary && s->check->canary->remove)
		s->check->canary->remove(s);
	for (size_t i = 0; i < SCENE_FDS_MAX; i++)
		fd_close(&s->fds[i]);
}

void scene_fill_spec(struct container_spec *spec, const struct ground *ground)
{
	static const char *const envp[] = { "PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL };

	spec->rootfs = spec->guards & GUARD(ROOT) ? ground->rootfs : NULL;
	spec->old_mounts = true;
	spec->rootfs_shifted = !ground->spawner->idmap_mounts;
	spec->uids = spec->gids = spawner_map(ground->spawner, spec->guards);
	spec->hostname = CONTAINER_HOSTNAME;
	spec->time_offset_s = TIME_OFFSET_S;
	spec->exec_fd = ground->probe_fd;
	spec->envp = envp;
}

bool scene_shapes_container(const struct scene *s)
{
	for (size_t i = 0; i < SCENE_FDS_MAX; i++)
		if (s->fds[i] >= 0 && !(fcntl(s->fds[i], F_GETFD) & FD_CLOEXEC))
			return true;
	return s->spec.bind_count || s->spec.link || s->spec.filter || s->spec.guards ||
	       !text_starts(s->leaf, LEAF_PREFIX);
}
