// SPDX-License-Identifier: MIT
/*
 * Runtimes as whole commands, from exec to exit: the same root directory, the same program, the same
 * six namespaces (mnt pid net uts ipc cgroup). Before they are timed each is seen to work: it runs
 * the program that tells its namespaces, as PID 1. The floor, a row itself, is a static program that
 * does no more than that ("nsprobe floor").
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "bench/bundle.h"
#include "bench/contest.h"
#include "bench/process.h"
#include "bench/sandbox.h"
#include "bench/six.h"
#include "bench/themes.h"
#include "pack/tar.h"

enum { RUNS = 5, WARM_UP = 1, TRY_MS = 30000 };

/* %D is the sandbox's directory, %R the root directory, %V what the program in it is told to do, %S
 * the switches that leave nsproof with the six. */
struct runtime {
	const char *name, *template;
	bool ours; /* then it must work */
	bool makes_cgroups;
};

static const struct runtime runtimes[] = {
	{ "runtimes/floor", "%D/nsprobe floor %R /idle %V", .ours = true },
	{ "runtimes/nsproof", "%D/nsproof run %S %R -- /idle %V", .ours = true },
	{ "runtimes/nsproof-image", "%D/nsproof run %S %D/image.tar -- /idle %V", .ours = true },
	{ "runtimes/nsproof-sealed", "%D/nsproof run %R -- /idle %V", .ours = true },
	{ "runtimes/unshare", "unshare --mount --pid --net --ipc --uts --cgroup --fork --root=%R "
			      "--mount-proc /idle %V" },
	{ "runtimes/bwrap", "bwrap --unshare-pid --unshare-net --unshare-ipc --unshare-uts "
			    "--unshare-cgroup --as-pid-1 --bind %R / --proc /proc /idle %V" },
	{ "runtimes/crun",
	  "crun --root %D/crun --cgroup-manager=disabled run --bundle %D/%V bench" },
	{ "runtimes/runc", "runc --root %D/runc run --bundle %D/%V bench", .makes_cgroups = true },
	{ "runtimes/systemd-nspawn",
	  "systemd-nspawn --quiet --register=no --keep-unit "
	  "--private-network --directory=%R /idle %V",
	  .makes_cgroups = true },
	{ "runtimes/podman",
	  "podman --root %D/podman --runroot %D/podman-run --tmpdir %D/podman-tmp "
	  "--storage-driver vfs --cgroup-manager cgroupfs --events-backend none run --rm "
	  "--cgroups=disabled --network none --ulimit nofile=20000:20000 "
	  "--ulimit nproc=1000:1000 --rootfs %R /idle %V" },
};

static const char idle[] = "idle", look[] = "namespaces";

static void add_switches(struct text *out)
{
	guard_set six = GUARD(MNT) | GUARD(PID) | GUARD(NET) | GUARD(IPC) | GUARD(UTS) |
			GUARD(CGROUP) | GUARD(PRIVATE) | GUARD(ROOT) | GUARD(PIVOT) |
			GUARD(DETACH) | GUARD(CWD) | GUARD(PROC);
	/* what a run provides goes, too: neither the floor nor unshare(1) does it */
	guard_set others = (GUARDS_SEALED | PROVIDE(HOSTNAME) | PROVIDE(LO)) & ~six;
	const char *space = "";

	for (int g = 0; g < GUARD_COUNT; g++) {
		if (!(others & (UINT64_C(1) << g)))
			continue;
		text_addf(out, "%s--no-%s", space, guard_table[g].name);
		space = " ";
	}
}

static int make_command(const struct runtime *r, const char *dir, const char *verb,
			struct text *out, struct err *err)
{
	AUTO_TEXT struct text switches = { 0 };
	char root[96];

	snprintf(root, sizeof(root), "%s/root", dir);
	add_switches(&switches);
	return process_command(r->template,
			       (const struct process_word[]){ { 'D', dir },
							      { 'R', root },
							      { 'V', verb },
							      { 'S', switches.str },
							      { 0, NULL } },
			       out, err);
}

/* What a root directory needs so that everybody takes it for one. */
static const char *const root_dirs[] = { "proc", "sys", "dev", "etc", "usr", "run", "tmp" };

static int make_root(const struct bench_env *env, const struct sandbox *s, struct err *err)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/root", s->dir);
	if (mkdir(path, 0755) < 0)
		return err_sys(err, "%s", path);
	for (size_t i = 0; i < ARRAY_SIZE(root_dirs); i++) {
		snprintf(path, sizeof(path), "%s/root/%s", s->dir, root_dirs[i]);
		if (mkdir(path, 0755) < 0)
			return err_sys(err, "%s", path);
	}
	snprintf(path, sizeof(path), "%s/root/idle", s->dir);
	return sandbox_install(env->idle_fd, path, err);
}

static int pack_root(const struct text *program, struct text *out, struct err *err)
{
	const struct pack_node file = {
		.path = "idle", .mode = 0755, .content = program->str, .len = program->len
	};
	AUTO_PACK_TAR struct archive *a = NULL;
	int r = pack_tar_begin(out, &a, err);

	for (size_t i = 0; i < ARRAY_SIZE(root_dirs) && r == 0; i++)
		r = pack_tar_add(a,
				 &(struct pack_node){ .path = root_dirs[i],
						      .mode = S_IFDIR | 0755 },
				 err);
	r = r < 0 ? r : pack_tar_add(a, &file, err);
	return r < 0 ? r : pack_tar_end(&a, err);
}

