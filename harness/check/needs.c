// SPDX-License-Identifier: MIT
/* What this machine can do, tried out: see needs.h. */
#include "check/trial.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "container/arena.h"
#include "container/cgroup.h"
#include "container/network.h"
#include "kernel/netlink.h"
#include "kernel/nft.h"

/* The inode number of the initial pid namespace: include/linux/proc_ns.h of the kernel */
#define INITIAL_PIDNS_INO 0xEFFFFFFCU

static_assert(NEED_COUNT <= 64, "a need_set has 64 bits");

const struct need_info need_table[NEED_COUNT] = {
	[NEED_ARENA] = { "arena", "an arena, the host of most arms; see nsproof doctor" },
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
	[NEED_NET_ADMIN] = { "net-admin", "loopback, routes and raw sockets in a new network "
					  "namespace; CAP_NET_ADMIN and CAP_NET_RAW" },
	[NEED_SETNS] = { "setns", "setns(2); a container's seccomp filter may forbid it" },
	[NEED_SETHOSTNAME] = { "sethostname",
			       "sethostname(2); a container's seccomp filter may forbid it" },
	[NEED_SYSFS] = { "sysfs", "a fresh /sys; a whole, writable /sys to begin with, or root" },
	[NEED_SOLE_PROC] = { "sole-proc",
			     "no /proc of an outer system below the root, as systemd-nspawn leaves it" },
	[NEED_KEYS] = { "keys",
			"add_key(2) and keyctl(2); a container's seccomp filter may forbid them" },
	[NEED_FANOTIFY] = { "fanotify", "fanotify_init(2); CONFIG_FANOTIFY, and root" },
	[NEED_PTRACE] = { "ptrace",
			  "ptrace(2) and process_vm_readv(2) of one's own; see kernel.yama.ptrace_scope" },
	[NEED_PIDFD_GETFD] = { "pidfd-getfd", "pidfd_getfd(2) of one's own; Linux 5.6" },
	[NEED_TIMERSLACK] = { "timerslack", "/proc/PID/timerslack_ns of others; CAP_SYS_NICE" },
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
	[NEED_SOCK_DIAG] = { "sock-diag",
			     "sock_diag(7); load the modules inet_diag, tcp_diag and unix_diag" },
	[NEED_TERMINALS] = { "terminals", "pseudoterminals; mount devpts on /dev/pts" },
};

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

static int use_network(struct err *err)
{
	AUTO_CLOSE int raw = -1;
	int r = loopback_up(err);

	if (r < 0)
		return r;
	raw = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP);
	return raw < 0 ? err_sys(err, "a raw socket") : 0;
}

static int set_hostname(struct err *err)
{
	return sethostname("attempt", 7) < 0 ? err_sys(err, "sethostname") : 0;
}

static int enter_own_uts(struct err *err)
{
	AUTO_CLOSE int uts = open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC);

	if (uts < 0)
		return err_sys(err, "/proc/self/ns/uts");
	return setns(uts, CLONE_NEWUTS) < 0 ? err_sys(err, "setns") : 0;
}

/* In a container with a masked /proc: what the kernel must refuse. */
static int mount_nested_proc(struct err *err)
{
	int status;
	pid_t pid;

	if (unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID) < 0)
		return err_sys(err, "nested namespaces");
	pid = fork();
	if (pid == 0)
		_exit(mount("nsproof", "/proc", "proc", 0, NULL) == 0);
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return err_sys(err, "fork");
	if (status == 0)
		return 0;
	return err_set(err, EBUSY,
		       "an unmasked /proc of an outer system lies hidden below the root; "
		       "systemd-nspawn leaves it: run it outside");
}

/*
 * Who moved its root over the outer system's, instead of pivot_root(2), has that in its mount
 * namespace still, and the kernel takes it for visible. On a host it would be the kernel's fault:
 * only below another pid namespace it is asked for.
 */
static int try_sole_proc(const struct trial *t, struct err *err)
{
	struct stat st;

	if (stat("/proc/self/ns/pid", &st) < 0)
		return err_sys(err, "/proc/self/ns/pid");
	if (st.st_ino == INITIAL_PIDNS_INO)
		return 0;
	return trial_run(t, guard_closure(GUARD(DETACH) | GUARD(CWD) | GUARD(PROC) | GUARD(MASK)),
			 mount_nested_proc, err);
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
		return trial_run(t, GUARD(NET), make_bridge, err);
	case NEED_MASQUERADE:
		/* here, where the library can still be found: arenas and workers inherit it */
		if (nft_load(err) < 0)
			return -err->num;
		return trial_run(t, GUARD(NET), make_masquerade, err);
	case NEED_IPV6:
		return trial_run(t, GUARD(NET), bind_ipv6, err);
	case NEED_FILE_HANDLE:
		return trial_run(t, guard_closure(GUARD(TMP)), open_handle, err);
		return trial_run(t, GUARD(NET), bind_ipv6, err);
	case NEED_NET_ADMIN:
		return trial_run(t, GUARD(NET), use_network, err);
	case NEED_SETNS:
		return trial_run(t, GUARD(UTS), enter_own_uts, err);
	case NEED_SETHOSTNAME:
		return trial_run(t, GUARD(UTS), set_hostname, err);
	case NEED_SYSFS:
		*err = so_far->guard_why[GUARD_SYS];
		return so_far->arena & GUARD(SYS) ? 0 : -EPERM;
	case NEED_TIMERSLACK:
		/* the /proc that we find may be an outer pid namespace's */
		return trial_run(t, guard_closure(GUARD(PROC)), need_try_timerslack, err);
	case NEED_SOLE_PROC:
		return try_sole_proc(t, err);
	case NEED_SYSCTL:
		return trial_run(t, GUARD(UTS) | GUARD(IPC), open_sysctl, err);
	default:
		return need_try_kernel(need, err);
	}
}

void abilities_try(const struct spawner *spawner, const char *rootfs, int cgroup_dir,
		   need_set wanted, struct abilities *ret)
{
	struct trial t = { spawner, rootfs, cgroup_dir };

	*ret = (struct abilities){ 0 };
	trial_guards(&t, ret);
	for (int need = NEED_ARENA + 1; need < NEED_COUNT; need++)
		if (wanted & (NEED_BIT(need)) &&
		    try_need(&t, (enum need)need, ret, &ret->need_why[need]) == 0)
			ret->needs |= NEED_BIT(need);
}

need_set need_missing(const struct check *check, const struct abilities *abilities)
{
	return (check->needs | NEED(ARENA)) & ~abilities->needs;
}
