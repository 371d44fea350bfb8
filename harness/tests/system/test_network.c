// SPDX-License-Identifier: MIT
/*
 * The arena's network and a container's link, with real packets. Everything runs in a child with
 * network, mount and pid namespaces of its own; the machine's links are compared afterwards.
 */
#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "base/text.h"
#include "container/link.h"
#include "container/network.h"
#include "kernel/netlink.h"
#include "kernel/nft.h"
#include "runner.h"
#include "scenario.h"

enum { SKIPPED = 77, CONTAINER_PORT = 80 };

/* ---- a container: only its network namespace, which this process visits ---- */

struct cell {
	int home, netns;
};

static void cell_done(struct cell *c)
{
	if (c->home >= 0)
		setns(c->home, CLONE_NEWNET);
	fd_close(&c->home);
	fd_close(&c->netns);
}

#define AUTO_CELL __attribute__((cleanup(cell_done)))

static int enter(int netns, struct err *err)
{
	return setns(netns, CLONE_NEWNET) < 0 ? err_sys(err, "setns") : 0;
}

/* Makes a container and attaches it; the caller stays at home. */
static int cell_make(struct cell *c, const struct arena_network *net, struct err *err)
{
	struct link_spec spec;
	int r;

	network_link_spec(net, &spec);
	c->home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (c->home < 0 || unshare(CLONE_NEWNET) < 0)
		return err_sys(err, "make a container's network namespace");
	c->netns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (c->netns < 0)
		return err_sys(err, "open /proc/self/ns/net");
	r = enter(c->home, err);
	if (r == 0)
		r = link_attach(&spec, c->netns, err);
	if (r == 0)
		r = enter(c->netns, err);
	if (r == 0)
		r = link_configure(&spec, err);
	return r == 0 ? enter(c->home, err) : r;
}

static socklen_t fill_address(struct sockaddr_storage *ret, const char *address, int port)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ret;
	struct sockaddr_in *in4 = (struct sockaddr_in *)ret;

	memset(ret, 0, sizeof(*ret));
	if (inet_pton(AF_INET, address, &in4->sin_addr) == 1) {
		in4->sin_family = AF_INET;
		in4->sin_port = htons((uint16_t)port);
		return sizeof(*in4);
	}
	ck_assert_int_eq(inet_pton(AF_INET6, address, &in6->sin6_addr), 1);
	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons((uint16_t)port);
	return sizeof(*in6);
}

/* A connected socket that gives up after two seconds. */
static int connect_to(int type, const char *address, int port, struct err *err)
{
	static const struct timeval limit = { .tv_sec = 2 };
	struct sockaddr_storage to;
	socklen_t len = fill_address(&to, address, port);
	AUTO_CLOSE int fd = socket(to.ss_family, type | SOCK_CLOEXEC, 0);

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) < 0)
		return err_sys(err, "socket");
	if (connect(fd, (struct sockaddr *)&to, len) < 0)
		return err_sys(err, "connect to %s", address);
	return STEAL_FD(fd);
}

/* Asks the world who it sees, and compares. */
static int ask(const struct arena_network *net, int type, const char *address, const char *seen,
	       struct err *err)
{
	const char *kind = type == SOCK_STREAM ? "TCP" : "UDP";
	AUTO_CLOSE int fd = connect_to(type, address, NETWORK_WORLD_PORT, err);
	char text[128], want[128];
	ssize_t got;

	if (fd < 0)
		return fd;
	if (type == SOCK_DGRAM && send(fd, "who", 3, MSG_NOSIGNAL) != 3)
		return err_sys(err, "send");
	got = recv(fd, text, sizeof(text) - 1, type == SOCK_STREAM ? MSG_WAITALL : 0);
	if (got < 0)
		return err_sys(err, "receive from %s over %s", address, kind);
	text[got] = '\0';
	snprintf(want, sizeof(want), "%s %s\n", net->token, seen);
	if (strcmp(text, want) != 0)
		return err_set(err, EPROTO, "%s: got '%s', not '%s'", kind, text, want);
	return 0;
}

static int ask_both(const struct arena_network *net, const char *address, const char *seen,
		    struct err *err)
{
	int r = ask(net, SOCK_STREAM, address, seen, err);

	return r == 0 ? ask(net, SOCK_DGRAM, address, seen, err) : r;
}

/* ---- scenarios ---- */

static int nothing(struct err *err)
{
	(void)err;
	return 0;
}

