// SPDX-License-Identifier: MIT
/* Throw-away containers in which the machine is tried out: see trial.h. */
#include "check/trial.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "container/arena.h"
#include "container/cgroup.h"

enum { ATTEMPT_MS = 10000 };

static guard_set bit(int guard)
{
	return UINT64_C(1) << guard;
}

/* What a throw-away container does in its new namespaces. */
struct attempt {
	int (*run)(struct err *err);
	int report; /* pipe for the error */
};

static int attempt_main(void *arg)
{
	const struct attempt *a = arg;
	struct err err = { 0 };

	if (a->run && a->run(&err) < 0) {
		ssize_t ignored = write(a->report, &err, sizeof(err));

		(void)ignored;
		return 1;
	}
	return 0;
}

int trial_run(const struct trial *t, guard_set guards, int (*run)(struct err *), struct err *err)
{
	struct container_spec spec = CONTAINER_SPEC_INIT;
	AUTO_CONTAINER struct container c = CONTAINER_INIT;
	AUTO_CLOSE int in = -1, out = -1;
	struct attempt a = { .run = run };
	struct err failure;
	int fds[2], status, r;

	if (pipe(fds) < 0)
		return err_sys(err, "pipe");
	in = fds[0];
	out = a.report = fds[1];
	spec.guards = guards;
	spec.rootfs = t->rootfs;
	spec.rootfs_shifted = !t->spawner->idmap_mounts;
	spec.uids = spec.gids = spawner_map(t->spawner, guards);
	spec.hostname = "attempt";
	spec.run = attempt_main;
	spec.arg = &a;
	r = container_start(&c, &spec, ATTEMPT_MS, err);
	r = r < 0 ? r : container_wait(&c, ATTEMPT_MS, &status, err);
	if (r < 0 || status == 0)
		return r;
	fd_close(&out);
	if (read(in, &failure, sizeof(failure)) != sizeof(failure))
		return err_set(err, EPROTO, "the attempt ended without a word");
	*err = failure;
	return -err->num;
}

static int try_leaf(const struct trial *t, struct err *err)
{
	AUTO_CLOSE int leaf = -1;

	if (t->cgroup_dir < 0)
		return err_set(err, ENOENT, "no cgroup v2 directory can be made");
	leaf = cgroup_leaf(t->cgroup_dir, "attempt", err);
	if (leaf < 0)
		return leaf;
	cgroup_leaf_remove(t->cgroup_dir, "attempt");
	return 0;
}

static int try_guard(const struct trial *t, int guard, struct err *err)
{
	return trial_run(t, guard_closure(bit(guard)), NULL, err);
}

/* One by one, to find out what is missing; but for what is needed elsewhere or known already. */
static void try_each(const struct trial *t, struct abilities *ret)
{
	guard_set other = PROVIDE(VETH) | PROVIDE(NAT) | GUARD(LEAF) | GUARD(IDS);

	for (int g = 0; g < GUARD_COUNT; g++) {
		if (bit(g) & other)
			continue;
		if (try_guard(t, g, &ret->guard_why[g]) < 0)
			ret->guards &= ~bit(g);
	}
	ret->guards = guard_effective(ret->guards);
}

/*
 * All at once, as a sealed container, without what is known to be missing; then without a user
 * namespace, which would lend it every right.
 */
static int try_sealed(const struct trial *t, guard_set available, struct err *err)
{
	guard_set all = GUARDS_SEALED | PROVIDE(HOSTNAME) | PROVIDE(LO);
	guard_set set = all & available & ~GUARD(LEAF);
	int r = trial_run(t, guard_effective(set), NULL, err);

	return r < 0 ? r : trial_run(t, guard_effective(set & ~GUARD(USER)), NULL, err);
}

struct arena_trial {
	const struct spawner *spawner;
	struct abilities *shared; /* memory that the arena shares with us */
};

static int serve_trial(void *arg)
{
	const struct arena_trial *at = arg;
	struct trial t = { at->spawner, ARENA_IMAGE, -1 };
	struct err err;

	if (try_sealed(&t, at->shared->guards, &err) < 0)
		try_each(&t, at->shared);
	return 0;
}

/* In an arena, where most arms run: its /proc and /sys are complete, whatever the host's are. */
static int try_in_arena(const struct trial *t, struct abilities *ret, struct err *err)
{
	struct arena_trial at = { .spawner = t->spawner };
	const struct arena_spec spec = {
		.spawner = t->spawner,
		.image = t->rootfs,
		.name = "attempt",
		.available = ret->arena,
		.cgroup_fd = -1,
		.serve = serve_trial,
		.arg = &at,
	};
	AUTO_CONTAINER struct container c = CONTAINER_INIT;
	int status, r;

	at.shared = mmap(NULL, sizeof(*ret), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
			 0);
	if (at.shared == MAP_FAILED)
		return err_sys(err, "shared memory");
	*at.shared = *ret;
	r = arena_start(&c, &spec, ATTEMPT_MS, err);
	r = r < 0 ? r : container_wait(&c, GUARD_COUNT * ATTEMPT_MS, &status, err);
	if (r == 0 && status != 0)
		r = err_set(err, EPROTO, "arena: it ended early");
	if (r == 0)
		*ret = *at.shared;
	munmap(at.shared, sizeof(*ret));
	return r;
}

/* Without what this machine lacks, if an arena can do without. */
static int try_lesser_arena(const struct trial *t, struct abilities *ret, struct err *err)
{
	struct abilities outside = *ret;
	guard_set missing;

	try_each(t, &outside);
	missing = guard_closure(ARENA_REQUIRES) & ~outside.guards;
	if (missing) {
		*ret = outside;
		*err = ret->guard_why[__builtin_ctzll(missing)];
		return -err->num;
	}
	ret->arena = outside.guards;
	if (try_in_arena(t, ret, err) == 0)
		return 0;
	*ret = outside;
	return -err->num;
}

/* Leaves are made below /sys/fs/cgroup, in an arena as on the real host. */
static void forget_leaf(struct abilities *ret)
{
	if (ret->arena & GUARD(CGROUP2) || !(ret->guards & GUARD(LEAF)))
		return;
	ret->guards &= ~GUARD(LEAF);
	err_set(&ret->guard_why[GUARD_LEAF], ENOENT, "an arena here has no /sys/fs/cgroup");
}

void trial_guards(const struct trial *t, struct abilities *ret)
{
	struct err *why = &ret->need_why[NEED_ARENA];

	ret->guards = ret->arena = GUARDS_EVERYTHING;
	if (try_leaf(t, &ret->guard_why[GUARD_LEAF]) < 0)
		ret->guards &= ~GUARD(LEAF);
	if (!t->spawner->has_ids) {
		ret->guard_why[GUARD_IDS] = t->spawner->ids_why;
		ret->guards &= ~GUARD(IDS);
	}
	if (try_in_arena(t, ret, why) < 0 && try_lesser_arena(t, ret, why) < 0)
		return;
	ret->needs |= NEED(ARENA);
	forget_leaf(ret);
	try_sealed(t, ret->guards, &ret->host_why);
}
