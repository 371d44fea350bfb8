// SPDX-License-Identifier: MIT
/* A store of layers: filling it. See layers.h. */
#include "image/layers.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/text.h"
#include "image/json.h"
#include "image/layers_dir.h"
#include "image/target.h"

static const char *hex_of(const char *digest)
{
	return digest + strlen("sha256:");
}

/* Only while nothing is in it: the marker says what everything after it is made for. */
static int make_store(int fd, const char *dir, const char *kind, struct err *err)
{
	AUTO_DIR DIR *list = fdopendir(fcntl(fd, F_DUPFD_CLOEXEC, 0));
	AUTO_CLOSE int marker = -1;
	struct dirent *e;
	int r;

	if (!list)
		return err_sys(err, "%s", dir);
	while ((e = readdir(list)))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			return err_set(err, ENOTEMPTY,
				       "%s: neither empty nor a store of layers; give another",
				       dir);
	marker = openat(fd, LAYERS_MARKER, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (marker < 0)
		return err_sys(err, "%s/%s", dir, LAYERS_MARKER);
	r = fd_write_full(marker, kind, strlen(kind));
	if (r < 0) {
		unlinkat(fd, LAYERS_MARKER, 0);
		return err_set(err, -r, "%s/%s: %s", dir, LAYERS_MARKER, strerror(-r));
	}
	return 0;
}

/* Opens the store, which is made if need be. */
static int open_store(const char *dir, bool user, int *ret_fd, struct err *err)
{
	AUTO_CLOSE int fd = -1;
	bool is_user;
	int r;

	if (mkdir(dir, 0755) < 0 && errno != EEXIST)
		return err_sys(err, "%s", dir);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(err, "%s", dir);
	r = layers_kind(fd, dir, &is_user, err);
	if (r == -ENOENT)
		r = make_store(fd, dir, user ? "user\n" : "trusted\n", err);
	else if (r == 0 && user != is_user)
		r = err_set(err, EINVAL, "%s: a store that %s has made; give another", dir,
			    is_user ? "an ordinary user" : "root");
	if (r < 0)
		return r;
	*ret_fd = STEAL_FD(fd);
	return 0;
}

/* One of the two directories in the store. */
static int open_part(int store, const char *name, struct err *err)
{
	int fd;

	if (mkdirat(store, name, 0755) < 0 && errno != EEXIST)
		return err_sys(err, "%s", name);
	fd = openat(store, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? err_sys(err, "%s", name) : fd;
}

static bool has_entry(int dir, const char *name)
{
	return faccessat(dir, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static int add_layer(struct image *image, size_t index, int layers,
		     const struct image_unpack_opts *opts, struct image_unpack_stats *sum,
		     struct err *err)
{
	const char *name = hex_of(image_info(image)->layers[index].diff_id);
	AUTO_TARGET struct target target = TARGET_INIT;
	struct image_unpack_stats stats;
	int r;

	if (has_entry(layers, name))
		return 0;
	r = target_open_at(layers, name, &target, err);
	if (r < 0 || (r = image_unpack_layer(image, index, target.fd, opts, &stats, err)) < 0 ||
	    (r = target_commit(&target, err)) < 0)
		return r;
	sum->files += stats.files;
	sum->bytes += stats.bytes;
	sum->nodes_skipped += stats.nodes_skipped;
	sum->xattrs_skipped += stats.xattrs_skipped;
	return 0;
}

static json_t *string_list(const char *const *list)
{
	json_t *array = json_array();

	for (; *list; list++)
		json_array_append_new(array, json_string(*list));
	return array;
}

/* The config as far as starting a container needs it. */
static char *format_config(const struct image_info *info)
{
	json_t *ids = json_array(), *root;
	char *str;

	for (size_t i = 0; i < info->layer_count; i++)
		json_array_append_new(ids, json_string(info->layers[i].diff_id));
	root = json_pack("{s:s, s:s, s:{s:o, s:o, s:o, s:s, s:s}, s:{s:s, s:o}}", "architecture",
			 info->architecture, "os", info->os, "config", "Env",
			 string_list(info->env), "Entrypoint", string_list(info->entrypoint), "Cmd",
			 string_list(info->cmd), "WorkingDir", info->workdir, "User", info->user,
			 "rootfs", "type", "layers", "diff_ids", ids);
	str = root ? json_dumps(root, JSON_INDENT(2)) : NULL;
	json_decref(root);
	return str;
}

static int add_image(const struct image_info *info, int images, struct err *err)
{
	const char *name = hex_of(info->config_digest);
	AUTO_TARGET struct target target = TARGET_INIT;
	AUTO_FREE char *config = NULL;
	AUTO_CLOSE int fd = -1;
	int r;

	if (has_entry(images, name))
		return 0;
	config = format_config(info);
	if (!config)
		return err_set(err, ENOMEM, "out of memory");
	r = target_open_at(images, name, &target, err);
	if (r < 0)
		return r;
	fd = openat(target.fd, LAYERS_CONFIG, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	r = fd < 0 ? -errno : fd_write_full(fd, config, strlen(config));
	if (r < 0)
		return err_set(err, -r, "%s: %s", LAYERS_CONFIG, strerror(-r));
	return target_commit(&target, err);
}

int layers_unpack(struct image *image, const char *dir, const struct image_unpack_opts *opts,
		  struct image_unpack_stats *ret, struct err *err)
{
	const struct image_info *info = image_info(image);
	AUTO_CLOSE int store = -1, layers = -1, images = -1;
	struct image_unpack_stats sum = { 0 };
	int r;

	if (!*info->config_digest)
		return err_set(err, EINVAL,
			       "a plain archive has one layer: unpack it without --overlay");
	r = open_store(dir, opts->owners_dropped || opts->id_count, &store, err);
	if (r < 0)
		return r;
	if ((layers = open_part(store, LAYERS_TREES, err)) < 0 ||
	    (images = open_part(store, LAYERS_IMAGES, err)) < 0)
		return err_wrap(err, "%s", dir);
	for (size_t i = 0; i < info->layer_count && r == 0; i++)
		r = add_layer(image, i, layers, opts, &sum, err);
	if (r == 0)
		r = add_image(info, images, err);
	if (r == 0)
		*ret = sum;
	return r;
}
