// SPDX-License-Identifier: MIT
/* What this machine can do, tried out: see needs.h. */
#include "check/needs.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "container/arena.h"
#include "container/cgroup.h"
#include "container/network.h"
#include "kernel/netlink.h"
#include "kernel/nft.h"

enum { ATTEMPT_MS = 10000 };

static_assert(NEED_COUNT <= 64, "a need_set has 64 bits");

const struct need_info need_table[NEED_COUNT] = {
	[NEED_USERNS] = { "userns", "a new user namespace; see user.max_user_namespaces" },
	[NEED_LEAF] = { "cgroup-leaf", "a cgroup v2 directory of one's own; run as root" },
	[NEED_BRIDGE] = { "bridge", "bridge and veth links; load the modules bridge and veth" },
	[NEED_MASQUERADE] = { "masquerade",
			      "nftables with nat; load the modules nf_tables and nft_masq" },
	[NEED_SET_CLOCK] = { "set-clock", "settimeofday(2); run as root of the host" },
	[NEED_SYSCTL] = { "sysctl", "to write to /proc/sys; run as root, where it is writable" },
	[NEED_FILE_HANDLE] = { "file-handle",
			       "open_by_handle_at(2) of a directory; run as root, or Linux 6.11" },
	[NEED_INIT_CAPS] = { "init-caps", "the capabilities of root on the host; run as its root" },
	[NEED_RESOURCE] = { "resource", "CAP_SYS_RESOURCE on the host; run as its root" },
	[NEED_IPV6] = { "ipv6", "IPv6; see net.ipv6.conf.default.disable_ipv6" },
	[NEED_UNFILTERED] = { "unfiltered",
			      "no seccomp filter and no no_new_privs on nsproof; leave the container" },
	[NEED_HOST_FS] = { "host-fs",
			   "debugfs, tracefs, securityfs, pstore and devtmpfs, and root" },
	[NEED_NSFS_HANDLE] = { "nsfs-handle", "file handles of namespaces; Linux 6.18" },
	[NEED_SWAP] = { "swap", "swapon(2); CONFIG_SWAP, and root" },
	[NEED_ACCT] = { "acct", "acct(2); CONFIG_BSD_PROCESS_ACCT, and root" },
	[NEED_BPF] = { "bpf", "bpf(2); CONFIG_BPF_SYSCALL, and root" },
	[NEED_KEXEC] = { "kexec", "kexec_load(2); CONFIG_KEXEC, no lockdown, and root" },
	[NEED_MODULES] = { "modules", "loadable modules; CONFIG_MODULES, and root" },
	[NEED_IO_URING] = { "io-uring", "io_uring_setup(2); see kernel.io_uring_disabled" },
	[NEED_USERFAULTFD] = { "userfaultfd", "userfaultfd(2); CONFIG_USERFAULTFD" },
	[NEED_COMPAT32] = { "compat32", "32-bit system calls of x86; CONFIG_IA32_EMULATION" },
	[NEED_PERF] = { "perf",
			"perf_event_open(2), root, and kernel.perf_event_paranoid of 1 or more" },
	[NEED_STATMOUNT] = { "statmount", "statmount(2) by mount namespace; Linux 6.11" },
	[NEED_KCMP] = { "kcmp", "kcmp(2); CONFIG_KCMP" },
	[NEED_NUMA] = { "numa", "move_pages(2) and migrate_pages(2); CONFIG_NUMA" },
	[NEED_PERF_SELF] = { "perf-self",
			     "perf_event_open(2) on oneself; see kernel.perf_event_paranoid" },
	[NEED_PIDFD_INFO] = { "pidfd-info", "PIDFD_GET_INFO; Linux 6.13" },
	[NEED_PIDFD_NAMESPACE] = { "pidfd-namespace", "namespaces from a pidfd; Linux 6.11" },
	[NEED_PIDFS_HANDLE] = { "pidfs-handle", "file handles of pidfds; Linux 6.14" },
	[NEED_PROC_IO] = { "proc-io", "/proc/PID/io; CONFIG_TASK_IO_ACCOUNTING" },
	[NEED_TIMER_LIST] = { "timer-list", "/proc/timer_list, neither hidden nor for others" },
	[NEED_KPAGECOUNT] = { "kpagecount", "/proc/kpagecount; CONFIG_PROC_PAGE_MONITOR" },
	[NEED_PAGEMAP] = { "pagemap", "/proc/PID/pagemap; CONFIG_PROC_PAGE_MONITOR" },
	[NEED_KMSG] = { "kmsg", "/proc/kmsg; CONFIG_PRINTK" },
	[NEED_IRQ_AFFINITY] = { "irq-affinity", "/proc/irq/default_smp_affinity; CONFIG_SMP" },
	[NEED_IOPORTS] = { "ioports", "/proc/ioports with entries; a machine that has ports" },
	[NEED_KALLSYMS] = { "kallsyms", "/proc/kallsyms with addresses; see kernel.kptr_restrict" },
	[NEED_TERMINALS] = { "terminals", "pseudoterminals; mount devpts on /dev/pts" },
};

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

struct trial {
	const struct spawner *spawner;
	const char *rootfs;
	int cgroup_dir;
};

