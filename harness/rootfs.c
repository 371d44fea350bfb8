// SPDX-License-Identifier: MIT
/* From an archive or a directory to a root directory: see rootfs.h. */
#include "rootfs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "progress.h"
#include "signals.h"

/* Entrypoint and command are one line: image-spec, config.md. */
static void take_config(struct rootfs *r, const char *const *entrypoint, const char *const *cmd,
			const char *const *env, const char *workdir)
{
	size_t n = 0;

	for (size_t i = 0; entrypoint[i] && n + 1 < ARRAY_SIZE(r->command_words); i++)
		r->command_words[n++] = (char *)entrypoint[i];
	for (size_t i = 0; cmd[i] && n + 1 < ARRAY_SIZE(r->command_words); i++)
		r->command_words[n++] = (char *)cmd[i];
	if (n > 0)
		r->command = (const char *const *)r->command_words;
	if (env[0])
		r->env = env;
	if (workdir[0])
		r->workdir = workdir;
}

/* Owners that containers can't see as they are become 0. 0: there are none, as for the host's root. */
static uint32_t count_owners(const struct spawner *s, bool shift)
{
	uint32_t all = idmap_count(&s->same);

	if (all == UINT32_MAX)
		return 0;
	if (!s->has_ids)
		return all;
	return shift ? s->ids.extents[0].count : idmap_count(&s->ids);
}

static int unpack(struct rootfs *r, bool unmapped, const volatile sig_atomic_t *stop,
		  struct err *err)
{
	AUTO_PROGRESS struct progress progress = PROGRESS_INIT;
	bool shift = r->spawner.has_ids && !r->spawner.idmap_mounts && !unmapped;
	struct image_unpack_opts opts = {
		.id_shift = shift ? r->spawner.ids.extents[0].outside : 0,
		.id_count = count_owners(&r->spawner, shift),
		.limits = IMAGE_LIMITS_DEFAULT,
		.stop = stop,
		.progress = progress_update,
		.progress_data = &progress,
	};
	AUTO_CLOSE int dir = open(r->spawner.image, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	/* an image need not list its root directory */
	if (dir < 0 || (shift && fchown(dir, opts.id_shift, opts.id_shift) < 0))
		return err_sys(err, "%s", r->spawner.image);
	r->path = r->spawner.image;
	r->shifted = !r->spawner.idmap_mounts;
	progress_begin(&progress, "unpacking");
	return image_unpack(r->image, dir, &opts, &r->unpacked, err);
}

static int open_image(struct rootfs *r, const struct rootfs_choice *choice,
		      const volatile sig_atomic_t *stop, struct err *err)
{
	const struct image_open_opts opts = {
		.ref = choice->image.ref,
		.platform = choice->image.platform,
		.limits = IMAGE_LIMITS_DEFAULT,
		.stop = stop,
	};
	const char *slash = strrchr(choice->path, '/');
	const struct image_info *info;
	AUTO_CLOSE int fd = -1;
	/* opened before the spawner's tmpfs hides anything */
	int result = cmd_image_open(choice->path, &opts, &fd, &r->image, err);

	if (result < 0)
		return result;
	snprintf(r->name, sizeof(r->name), "%s", slash && slash[1] ? slash + 1 : choice->path);
	info = image_info(r->image);
	take_config(r, info->entrypoint, info->cmd, info->env, info->workdir);
	if (info->tag_count)
		snprintf(r->name, sizeof(r->name), "%s", info->tags[0]);
	result = spawner_enter(&r->spawner, NULL, err);
	return result < 0 ? result : unpack(r, choice->unmapped, stop, err);
}

static int open_layers(struct rootfs *r, const struct rootfs_choice *choice, struct err *err)
{
	const struct manifest_config *c = &r->layers.config;
	struct overlay_layers overlay;
	int result = layers_open(choice->path, choice->image.ref, &r->layers, err);

	if (result < 0)
		return result;
	overlay = (struct overlay_layers){
		.paths = r->layers.paths,
		.count = r->layers.count,
		.shown = r->layers.shown,
		.root = r->layers.root,
		.user_xattr = r->layers.user,
		.unmapped = choice->unmapped,
	};
	snprintf(r->name, sizeof(r->name), "%s", choice->path);
	take_config(r, c->entrypoint, c->cmd, c->env, c->workdir);
	result = spawner_enter_layers(&r->spawner, &overlay, err);
	r->path = r->spawner.image;
	r->shifted = true;
	return result;
}

static bool is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int open_path(struct rootfs *r, const struct rootfs_choice *choice, bool spawner,
		     struct err *err)
{
	const volatile sig_atomic_t *stop;
	int result;

	if (rootfs_is_tree(choice->path)) {
		if (choice->image.ref || choice->image.platform)
			return err_set(err, EINVAL,
				       "%s: a root directory; --ref and --platform "
				       "choose among images",
				       choice->path);
		return rootfs_use_tree(r, choice, spawner, err);
	}
	*r = (struct rootfs){ .command = rootfs_shell, .env = rootfs_env };
	if (rootfs_has_entry(choice->path, LAYERS_MARKER))
		return open_layers(r, choice, err);
	if (is_directory(choice->path) && !rootfs_has_entry(choice->path, "oci-layout"))
		return err_set(err, EINVAL,
			       "%s: a directory that is neither an OCI layout, a store of layers "
			       "nor a root tree",
			       choice->path);
	stop = signals_catch();
	result = open_image(r, choice, stop, err);
	signals_release();
	if (*stop)
		result = err_set(err, EINTR, "interrupted while %s was unpacked", choice->path);
	return result;
}

int rootfs_open(struct rootfs *r, const struct rootfs_choice *choice, struct err *err)
{
	return open_path(r, choice, false, err);
}

int rootfs_open_in_spawner(struct rootfs *r, const struct rootfs_choice *choice, struct err *err)
{
	return open_path(r, choice, true, err);
}

void rootfs_done(struct rootfs *r)
{
	image_close(r->image);
	r->image = NULL;
	layers_close(&r->layers);
}
