// SPDX-License-Identifier: MIT
/*
 * A store of layers: making it, and adding an image. See layers.h. Who fills a store holds its
 * marker locked with others (flock(2)); alone with it, one who has failed takes an empty store away.
 */
#include "image/layers.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "image/layers_dir.h"
#include "image/overlay.h"
#include "image/source.h"
#include "image/target.h"
#include "image/target_place.h"

enum { ATTEMPTS = 100, PAUSE_MS = 10 };

/* A store that is being filled. */
struct store_dir {
	const char *path;
	int fd, marker, trees, images;
	bool user;
	bool made_dir, made_marker; /* by this process */
};

static void store_close(struct store_dir *s)
{
	fd_close(&s->images);
	fd_close(&s->trees);
	fd_close(&s->marker);
	fd_close(&s->fd);
}

/* Opens or makes the marker; 1: another process has just taken it away, or made it. */
static int open_marker(struct store_dir *s, struct err *err)
{
	const int flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;

	s->marker = openat(s->fd, LAYERS_MARKER, flags);
	if (s->marker >= 0)
		return 0;
	if (errno != ENOENT)
		return err_sys(err, "%s/%s", s->path, LAYERS_MARKER);
	if (target_check_empty(s->fd, true, s->path, err) < 0) {
		if (faccessat(s->fd, LAYERS_MARKER, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
			return 1;
		if (err->num != ENOTEMPTY)
			return -err->num;
		return err_set(err, ENOTEMPTY,
			       "%s: neither empty nor a store of layers; give another directory",
			       s->path);
	}
	s->marker = openat(s->fd, LAYERS_MARKER, flags | O_CREAT | O_EXCL, 0644);
	if (s->marker < 0)
		return errno == EEXIST || errno == ENOENT
			       ? 1
			       : err_sys(err, "%s/%s", s->path, LAYERS_MARKER);
	s->made_marker = true;
	return 0;
}

/* The kind: written into an empty marker, which a killed process may have left. */
static int agree_on_kind(struct store_dir *s, struct err *err)
{
	const char *kind = s->user ? "user\n" : "trusted\n";
	struct stat st;
	bool user;
	int r;

	if (fstat(s->marker, &st) < 0)
		return err_sys(err, "%s/%s", s->path, LAYERS_MARKER);
	if (S_ISREG(st.st_mode) && !st.st_size) {
		if (pwrite(s->marker, kind, strlen(kind), 0) != (ssize_t)strlen(kind))
			return err_sys(err, "%s/%s", s->path, LAYERS_MARKER);
		return 0;
	}
	r = layers_kind(s->fd, s->path, &user, err);
	if (r == 0 && user != s->user)
		r = err_set(err, EINVAL, "%s: a store that %s has made; give another directory",
			    s->path, user ? "an ordinary user" : "root");
	return r;
}

/* 1: try again. */
static int try_open(struct store_dir *s, struct err *err)
{
	int r;

	store_close(s);
	if (mkdir(s->path, 0755) == 0)
		s->made_dir = true;
	else if (errno != EEXIST)
		return err_sys(err, "%s", s->path);
	s->fd = open(s->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->fd < 0)
		return errno == ENOENT ? 1 : err_sys(err, "%s", s->path);
	r = open_marker(s, err);
	if (r)
		return r;
	/* a file system without locks has to do without */
	if ((flock(s->marker, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK) ||
	    !target_same(s->fd, LAYERS_MARKER, s->marker))
		return 1;
	return agree_on_kind(s, err);
}

/* One of the two directories in the store. */
static int open_part(const struct store_dir *s, const char *name, struct err *err)
{
	int fd;

	if (mkdirat(s->fd, name, 0755) < 0 && errno != EEXIST)
		return err_sys(err, "%s/%s", s->path, name);
	fd = openat(s->fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return err_sys(err, "%s/%s", s->path, name);
	target_remove_leftovers(fd);
	return fd;
}

static int store_open(struct store_dir *s, struct err *err)
{
	const struct timespec pause = { .tv_nsec = PAUSE_MS * 1000000L };
	int r = 1;

	for (int i = 0; i < ATTEMPTS && r == 1; i++) {
		if (i)
			nanosleep(&pause, NULL);
		r = try_open(s, err);
	}
	if (r == 1)
		return err_set(err, EBUSY, "%s: another process holds it; try again", s->path);
	if (r < 0)
		return r;
	s->trees = open_part(s, LAYERS_TREES, err);
	s->images = s->trees < 0 ? -1 : open_part(s, LAYERS_IMAGES, err);
	return s->images < 0 ? -err->num : 0;
}

/* Unless something is in it, or somebody else uses it, what this process has made goes again. */
static void store_undo(struct store_dir *s)
{
	if (s->made_marker && s->marker >= 0) {
		if (flock(s->marker, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK)
			return;
		if ((unlinkat(s->fd, LAYERS_TREES, AT_REMOVEDIR) < 0 && errno != ENOENT) ||
		    (unlinkat(s->fd, LAYERS_IMAGES, AT_REMOVEDIR) < 0 && errno != ENOENT))
			return;
		unlinkat(s->fd, LAYERS_MARKER, 0);
	}
	if (s->made_dir)
		rmdir(s->path);
}

static int add_image(struct image *image, int images, struct err *err)
{
	const struct text *config = image_config(image);
	const char *name = layer_hex(image_info(image)->config_digest);
	AUTO_TARGET struct target target = TARGET_INIT;
	AUTO_CLOSE int fd = -1;
	int r;

	if (faccessat(images, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return 0;
	r = target_open_at(images, name, &target, err);
	if (r < 0)
		return r;
	fd = openat(target.fd, LAYERS_CONFIG, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	r = fd < 0 ? -errno : fd_write_full(fd, config->str, config->len);
	if (r == 0 && fsync(fd) < 0)
		r = -errno;
	if (r < 0)
		return err_set(err, -r, "%s: %s", LAYERS_CONFIG, strerror(-r));
	r = target_commit(&target, err);
	/* another process with the same image */
	return faccessat(images, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0 ? 0 : r;
}

int layers_unpack(struct image *image, const char *dir, const struct image_unpack_opts *opts,
		  struct image_unpack_stats *ret, struct err *err)
{
	__attribute__((cleanup(store_close))) struct store_dir store = {
		.path = dir,
		.fd = -1,
		.marker = -1,
		.trees = -1,
		.images = -1,
		.user = overlay_user_attrs(opts),
	};
	struct image_unpack_stats stats;
	int r;

	if (!image_config(image))
		return err_set(err, EINVAL,
			       "%s: a plain archive is no image of layers; unpack it without "
			       "--overlay",
			       image_name(image));
	r = store_open(&store, err);
	if (r == 0)
		r = layers_fill(image, store.trees, opts, &stats, err);
	if (r == 0 && (r = add_image(image, store.images, err)) < 0)
		err_wrap(err, "%s", dir);
	if (r < 0) {
		store_undo(&store);
		return r;
	}
	*ret = stats;
	return 0;
}