/* Starts a container with these guards that calls `run`, and waits for its end. */
static int try_out(const struct trial *t, guard_set guards, int (*run)(struct err *),
		   struct err *err)
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
	return try_out(t, guard_closure(bit(guard)), NULL, err);
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

/* All at once, as a sealed container; without what is known to be missing. */
static int try_sealed(const struct trial *t, guard_set available, struct err *err)
{
	guard_set all = GUARDS_SEALED | PROVIDE(HOSTNAME) | PROVIDE(LO);

	return try_out(t, guard_effective(all & available & ~GUARD(LEAF)), NULL, err);
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
	struct arena_spec spec = {
		.spawner = t->spawner,
		.image = t->rootfs,
		.name = "attempt",
		.available = GUARDS_EVERYTHING,
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

static void try_guards(const struct trial *t, struct abilities *ret)
{
	struct err err;

	ret->guards = GUARDS_EVERYTHING;
	if (try_leaf(t, &ret->guard_why[GUARD_LEAF]) < 0)
		ret->guards &= ~GUARD(LEAF);
	if (!t->spawner->has_ids) {
		ret->guard_why[GUARD_IDS] = t->spawner->ids_why;
		ret->guards &= ~GUARD(IDS);
	}
	if (try_sealed(t, ret->guards, &ret->host_why) == 0)
		return;
	if (try_in_arena(t, ret, &err) < 0)
		try_each(t, ret);
}

static int make_bridge(struct err *err)
{
	AUTO_NETLINK struct netlink nl = { 0 };
	struct veth veth = { "outer", "inner", -1, NULL };
	int r = netlink_open(&nl, err);

	r = r < 0 ? r : bridge_add(&nl, "bridge", err);
	if (r < 0)
		return r;
	veth.inner_netns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	r = veth.inner_netns < 0 ? err_sys(err, "/proc/self/ns/net") : veth_add(&nl, &veth, err);
	fd_close(&veth.inner_netns);
	return r;
}

static int make_masquerade(struct err *err)
{
	struct arena_network net = { 0 };

	return network_nat(&net, true, err);
}

static int bind_ipv6(struct err *err)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	AUTO_CLOSE int sock = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int r = loopback_up(err);

	if (r < 0)
		return r;
	if (sock < 0 || bind(sock, (struct sockaddr *)&in6, sizeof(in6)) < 0)
		return err_sys(err, "IPv6");
	return 0;
}

/* Of a directory on a file system that our own user namespace mounted. */
static int open_handle(struct err *err)
{
	AUTO_CLOSE int dir = open("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC), opened = -1;
	union {
		struct file_handle handle;
		unsigned char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} h = { .handle.handle_bytes = MAX_HANDLE_SZ };
	int mount;

	if (dir < 0 || name_to_handle_at(dir, "", &h.handle, &mount, AT_EMPTY_PATH) < 0)
		return err_sys(err, "name_to_handle_at");
	opened = open_by_handle_at(dir, &h.handle, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return opened < 0 ? err_sys(err, "open_by_handle_at") : 0;
}

/* Opened, not written. The hostname's file asks for the host's root, whatever the namespaces. */
static int open_sysctl(struct err *err)
{
	static const char *const paths[] = { "/proc/sys/kernel/hostname",
					     "/proc/sys/kernel/msgmax" };

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		AUTO_CLOSE int fd = open(paths[i], O_WRONLY | O_CLOEXEC);

		if (fd < 0)
			return err_sys(err, "%s", paths[i]);
	}
	return 0;
}

static int try_need(const struct trial *t, enum need need, const struct abilities *so_far,
		    struct err *err)
{
	switch (need) {
	case NEED_USERNS:
		*err = so_far->guard_why[GUARD_USER];
		return so_far->guards & GUARD(USER) ? 0 : -EPERM;
	case NEED_LEAF:
		*err = so_far->guard_why[GUARD_LEAF];
		return so_far->guards & GUARD(LEAF) ? 0 : -EPERM;
	case NEED_BRIDGE:
		return try_out(t, GUARD(NET), make_bridge, err);
	case NEED_MASQUERADE:
		/* here, where the library can still be found: arenas and workers inherit it */
		if (nft_load(err) < 0)
			return -err->num;
		return try_out(t, GUARD(NET), make_masquerade, err);
	case NEED_IPV6:
		return try_out(t, GUARD(NET), bind_ipv6, err);
	case NEED_FILE_HANDLE:
		return try_out(t, guard_closure(GUARD(TMP)), open_handle, err);
	case NEED_SYSCTL:
		return try_out(t, GUARD(UTS) | GUARD(IPC), open_sysctl, err);
	default:
		return need_try_kernel(need, err);
	}
}

void abilities_try(const struct spawner *spawner, const char *rootfs, int cgroup_dir,
		   need_set wanted, struct abilities *ret)
{
	struct trial t = { spawner, rootfs, cgroup_dir };

	*ret = (struct abilities){ 0 };
	try_guards(&t, ret);
	for (int need = 0; need < NEED_COUNT; need++)
		if (wanted & (NEED_BIT(need)) &&
		    try_need(&t, (enum need)need, ret, &ret->need_why[need]) == 0)
			ret->needs |= NEED_BIT(need);
}
