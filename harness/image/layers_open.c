// SPDX-License-Identifier: MIT
/* A store of layers: finding an image in it. See layers.h. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/text.h"
#include "image/layers.h"
#include "image/layers_dir.h"
#include "image/reference.h"

#define CONFIG_MAX     (1 << 20)
#define REF_DIGITS_MIN 6
#define HEX_SIZE       65

int layers_kind(int store, const char *dir, bool *ret_user, struct err *err)
{
	AUTO_TEXT struct text t = { 0 };
	int r = file_read(store, LAYERS_MARKER, 64, &t);

	if (r == -ENOENT)
		return r;
	if (r < 0)
		return err_set(err, -r, "%s/%s: %s", dir, LAYERS_MARKER, strerror(-r));
	if (strcmp(t.str, "user\n") != 0 && strcmp(t.str, "trusted\n") != 0)
		return err_set(err, EINVAL, "%s/%s: neither 'user' nor 'trusted'", dir,
			       LAYERS_MARKER);
	*ret_user = t.str[0] == 'u';
	return 0;
}

/* The digest that `ref` is the beginning of; without one, the only one. */
static int choose(int images, const char *dir, const char *ref, char ret[HEX_SIZE], struct err *err)
{
	AUTO_DIR DIR *list = fdopendir(fcntl(images, F_DUPFD_CLOEXEC, 0));
	AUTO_NAMES struct name_list names = { 0 };
	struct dirent *e;
	size_t fits = 0;

	if (!list)
		return err_sys(err, "%s/%s", dir, LAYERS_IMAGES);
	if (ref && text_starts(ref, "sha256:"))
		ref += strlen("sha256:");
	if (ref && strlen(ref) < REF_DIGITS_MIN)
		return err_set(err, EINVAL, "%s: --ref takes at least %d digits of a digest here",
			       dir, REF_DIGITS_MIN);
	while ((e = readdir(list))) {
		if (e->d_name[0] == '.' || strlen(e->d_name) != HEX_SIZE - 1)
			continue;
		name_list_add(&names, e->d_name);
		if (ref && !text_starts(e->d_name, ref))
			continue;
		fits++;
		memcpy(ret, e->d_name, HEX_SIZE);
	}
	if (fits == 1)
		return 0;
	return err_set(err, EINVAL, "%s: %s; choose with --ref: %s", dir,
		       fits ? "several images" : "no such image", name_list_str(&names));
}

static int read_config(int images, const char *name, struct layers *l, struct err *err)
{
	AUTO_CLOSE int fd = openat(images, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	AUTO_TEXT struct text t = { 0 };
	int r = fd < 0 ? -errno : file_read(fd, LAYERS_CONFIG, CONFIG_MAX, &t);

	if (r < 0)
		return err_set(err, -r, "%s: %s", LAYERS_CONFIG, strerror(-r));
	r = manifest_parse_config(t.str, t.len, &l->config, err);
	return r < 0 ? err_wrap(err, "%s", LAYERS_CONFIG) : 0;
}

static int list_paths(const char *dir, struct layers *l, struct err *err)
{
	l->paths = calloc(l->config.diff_id_count + 1, sizeof(*l->paths));
	if (!l->paths)
		return err_set(err, ENOMEM, "out of memory");
	for (size_t i = l->config.diff_id_count; i > 0; i--) {
		const char *hex = l->config.diff_ids[i - 1] + strlen("sha256:");

		if (asprintf(&l->paths[l->count], "%s/%s/%s", dir, LAYERS_TREES, hex) < 0)
			return err_set(err, ENOMEM, "out of memory");
		l->count++;
	}
	return l->count ? 0 : err_set(err, EINVAL, "an image without layers");
}

int layers_open(const char *dir, const char *ref, struct layers *ret, struct err *err)
{
	AUTO_CLOSE int store = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), images = -1;
	struct layers l = { 0 };
	char name[HEX_SIZE] = "";
	int r;

	if (store < 0)
		return err_sys(err, "%s", dir);
	r = layers_kind(store, dir, &l.user, err);
	if (r == -ENOENT)
		return err_set(err, ENOENT, "%s: no store of layers", dir);
	if (r < 0)
		return r;
	images = openat(store, LAYERS_IMAGES, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (images < 0)
		return err_sys(err, "%s/%s", dir, LAYERS_IMAGES);
	r = choose(images, dir, ref, name, err);
	if (r < 0)
		return r;
	r = read_config(images, name, &l, err);
	if (r == 0)
		r = list_paths(dir, &l, err);
	if (r < 0) {
		layers_close(&l);
		return err_wrap(err, "%s: image %.12s", dir, name);
	}
	*ret = l;
	return 0;
}

void layers_close(struct layers *l)
{
	for (size_t i = 0; i < l->count; i++)
		free(l->paths[i]);
	free(l->paths);
	manifest_config_done(&l->config);
	*l = (struct layers){ 0 };
}
