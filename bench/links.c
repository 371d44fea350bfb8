// SPDX-License-Identifier: MIT
/* One more veth pair: see links.h. */
#include "bench/links.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>

#include "base/cleanup.h"
#include "bench/floor_net.h"
#include "kernel/netlink.h"

#define BRIDGE "br0"

struct state {
	const struct bench_env *env;
	struct netlink nl;
	int floor; /* the floor's own socket */
	int inner; /* network namespace of the inner ends */
	bool port;
};

/* The first namespace stays for the inner ends, kept by its descriptor alone. */
static int make_namespaces(int *ret_inner, struct err *err)
{
	AUTO_CLOSE int inner = -1;

	if (unshare(CLONE_NEWNET) < 0)
		return err_sys(err, "a network namespace");
	inner = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (inner < 0 || unshare(CLONE_NEWNET) < 0)
		return err_sys(err, "a second network namespace");
	*ret_inner = STEAL_FD(inner);
	return 0;
}

static int make_pair(struct state *s, const char *outer, const char *inner, struct err *err)
{
	int r = veth_add(&s->nl, &(struct veth){ outer, inner, s->inner, NULL }, err);

	if (r == 0)
		r = s->port ? link_set_master(&s->nl, outer, BRIDGE, err)
			    : link_set_up(&s->nl, outer, err);
	return r < 0 ? r : link_settle(&s->nl, outer, err);
}

static int add_bridge(struct state *s, struct err *err)
{
	int r = bridge_add(&s->nl, BRIDGE, err);

	return r < 0 ? r : link_set_up(&s->nl, BRIDGE, err);
}

static int fill(struct state *s, long count, struct err *err)
{
	int r = netlink_open(&s->nl, err);

	if (r == 0 && s->port)
		r = add_bridge(s, err);
	for (long i = 0; i < count && r == 0; i++) {
		char outer[IFNAMSIZ], inner[IFNAMSIZ];

		snprintf(outer, sizeof(outer), "old%ld", i);
		snprintf(inner, sizeof(inner), "in%ld", i);
		r = make_pair(s, outer, inner, err);
	}
	return r;
}

/* Tried once, before the first sample: a kernel without the modules is no failure of a sample. */
static int try_once(struct state *s, struct err *err)
{
	struct bench_sample ignored;

	if (links_sample(s, &ignored, err) == 0)
		return 0;
	return err->num == EOPNOTSUPP || err->num == ENODEV
		       ? err_set(err, EOPNOTSUPP, "no virtual links here")
		       : -err->num;
}

int links_open(const struct bench_env *env, long count, bool port, void **ret, struct err *err)
{
	struct state *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return err_set(err, ENOMEM, "out of memory");
	*s = (struct state){ .env = env, .floor = -1, .inner = -1, .port = port };
	r = make_namespaces(&s->inner, err);
	r = r < 0 ? r : fill(s, count, err);
	if (r == 0) {
		s->floor = floor_net_open(err);
		r = s->floor < 0 ? s->floor : try_once(s, err);
	}
	if (r < 0) {
		links_close(s);
		return r;
	}
	*ret = s;
	return 0;
}

void links_close(void *state)
{
	struct state *s = state;

	netlink_close(&s->nl);
	fd_close(&s->floor);
	fd_close(&s->inner);
	free(s);
}

static int check_gone(const char *name, struct err *err)
{
	return if_nametoindex(name) ? err_set(err, EEXIST, "link %s is still there", name) : 0;
}

int links_sample(void *state, struct bench_sample *ret, struct err *err)
{
	struct state *s = state;
	int64_t start = s->env->now();
	int r = make_pair(s, "new", "in", err);

	ret->parts[0] = bench_since(s->env, start);
	r = r < 0 ? r : link_del(&s->nl, "new", err);
	ret->value = bench_since(s->env, start);
	ret->parts[1] = ret->value - ret->parts[0];
	return r < 0 ? r : check_gone("new", err);
}

int links_floor(void *state, struct bench_sample *ret, struct err *err)
{
	struct state *s = state;
	int64_t start = s->env->now();
	int index, r = floor_net_make(s->floor, s->inner, s->port ? BRIDGE : NULL, &index, err);

	ret->parts[0] = bench_since(s->env, start);
	r = r < 0 ? r : floor_net_remove(s->floor, index, err);
	ret->value = bench_since(s->env, start);
	return r < 0 ? r : check_gone("new", err);
}

int links_sample_make(void *state, struct bench_sample *ret, struct err *err)
{
	int r = links_sample(state, ret, err);

	ret->value = ret->parts[0];
	return r;
}

int links_floor_make(void *state, struct bench_sample *ret, struct err *err)
{
	int r = links_floor(state, ret, err);

	ret->value = ret->parts[0];
	return r;
}
