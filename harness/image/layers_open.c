// SPDX-License-Identifier: MIT
/* A store of layers: finding an image in it. See layers.h. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/text.h"
#include "image/layers.h"
#include "image/layers_dir.h"
#include "image/overlay.h"
#include "image/reference.h"
#include "image/stream.h"
#include "image/stream_hash.h"

#define CONFIG_MAX     (1 << 20)
#define REF_DIGITS_MIN 6

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

const char *layer_hex(const char *digest)
{
	return digest + strlen("sha256:");
}

void layer_name_of_stack(layer_ids ids, size_t count, char ret[LAYER_NAME_SIZE])
{
	char digest[DIGEST_SIZE];
	struct hash h;

	hash_begin(&h);
	for (size_t i = 0; i < count; i++) {
		hash_add(&h, ids[i], strlen(ids[i]));
		hash_add(&h, "\n", 1);
	}
	hash_end(&h, digest);
	memcpy(ret, layer_hex(digest), LAYER_NAME_SIZE);
}

bool layer_find(int trees, layer_ids ids, size_t count, char ret[LAYER_NAME_SIZE])
{
	char name[LAYER_NAME_SIZE];

	memcpy(name, layer_hex(ids[count - 1]), LAYER_NAME_SIZE);
	if (faccessat(trees, name, F_OK, AT_SYMLINK_NOFOLLOW) < 0) {
		layer_name_of_stack(ids, count, name);
		if (faccessat(trees, name, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
			return false;
	}
	memcpy(ret, name, LAYER_NAME_SIZE);
	return true;
}

/* The digest that `ref` is the beginning of; without one, the only one. */
static int choose(int images, const char *dir, const char *ref, char ret[LAYER_NAME_SIZE],
		  struct err *err)
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
		if (e->d_name[0] == '.' || strlen(e->d_name) != LAYER_NAME_SIZE - 1)
			continue;
		name_list_add(&names, e->d_name);
		if (ref && !text_starts(e->d_name, ref))
			continue;
		fits++;
		memcpy(ret, e->d_name, LAYER_NAME_SIZE);
	}
	if (fits == 1)
		return 0;
	if (!names.count)
		return err_set(err, EINVAL, "%s: no image is in it; unpack one", dir);
	return err_set(err, EINVAL, "%s: %s; choose with --ref among: %s", dir,
		       fits ? "several images" : "no such image", name_list_str(&names));
}

static int read_config(int images, const char *name, struct layers *l, struct err *err)
{
	AUTO_CLOSE int fd = openat(images, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	AUTO_TEXT struct text t = { 0 };
	char digest[DIGEST_SIZE];
	int r = fd < 0 ? -errno : file_read(fd, LAYERS_CONFIG, CONFIG_MAX, &t);

	if (r < 0)
		return err_set(err, -r, "%s: %s", LAYERS_CONFIG, strerror(-r));
	stream_digest(t.str, t.len, digest);
	if (strcmp(layer_hex(digest), name) != 0)
		r = err_set(err, EBADMSG, "digest is %s", digest);
	else
		r = manifest_parse_config(t.str, t.len, &l->config, err);
	return r < 0 ? err_wrap(err, "%s", LAYERS_CONFIG) : 0;
}

/* The same layer twice: overlayfs won't have it, and the lower one would decide nothing. */
static bool has_path(const struct layers *l, const char *path)
{
	for (size_t i = 0; i < l->count; i++)
		if (!strcmp(l->paths[i], path))
			return true;
	return false;
}

/* What its root says of the root of them all: overlayfs does not look at that itself. */
static int look_at_root(int trees, const char *name, struct layers *l, struct err *err)
{
	AUTO_CLOSE int fd = openat(trees, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(err, "layer %.12s", name);
	if (l->root == l->count - 1 && st.st_mtim.tv_sec == OVERLAY_UNLISTED_TIME)
		l->root++;
	if (!l->shown && overlay_is_opaque(fd, l->user))
		l->shown = l->count;
	return 0;
}

static int list_paths(const char *dir, int trees, struct layers *l, struct err *err)
{
	layer_ids ids = (layer_ids)l->config.diff_ids;
	int r = 0;

	l->paths = calloc(l->config.diff_id_count + 1, sizeof(*l->paths));
	if (!l->paths)
		return err_set(err, ENOMEM, "out of memory");
	for (size_t i = l->config.diff_id_count; i > 0 && r == 0; i--) {
		AUTO_FREE char *path = NULL;
		char name[LAYER_NAME_SIZE];

		if (!layer_find(trees, ids, i, name))
			return err_set(err, EBADMSG,
				       "layer %zu (%.19s...) is missing; unpack it again", i,
				       ids[i - 1]);
		if (asprintf(&path, "%s/%s/%s", dir, LAYERS_TREES, name) < 0) {
			path = NULL;
			return err_set(err, ENOMEM, "out of memory");
		}
		if (has_path(l, path))
			continue;
		l->paths[l->count++] = STEAL_PTR(path);
		r = look_at_root(trees, name, l, err);
	}
	if (r < 0)
		return r;
	/* nobody lists it: they are all alike */
	if (l->root == l->count)
		l->root = 0;
	if (!l->shown)
		l->shown = l->count;
	return l->count ? 0 : err_set(err, EINVAL, "an image without layers");
}

/* One of the two directories in the store. */
static int open_part(int store, const char *dir, const char *name, struct err *err)
{
	int fd = openat(store, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? err_sys(err, "%s/%s", dir, name) : fd;
}

int layers_open(const char *dir, const char *ref, struct layers *ret, struct err *err)
{
	AUTO_CLOSE int store = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	AUTO_CLOSE int images = -1, trees = -1;
	struct layers l = { 0 };
	char name[LAYER_NAME_SIZE] = "";
	int r;

	if (store < 0)
		return err_sys(err, "%s", dir);
	r = layers_kind(store, dir, &l.user, err);
	if (r == -ENOENT)
		return err_set(err, ENOENT, "%s: no store of layers", dir);
	if (r < 0 || (images = open_part(store, dir, LAYERS_IMAGES, err)) < 0 ||
	    (trees = open_part(store, dir, LAYERS_TREES, err)) < 0)
		return -err->num;
	r = choose(images, dir, ref, name, err);
	if (r < 0)
		return r;
	r = read_config(images, name, &l, err);
	if (r == 0)
		r = list_paths(dir, trees, &l, err);
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
