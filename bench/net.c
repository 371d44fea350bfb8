// SPDX-License-Identifier: MIT
/*
 * The network of a container: links, address translation, and how long the kernel takes to free a
 * network namespace, which it does later and by itself.
 */
#include "container/network.h"

#include <errno.h>
#include <sched.h>

#include "base/cleanup.h"
#include "bench/floor_nat.h"
#include "bench/links.h"
#include "bench/teardown.h"
#include "bench/themes.h"
#include "kernel/nft.h"

static const char *const parts[] = { "make", "remove", NULL };

struct nat {
	const struct bench_env *env;
	struct arena_network net;
};

static int open_veth(const struct bench_env *env, const struct scenario *row, void **ret,
		     struct err *err)
{
	(void)row;
	return links_open(env, 0, false, ret, err);
}

static int open_port(const struct bench_env *env, const struct scenario *row, void **ret,
		     struct err *err)
{
	(void)row;
	return links_open(env, 0, true, ret, err);
}

/* What is deleted was there: the kernel refuses to delete a table that is not. */
static int sample_nat(void *state, struct bench_sample *ret, struct err *err)
{
	struct nat *n = state;
	int64_t start = n->env->now();
	int r = network_nat(&n->net, true, err);

	ret->parts[0] = bench_since(n->env, start);
	r = r < 0 ? r : network_nat(&n->net, false, err);
	ret->value = bench_since(n->env, start);
	ret->parts[1] = ret->value - ret->parts[0];
	return r;
}

/*
 * Each half with a socket of its own, as libnftables does it: the kernel lets nobody close one before
 * what was deleted is freed, which takes longer than all the rest.
 */
static int change_floor(int (*change)(int sock, struct err *err), struct err *err)
{
	AUTO_CLOSE int sock = floor_nat_open(err);

	return sock < 0 ? sock : change(sock, err);
}

static int sample_nat_floor(void *state, struct bench_sample *ret, struct err *err)
{
	const struct nat *n = state;
	int64_t start = n->env->now();
	int r = change_floor(floor_nat_start, err);

	r = r < 0 ? r : change_floor(floor_nat_stop, err);
	ret->value = bench_since(n->env, start);
	return r;
}

/* Tried once: whether library and modules are there. */
static int try_nat(struct nat *n, struct err *err)
{
	struct bench_sample ignored;

	if (nft_load(err) == 0 && sample_nat(n, &ignored, err) == 0)
		return 0;
	err->num = EOPNOTSUPP;
	return -err->num;
}

static int open_nat(const struct bench_env *env, const struct scenario *row, void **ret,
		    struct err *err)
{
	struct nat *n = calloc(1, sizeof(*n));
	int r;

	(void)row;
	if (!n)
		return err_set(err, ENOMEM, "out of memory");
	n->env = env;
	r = unshare(CLONE_NEWNET) < 0 ? err_sys(err, "a network namespace") : try_nat(n, err);
	if (r < 0) {
		free(n);
		return r;
	}
	*ret = n;
	return 0;
}

#define TEARDOWN(count, is_slow)                                                                   \
	{                                                                                          \
		.name = "net/teardown/" #count,                                                    \
		.about = "until the kernel has freed " #count                                      \
			 " network namespaces after their last process is gone",                   \
		.open = teardown_open, .sample = teardown_sample, .floor = teardown_floor,         \
		.close = teardown_close, .per = "namespaces", .x = count, .number = count,         \
		.slow = is_slow,                                                                   \
	}

static const struct scenario rows[] = {
	{
		.name = "net/veth",
		.about = "a pair of links into another network namespace, up; removed",
		.open = open_veth,
		.sample = links_sample,
		.floor = links_floor,
		.close = links_close,
		.parts = parts,
	},
	{
		.name = "net/bridge-port",
		.about = "the same, as a port of a bridge that forwards; removed",
		.open = open_port,
		.sample = links_sample,
		.floor = links_floor,
		.close = links_close,
		.parts = parts,
	},
	{
		.name = "net/nat",
		.about = "masquerade for a container's addresses, on and off",
		.open = open_nat,
		.sample = sample_nat,
		.floor = sample_nat_floor,
		.close = free,
		.parts = parts,
	},
	TEARDOWN(1, false),
	TEARDOWN(10, false),
	TEARDOWN(100, true),
};

SCENARIO_THEME(net, rows);