static int world_sees_the_container(struct err *err)
{
	struct arena_network net = { 0 };
	AUTO_CELL struct cell c = { -1, -1 };
	int r = network_up(&net, err);

	if (r == 0)
		r = cell_make(&c, &net, err);
	if (r == 0)
		r = enter(c.netns, err);
	if (r == 0)
		r = ask_both(&net, NETWORK_WORLD, NETWORK_CONTAINER, err);
	if (r == 0 && net.ipv6)
		r = ask_both(&net, NETWORK_WORLD6, NETWORK_CONTAINER6, err);
	return r;
}

static int world_sees_the_arena_with_nat(struct err *err)
{
	static const bool turns[] = { true, true, false, false, true };
	struct arena_network net = { 0 };
	AUTO_CELL struct cell c = { -1, -1 };
	int r = network_up(&net, err);

	if (r == 0)
		r = scenario_expect(nft_run("no such command\n", err), -EIO, err, "syntax error");
	if (r == 0)
		r = cell_make(&c, &net, err);
	for (size_t i = 0; i < ARRAY_SIZE(turns) && r == 0; i++) {
		const char *seen = turns[i] ? NETWORK_OUTER : NETWORK_CONTAINER;

		r = enter(c.home, err);
		if (r == 0)
			r = network_nat(&net, turns[i], err);
		if (r == 0)
			r = enter(c.netns, err);
		if (r == 0)
			r = ask_both(&net, NETWORK_WORLD, seen, err);
	}
	return r;
}

/* A listening socket stays in the namespace that it was made in. */
static int listen_in(int netns, const char *address, struct err *err)
{
	struct sockaddr_storage at;
	socklen_t len = fill_address(&at, address, CONTAINER_PORT);
	AUTO_CLOSE int fd = -1;
	int r = enter(netns, err);

	if (r < 0)
		return r;
	fd = socket(at.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, len) < 0 || listen(fd, 8) < 0)
		return err_sys(err, "listen in the container");
	return STEAL_FD(fd);
}

static int reach_container(struct cell *c, const char *address, struct err *err)
{
	AUTO_CLOSE int server = listen_in(c->netns, address, err);
	AUTO_CLOSE int client = -1;

	if (server < 0)
		return server;
	if (enter(c->home, err) < 0)
		return -err->num;
	client = connect_to(SOCK_STREAM, address, CONTAINER_PORT, err);
	return client < 0 ? client : 0;
}

/* Each bears the address of the last one, while that one still fades away. */
static int arena_reaches_one_after_another(struct err *err)
{
	struct arena_network net = { 0 };
	int r = network_up(&net, err);

	for (int i = 0; i < 20 && r == 0; i++) {
		AUTO_CELL struct cell c = { -1, -1 };

		r = cell_make(&c, &net, err);
		if (r == 0)
			r = reach_container(&c, NETWORK_CONTAINER, err);
		if (r == 0 && net.ipv6)
			r = reach_container(&c, NETWORK_CONTAINER6, err);
		if (r < 0)
			return err_wrap(err, "container %d", i);
	}
	return r;
}

static int ups_and_downs(struct err *err)
{
	struct arena_network net = { 0 }, other = { 0 };
	int r = network_up(&net, err);

	if (r == 0)
		r = scenario_expect(network_up(&other, err), -EEXIST, err, "is up");
	if (r == 0 && (other.world != 0 || kill(net.world, 0) < 0))
		r = err_set(err, EPROTO, "the second network_up() left traces");
	if (r < 0)
		return r;
	network_down(&net);
	network_down(&net);
	if (waitpid(-1, NULL, WNOHANG) != -1 || errno != ECHILD)
		return err_set(err, EPROTO, "the world was not reaped");
	r = scenario_only_loopback(err);
	if (r == 0)
		r = network_up(&net, err);
	network_down(&net);
	return r;
}

/* A process that leaves its network namespace unmounted /proc: the failure crosses and cleans up.
 */
static int up_without_proc(struct err *err)
{
	struct arena_network net = { 0 };
	int r;

	if (umount2("/proc", MNT_DETACH) < 0 || mount("none", "/proc", "tmpfs", 0, NULL) < 0)
		return err_sys(err, "hide /proc");
	r = scenario_expect(network_up(&net, err), -ENOENT, err, "/proc/");
	if (r == 0 && waitpid(-1, NULL, WNOHANG) != -1)
		r = err_set(err, EPROTO, "the world is still there");
	return r == 0 ? scenario_only_loopback(err) : r;
}

static int attach_says_what_is_missing(struct err *err)
{
	struct link_spec spec = { .bridge = "nobridge",
				  .inner = "eth0",
				  .address = "192.0.2.2/24" };
	AUTO_CLOSE int here = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	int r = scenario_expect(link_attach(&spec, here, err), -ENODEV, err, "nobridge");

	if (r == 0)
		r = scenario_only_loopback(err);
	if (r == 0)
		r = scenario_expect(link_configure(&spec, err), -ENODEV, err, "eth0");
	if (r == 0)
		r = scenario_expect(link_attach(&spec, STDIN_FILENO, err), -EINVAL, err, "veth");
	return r;
}