/* The same as an archive. */
static int make_image(const struct sandbox *s, struct err *err)
{
	AUTO_TEXT struct text program = { 0 };
	AUTO_TEXT struct text tar = { 0 };
	AUTO_CLOSE int fd = -1;
	char path[96];
	int r = file_read(AT_FDCWD, s->probe, 64 << 20, &program);

	if (r < 0)
		return err_set(err, -r, "%s: %s", s->probe, strerror(-r));
	r = pack_root(&program, &tar, err);
	if (r < 0)
		return r;
	snprintf(path, sizeof(path), "%s/image.tar", s->dir);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		return err_sys(err, "%s", path);
	r = fd_write_full(fd, tar.str, tar.len);
	return r < 0 ? err_set(err, -r, "%s: %s", path, strerror(-r)) : 0;
}

static int make_bundle(const char *dir, const char *verb, struct err *err)
{
	char root[96], bundle[96];

	snprintf(root, sizeof(root), "%s/root", dir);
	snprintf(bundle, sizeof(bundle), "%s/%s", dir, verb);
	return bundle_write(bundle, root, "/idle", verb, err);
}

static int prepare(const struct bench_env *env, const struct sandbox *s, struct err *err)
{
	int r = make_root(env, s, err);

	r = r < 0 ? r : make_bundle(s->dir, idle, err);
	r = r < 0 ? r : make_bundle(s->dir, look, err);
	return r < 0 ? r : make_image(s, err);
}

/* Whether it works and makes the six; what can't here is skipped, with what it said. */
static int try(const struct runtime *r, const struct sandbox *s, const char *outside,
	       struct err *err)
{
	AUTO_TEXT struct text command = { 0 };
	AUTO_TEXT struct text inside = { 0 };
	int result;

	if (r->makes_cgroups && !s->has_cgroups)
		return err_set(err, EOPNOTSUPP, "no cgroup v2 that it could use");
	result = make_command(r, s->dir, look, &command, err);
	result = result < 0 ? result : process_run(command.str, TRY_MS, &inside, err);
	result = result < 0 ? result : six_check(outside, inside.str, err);
	if (result < 0 && !r->ours)
		err->num = EOPNOTSUPP;
	return result < 0 ? -err->num : 0;
}

static int enlist(const struct runtime *r, const struct sandbox *s, const char *outside,
		  struct contender *ret, struct err *err)
{
	ret->name = r->name;
	if (try(r, s, outside, &ret->err) < 0)
		return 0;
	return make_command(r, s->dir, idle, &ret->command, err);
}

static int open_contest(struct contest *c, const struct bench_env *env, const struct sandbox *s,
			struct err *err)
{
	AUTO_TEXT struct text look_outside = { 0 };
	AUTO_TEXT struct text outside = { 0 };
	int r = contest_open(c, s->dir, err);

	r = r < 0 ? r : prepare(env, s, err);
	text_addf(&look_outside, "%s %s", s->probe, look);
	r = r < 0 ? r : process_run(look_outside.str, TRY_MS, &outside, err);
	for (size_t i = 0; i < c->count && r == 0; i++)
		r = enlist(&runtimes[i], s, outside.str, &c->contenders[i], err);
	return r;
}

static int run_together(const struct bench_env *env, const struct scenario *const *rows,
			size_t count, const struct sampling *how, struct harvest *ret,
			struct err *err)
{
	AUTO_SANDBOX struct sandbox s = SANDBOX_INIT;
	struct contender contenders[ARRAY_SIZE(runtimes)] = { { 0 } };
	AUTO_CONTEST struct contest c = {
		.hyperfine = { .runs = RUNS, .warm_up = WARM_UP },
		.saved_as = "runtimes.json",
		.contenders = contenders,
		.count = ARRAY_SIZE(runtimes),
	};
	int r = sandbox_enter(&s, env, err);

	r = r < 0 ? r : open_contest(&c, env, &s, err);
	r = r < 0 ? r : contest_run(&c, env, rows, count, how, ret, err);
	return r;
}

#define ROW(name_, text, ...)                                                                      \
	{                                                                                          \
		.name = "runtimes/" name_, .about = text, .together = run_together, __VA_ARGS__    \
	}

static const struct scenario rows[] = {
	ROW("floor",
	    "the shortest static program that makes the six namespaces and starts another"),
	ROW("nsproof", "nsproof run with the six namespaces and nothing else, a root directory"),
	ROW("nsproof-image", "the same, with a small image that is unpacked for the run"),
	ROW("nsproof-sealed", "nsproof run as it is, with every guard, a root directory"),
	ROW("unshare", "unshare(1) of util-linux; its root is changed by chroot alone"),
	ROW("bwrap", "bubblewrap"),
	ROW("crun", "crun run with a bundle, without cgroups"),
	ROW("runc", "runc run with a bundle, which makes a cgroup"),
	ROW("systemd-nspawn", "systemd-nspawn without its registration", .slow = true),
	ROW("podman", "podman run of a root directory, without network and cgroups", .slow = true),
};

SCENARIO_THEME(runtimes, rows);
