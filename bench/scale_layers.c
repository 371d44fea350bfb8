// SPDX-License-Identifier: MIT
/*
 * Containers on a root directory that overlayfs puts together. The layers are directories with a
 * file each; what is written goes to a tmpfs that each sample gets anew, before it begins.
 */
#include "bench/scale.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "bench/container.h"
#include "container/overlay.h"
#include "kernel/mount.h"

enum { LAYERS_MAX = 30, PATH_ROOM = 96 };

struct state {
	const struct bench_env *env;
	struct container_spec spec;
	size_t count;
	char dir[64]; /* a tmpfs: the layers, and "run", on which each sample mounts its own */
	char run[PATH_ROOM], root[PATH_ROOM];
	char paths[LAYERS_MAX][PATH_ROOM];
	char *layers[LAYERS_MAX]; /* the same, as overlay.h wants them */
};

static int mount_tmpfs(const char *path, struct err *err)
{
	AUTO_CLOSE int fd = mount_new("tmpfs", "mode=755", 0, err);
	AUTO_CLOSE int target = -1;

	if (fd < 0)
		return fd;
	target = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return target < 0 ? err_sys(err, "%s", path) : mount_attach(fd, target, err);
}

static int make_directory(const char *path, struct err *err)
{
	return mkdir(path, 0755) < 0 ? err_sys(err, "%s", path) : 0;
}

/* A layer, uppermost first, with a file "fN" that tells it from the others. */
static int make_layer(struct state *s, size_t n, struct err *err)
{
	AUTO_CLOSE int fd = -1;
	char path[PATH_ROOM + 32];

	snprintf(s->paths[n], PATH_ROOM, "%s/l%zu", s->dir, n);
	s->layers[n] = s->paths[n];
	if (make_directory(s->paths[n], err) < 0)
		return -err->num;
	snprintf(path, sizeof(path), "%s/f%zu", s->paths[n], n);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		return err_sys(err, "%s", path);
	snprintf(path, sizeof(path), "%s/proc", s->paths[n]);
	return n + 1 == s->count ? make_directory(path, err) : 0;
}

static int make_layers(struct state *s, struct err *err)
{
	int r;

	snprintf(s->dir, sizeof(s->dir), "%s/layers.%d", s->env->spawner->dir, getpid());
	snprintf(s->run, sizeof(s->run), "%s/run", s->dir);
	snprintf(s->root, sizeof(s->root), "%s/root", s->run);
	r = make_directory(s->dir, err);
	r = r < 0 ? r : mount_tmpfs(s->dir, err);
	r = r < 0 ? r : make_directory(s->run, err);
	for (size_t i = 0; i < s->count && r == 0; i++)
		r = make_layer(s, i, err);
	return r;
}

/* The files of the first and the last layer show. */
static int verify(const struct state *s, struct err *err)
{
	const size_t which[] = { 0, s->count - 1 };

	for (size_t i = 0; i < ARRAY_SIZE(which); i++) {
		char path[PATH_ROOM + 32];

		snprintf(path, sizeof(path), "%s/f%zu", s->root, which[i]);
		if (access(path, F_OK) < 0)
			return err_sys(err, "a layer does not show: %s", path);
	}
	return 0;
}

static int mount_layers(struct state *s, struct err *err)
{
	AUTO_OVERLAY struct overlay overlay = { 0 };
	const struct overlay_layers layers = {
		.paths = s->layers,
		.count = s->count,
		.shown = s->count,
		.user_xattr = s->env->spawner->user,
		.unmapped = true,
	};
	int r = overlay_clone(&overlay, &layers, err);

	return r < 0 ? r : overlay_mount(&overlay, s->run, s->root, err);
}

/* The same without a thought for what may hide a layer, or for long names. */
static int mount_floor(struct state *s, struct err *err)
{
	AUTO_TEXT struct text options = { 0 };
	char upper[PATH_ROOM + 16], work[PATH_ROOM + 16];

	snprintf(upper, sizeof(upper), "%s/upper", s->run);
	snprintf(work, sizeof(work), "%s/work", s->run);
	for (size_t i = 0; i < s->count; i++)
		text_addf(&options, "%s%s", i ? ":" : "lowerdir=", s->paths[i]);
	text_addf(&options, ",upperdir=%s,workdir=%s%s", upper, work,
		  s->env->spawner->user ? ",userxattr" : "");
	if (options.failed)
		return err_set(err, ENOMEM, "out of memory");
	if (mkdir(upper, 0755) < 0 || mkdir(work, 0755) < 0 ||
	    mount("overlay", s->root, "overlay", 0, options.str) < 0)
		return err_sys(err, "floor: overlayfs of %zu layers", s->count);
	return 0;
}

typedef int mount_fn(struct state *s, struct err *err);
typedef int take_fn(const struct bench_env *env, const struct container_spec *spec,
		    struct bench_sample *ret, struct err *err);

static int sample_there(struct state *s, mount_fn *mount_all, take_fn *take,
			struct bench_sample *ret, struct err *err)
{
	struct bench_sample container = { 0 };
	int64_t start;
	int r = make_directory(s->root, err);

	if (r < 0)
		return r;
	start = s->env->now();
	r = mount_all(s, err);
	ret->parts[0] = bench_since(s->env, start);
	r = r < 0 ? r : take(s->env, &s->spec, &container, err);
	ret->value = bench_since(s->env, start);
	ret->parts[1] = ret->value - ret->parts[0];
	return r < 0 ? r : verify(s, err);
}

static int sample(struct state *s, mount_fn *mount_all, take_fn *take, struct bench_sample *ret,
		  struct err *err)
{
	int r = mount_tmpfs(s->run, err);

	if (r < 0)
		return r;
	r = sample_there(s, mount_all, take, ret, err);
	if (umount2(s->run, MNT_DETACH) < 0 && r == 0)
		r = err_sys(err, "umount %s", s->run);
	return r;
}

int layers_bench_sample(void *state, struct bench_sample *ret, struct err *err)
{
	return sample(state, mount_layers, bench_take_container, ret, err);
}

int layers_bench_floor(void *state, struct bench_sample *ret, struct err *err)
{
	return sample(state, mount_floor, bench_take_floor, ret, err);
}

/* Tried once: a kernel can be without overlayfs, or refuse it to users. */
static int try_once(struct state *s, struct err *err)
{
	struct bench_sample ignored;
	int r = layers_bench_sample(s, &ignored, err);

	if (r == -ENODEV || r == -EPERM)
		err->num = EOPNOTSUPP;
	return r < 0 ? -err->num : 0;
}

int layers_bench_open(const struct bench_env *env, const struct scenario *row, void **ret,
		      struct err *err)
{
	struct state *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return err_set(err, ENOMEM, "out of memory");
	s->env = env;
	s->count = (size_t)row->number;
	bench_fill_spec(env, bench_six, &s->spec);
	r = make_layers(s, err);
	s->spec.rootfs = s->root;
	s->spec.rootfs_shifted = true;
	r = r < 0 ? r : try_once(s, err);
	if (r < 0) {
		layers_bench_close(s);
		return r;
	}
	*ret = s;
	return 0;
}

void layers_bench_close(void *state)
{
	struct state *s = state;

	umount2(s->dir, MNT_DETACH);
	rmdir(s->dir);
	free(s);
}