static int links_and_routes(struct err *err)
{
	AUTO_NETLINK struct netlink nl = { 0 };
	int r = netlink_open(&nl, err);

	if (r == 0)
		r = loopback_up(err);
	if (r == 0)
		r = bridge_add(&nl, "nsc0", err);
	if (r == 0)
		r = scenario_expect(bridge_add(&nl, "nsc0", err), -EEXIST, err,
				    "bridge nsc0: File exists");
	if (r == 0)
		r = link_set_up(&nl, "nsc0", err);
	if (r == 0)
		r = scenario_expect(bridge_add(&nl, "sixteen-letters!", err), -EINVAL, err, "15");
	if (r == 0)
		r = link_set_alias(&nl, "nsc0", "a mark", err);
	if (r == 0)
		r = addr_add(&nl, "nsc0", "192.0.2.9/24", err);
	if (r == 0)
		r = scenario_expect(addr_add(&nl, "nsc0", "192.0.2.9/24", err), -EEXIST, err,
				    "nsc0");
	if (r == 0)
		r = scenario_expect(addr_add(&nl, "nsc0", "nonsense", err), -EINVAL, err,
				    "nonsense");
	if (r == 0)
		r = route_add_blackhole(&nl, "203.0.113.77/32", 1000000007, err);
	if (r == 0)
		r = route_add(&nl, "203.0.113.0/24", "192.0.2.1", err);
	if (r == 0)
		r = scenario_expect(route_add(&nl, "203.0.113.0/25", "198.51.100.1", err),
				    -ENETUNREACH, err, "via 198.51.100.1");
	if (r == 0)
		r = scenario_expect(route_add(&nl, "fd00::/64", "192.0.2.1", err), -EINVAL, err,
				    "family");
	/* the kernel writes addresses in hexadecimal, the lowest byte first */
	if (r == 0)
		r = scenario_file_has("/proc/net/route",
				      "4D7100CB\t00000000\t0005\t0\t0\t1000000007", err);
	if (r == 0)
		r = addr_del(&nl, "nsc0", "192.0.2.9/24", err);
	if (r == 0)
		r = scenario_expect(addr_del(&nl, "nsc0", "192.0.2.9/24", err), -EADDRNOTAVAIL, err,
				    "delete address");
	if (r == 0)
		r = link_del(&nl, "nsc0", err);
	return r == 0 ? scenario_expect(link_set_up(&nl, "nsc0", err), -ENODEV, err, "nsc0") : r;
}

/* ---- the tests ---- */

static scenario_fn *const scenarios[] = {
	world_sees_the_container,
	world_sees_the_arena_with_nat,
	arena_reaches_one_after_another,
	ups_and_downs,
	up_without_proc,
	attach_says_what_is_missing,
	links_and_routes,
};

/* The machine's links and what its kernel forwards, as text. */
static void describe_machine(struct text *ret)
{
	struct if_nameindex *links = if_nameindex();

	ck_assert_ptr_nonnull(links);
	for (struct if_nameindex *l = links; l->if_index; l++)
		text_addf(ret, "%u %s\n", l->if_index, l->if_name);
	if_freenameindex(links);
	ck_assert_int_eq(file_read(AT_FDCWD, "/proc/net/route", 1 << 20, ret), 0);
	ck_assert_int_eq(file_read(AT_FDCWD, "/proc/sys/net/ipv4/ip_forward", 64, ret), 0);
}

START_TEST(scenario_ends_well)
{
	AUTO_TEXT struct text before = { 0 };
	AUTO_TEXT struct text after = { 0 };
	struct err err = { 0 };

	describe_machine(&before);
	ck_assert_msg(scenario_run(scenarios[_i], &err) == 0, "%s", err.text);
	describe_machine(&after);
	ck_assert_str_eq(before.str, after.str);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("network");
	TCase *tc = tcase_create("network");
	struct err err = { 0 };

	if (geteuid() != 0 || scenario_run(nothing, &err) < 0) {
		printf("skipped: needs root and new network, mount and pid namespaces%s%s\n",
		       err.num ? ": " : "", err.text);
		return SKIPPED;
	}
	tcase_add_loop_test(tc, scenario_ends_well, 0, ARRAY_SIZE(scenarios));
	tcase_set_timeout(tc, 2 * SCENARIO_MS / 1000.0);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
