// SPDX-License-Identifier: MIT
/*
 * What grows with the number of something: containers alive, mounts of the host, starters at once,
 * links, layers. Each is a curve; the floor meets the same crowd.
 */
#include "bench/scale.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "bench/container.h"
#include "bench/links.h"
#include "bench/live.h"
#include "bench/teardown.h"
#include "bench/themes.h"
#include "kernel/mount.h"

struct state {
	const struct bench_env *env;
	struct container_spec spec;
	struct live live;
	char dir[64]; /* mounts lie on it; "": none */
};

static void close_state(void *state)
{
	struct state *s = state;
	struct err ignored;
	bool crowd = s->live.count > 0;

	live_end(&s->live);
	/* or the next scenario would be measured while the kernel is busy with what this one left */
	if (crowd)
		teardown_await_all(&ignored);
	if (s->dir[0]) {
		umount2(s->dir, MNT_DETACH);
		rmdir(s->dir);
	}
	free(s);
}

static struct state *new_state(const struct bench_env *env, struct err *err)
{
	struct state *s = calloc(1, sizeof(*s));

	if (!s) {
		err_set(err, ENOMEM, "out of memory");
		return NULL;
	}
	s->env = env;
	bench_fill_spec(env, bench_six, &s->spec);
	return s;
}

static int open_live(const struct bench_env *env, const struct scenario *row, void **ret,
		     struct err *err)
{
	struct state *s = new_state(env, err);

	if (!s)
		return -err->num;
	if (live_start(env, (size_t)row->number, &s->live, err) < 0) {
		close_state(s);
		return -err->num;
	}
	*ret = s;
	return 0;
}

/* A tmpfs of its own, on which they lie: with it they vanish. */
static int mount_base(struct state *s, struct err *err)
{
	AUTO_CLOSE int fd = mount_new("tmpfs", "mode=755", 0, err);
	AUTO_CLOSE int target = -1;

	if (fd < 0)
		return fd;
	snprintf(s->dir, sizeof(s->dir), "%s/mounts.%d", s->env->spawner->dir, getpid());
	if (mkdir(s->dir, 0755) < 0)
		return err_sys(err, "%s", s->dir);
	target = open(s->dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return target < 0 ? err_sys(err, "%s", s->dir) : mount_attach(fd, target, err);
}

static int add_mounts(const char *dir, long count, struct err *err)
{
	for (long i = 0; i < count; i++) {
		char path[96];

		snprintf(path, sizeof(path), "%s/%ld", dir, i);
		if (mkdir(path, 0755) < 0 || mount(path, path, NULL, MS_BIND, NULL) < 0)
			return err_sys(err, "mount %ld of %ld", i + 1, count);
	}
	return 0;
}

static int open_mounts(const struct bench_env *env, const struct scenario *row, void **ret,
		       struct err *err)
{
	struct state *s = new_state(env, err);
	int r;

	if (!s)
		return -err->num;
	r = mount_base(s, err);
	r = r < 0 ? r : add_mounts(s->dir, row->number - 1, err);
	if (r < 0) {
		close_state(s);
		return r;
	}
	*ret = s;
	return 0;
}

/*
 * Mounts that are not below the spawner's directory, as those of a host are, and then a namespace
 * without them. They end with the scenario's process; the directory below them is the host's.
 */
static int leave_mounts(const struct spawner *spawner, long count, struct err *err)
{
	static const char *const places[] = { "/run", "/mnt", "/var", "/usr" };
	AUTO_CLOSE int fd = mount_new("tmpfs", "mode=755", 0, err);
	const char *place = NULL;
	int r;

	/* what lies below the spawner's directory stays */
	for (size_t i = 0; i < ARRAY_SIZE(places) && !place; i++)
		if (access(places[i], F_OK) == 0 &&
		    strncmp(spawner->dir, places[i], strlen(places[i])) != 0)
			place = places[i];
	if (fd < 0)
		return fd;
	if (!place)
		return err_set(err, ENOENT, "no /run, /mnt, /var or /usr to mount on");
	r = mount_attach_path(fd, place, err);
	r = r < 0 ? r : add_mounts(place, count, err);
	r = r < 0 ? r : spawner_slim(spawner, err);
	/* from this root there is no way out */
	if (r == -EINVAL)
		err->num = EOPNOTSUPP;
	return r < 0 ? -err->num : 0;
}

static int open_left(const struct bench_env *env, const struct scenario *row, void **ret,
		     struct err *err)
{
	struct state *s = new_state(env, err);
	int r;

	if (!s)
		return -err->num;
	r = leave_mounts(env->spawner, row->number - 1, err);
	if (r < 0) {
		close_state(s);
		return r;
	}
	*ret = s;
	return 0;
}

static int sample_container(void *state, struct bench_sample *ret, struct err *err)
{
	const struct state *s = state;
	int r = bench_take_container(s->env, &s->spec, ret, err);

	return r < 0 ? r : live_check(&s->live, err);
}

static int sample_floor(void *state, struct bench_sample *ret, struct err *err)
{
	const struct state *s = state;

	return bench_take_floor(s->env, &s->spec, ret, err);
}

static int open_veths(const struct bench_env *env, const struct scenario *row, void **ret,
		      struct err *err)
{
	return links_open(env, row->number, false, ret, err);
}

#define LIVE(count, is_slow)                                                                       \
	{                                                                                          \
		.name = "scale/live/" #count,                                                      \
		.about = "container/six while " #count " containers are alive", .open = open_live, \
		.sample = sample_container, .floor = sample_floor, .close = close_state,           \
		.per = "containers", .x = count, .number = count, .slow = is_slow,                 \
	}

#define MOUNTS(count, is_slow)                                                                     \
	{                                                                                          \
		.name = "scale/mounts/" #count,                                                    \
		.about = "container/six where the host has " #count                                \
			 " mounts more than it has anyway",                                        \
		.open = open_mounts, .sample = sample_container, .floor = sample_floor,            \
		.close = close_state, .per = "mounts", .x = count, .number = count,                \
		.slow = is_slow,                                                                   \
	}

#define LEFT(count, is_slow)                                                                       \
	{                                                                                          \
		.name = "scale/mounts-left/" #count,                                               \
		.about = "the same, by a spawner that has left the host's mounts",                 \
		.open = open_left, .sample = sample_container, .floor = sample_floor,              \
		.close = close_state, .per = "mounts", .x = count, .number = count,                \
		.slow = is_slow,                                                                   \
	}

#define PARALLEL(count, is_slow)                                                                   \
	{                                                                                          \
		.name = "scale/parallel/" #count,                                                  \
		.about = "8 containers one after the other, by each of " #count                    \
			 " processes at once",                                                     \
		.open = parallel_open, .sample = parallel_sample, .floor = parallel_floor,         \
		.work = parallel_work, .close = parallel_close, .per = "starters", .x = count,     \
		.number = count, .slow = is_slow, .wide = true,                                    \
	}

#define VETHS(count, is_slow)                                                                      \
	{                                                                                          \
		.name = "scale/veths/" #count,                                                     \
		.about = "one more veth pair, up, where there are " #count, .open = open_veths,    \
		.sample = links_sample_make, .floor = links_floor_make, .close = links_close,      \
		.per = "links", .x = count, .number = count, .slow = is_slow,                      \
	}

#define LAYERS(count, is_slow)                                                                     \
	{                                                                                          \
		.name = "scale/layers/" #count,                                                    \
		.about = "an overlay of " #count " layers is mounted, container/six runs on it",   \
		.open = layers_bench_open, .sample = layers_bench_sample,                          \
		.floor = layers_bench_floor, .close = layers_bench_close, .parts = layers_parts,   \
		.per = "layers", .x = count, .number = count, .slow = is_slow,                     \
	}

static const char *const layers_parts[] = { "mount", "container", NULL };

static const struct scenario rows[] = {
	LIVE(0, false),     LIVE(10, true),    LIVE(100, false),    LIVE(1000, true),
	MOUNTS(10, false),  MOUNTS(100, true), MOUNTS(1000, false), LEFT(10, false),
	LEFT(100, true),    LEFT(1000, false), PARALLEL(1, false),  PARALLEL(2, true),
	PARALLEL(4, false), PARALLEL(8, true), VETHS(1, false),     VETHS(10, true),
	VETHS(50, false),   LAYERS(1, false),  LAYERS(10, true),    LAYERS(30, false),
};

SCENARIO_THEME(scale, rows);
