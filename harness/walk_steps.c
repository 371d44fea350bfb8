// SPDX-License-Identifier: MIT
/*
 * The steps of the guided tour: see walk_steps.h. The order is the story's: each step leaves open
 * what the next one closes, so no step may come before what it requires.
 */
#include "walk_steps.h"

#include <string.h>

#include "base/cleanup.h"

const struct walk_step walk_steps[] = {
	{
		.title = "A process, and nothing more",
		.text = "Nothing is switched on: a program is started as any other. It is nsproof's probe, "
			"which asks the kernel for things that belong to the host. What it reaches here "
			"is what a container has to hide, each thing by a mechanism of its own: the "
			"kernel knows no containers.",
	},
	{
		.title = "A mount namespace",
		.text = "clone(2) with CLONE_NEWNS: the process gets a copy of the table of mounts. The "
			"copy hides nothing. It does not even stand alone: mounts of the host are shared "
			"between copies (systemd makes them so), and whatever one side mounts appears on "
			"the other.",
		.adds = GUARD(MNT),
	},
	{
		.title = "Private mounts",
		.text = "mount(2) on \"/\" with MS_REC|MS_PRIVATE: from now on nothing propagates, and the "
			"container can mount what it likes without the host's seeing it. Everything that "
			"follows depends on this.",
		.adds = GUARD(PRIVATE),
	},
	{
		.title = "The image as root directory, by chroot",
		.text = "The unpacked directory is bound, so that it is a mount, and chroot(2) makes it "
			"\"/\". Paths of the host lead nowhere any more. But chroot(2) only moves the "
			"point where paths begin. All mounts are still there: a process that may call "
			"chroot(2) again climbs out, and a working directory outside stays outside.",
		.adds = GUARD(ROOT),
	},
	{
		.title = "pivot_root, with the old root still in view",
		.text = "pivot_root(\".\", \".\") makes the image the root of the mount namespace itself, "
			"and chdir(2) moves the process into it. The old root has not gone: it is mounted "
			"on the same directory as the new one, and its mounts are listed.",
		.adds = GUARD(PIVOT) | GUARD(CWD),
	},
	{
		.title = "Detach the old root",
		.text = "umount2(\".\", MNT_DETACH): now the host's file systems are in no table of the "
			"container, and there is nothing to climb back to.",
		.adds = GUARD(DETACH),
	},
	{
		.title = "The mistake that everyone makes first: /proc without a pid namespace",
		.text = "Programs want a /proc, so it has been mounted all along, and the container sees "
			"every process of the host. A new mount would show the same: a proc file system "
			"lists the pid namespace of whoever mounts it, and that is still the host's. Worse "
			"than the list is /proc/PID/root: it leads into the host's files, past every root "
			"directory, however well the old one was detached.",
		.closer = "@(pid|proc)/*",
		.watch = "processes",
	},
	{
		.title = "A pid namespace",
		.text = "CLONE_NEWPID: the container's first process is PID 1, and numbers of the host's "
			"processes mean nothing to kill(2) and pidfd_open(2). But /proc is still the old "
			"one, with the host's numbers in it.",
		.adds = GUARD(PID),
		.closer = "@(pid|proc)/*",
		.watch = "processes",
	},
	{
		.title = "A fresh /proc",
		.text = "Mounted from inside the pid namespace, proc lists the container's processes and "
			"no others. The order matters: namespace first, then mount.",
		.adds = GUARD(PROC),
	},
	{
		.title = "A network namespace",
		.text = "CLONE_NEWNET: no links but a loopback, which is down; no addresses, no routes. "
			"Abstract unix sockets go too, as they belong to the network. /sys is mounted "
			"afresh with it, because it lists the links of whoever mounts it.",
		.adds = GUARD(NET) | GUARD(SYS),
	},
	{
		.title = "A hostname",
		.text = "CLONE_NEWUTS, and sethostname(2) in it: the name changes here and nowhere else.",
		.adds = GUARD(UTS) | PROVIDE(HOSTNAME),
	},
	{
		.title = "The loopback",
		.text = "What is isolated must also be able to work. One netlink message sets the link "
			"\"lo\" up; the kernel gives it 127.0.0.1 and ::1.",
		.adds = PROVIDE(LO),
	},
	{
		.title = "A wire: veth, bridge, address, default route",
		.text = "A veth pair is a cable of two links. The host's end joins a bridge, the other is "
			"born inside the container as eth0 and gets an address and a default route to the "
			"bridge. A wire has two ends: what else can be seen along it?",
		.adds = PROVIDE(VETH),
	},
	{
		.title = "NAT",
		.text = "Beyond the host nobody knows a way back to the container's private address. An "
			"nftables rule lets what it sends out go under the host's address (masquerade).",
		.adds = PROVIDE(NAT),
	},
	{
		.title = "resolv.conf",
		.text = "No mechanism of the kernel: names are resolved by the C library, which looks for "
			"a server in /etc/resolv.conf. The file came with the wire, bound over the "
			"image's own, which is not written to.",
		.watch = "nameserver",
	},
	{
		.title = "An ipc namespace, and a minimal /dev",
		.text = "CLONE_NEWIPC: System V objects and POSIX message queues have tables of their own. "
			"/dev becomes a tmpfs with six harmless nodes, its own terminals, shared memory "
			"and message queues.",
		.adds = GUARD(IPC) | GUARD(DEV) | GUARD(MQUEUE),
	},
	{
		.title = "What the creator would leave behind",
		.text = "No namespace covers what a process inherits: open descriptors, the session and "
			"its keyring, the environment. One forgotten directory descriptor gives the host's "
			"files away (CVE-2024-21626).",
		.adds = GUARD(FDS) | GUARD(SESSION) | GUARD(KEYRING) | GUARD(ENV),
	},
	{
		.title = "A cgroup",
		.text = "A directory in the cgroup file system of the host, where limits can be set and "
			"the container can be killed as a whole. Its path tells the container how the "
			"host names things.",
		.adds = GUARD(LEAF),
	},
	{
		.title = "Cgroup and time namespaces",
		.text = "CLONE_NEWCGROUP makes that directory the root of what the container sees; "
			"CLONE_NEWTIME gives its monotonic clock an offset, so that it does not tell how "
			"long the host has been up.",
		.adds = GUARD(CGROUP) | GUARD(CGROUP2) | GUARD(TIME),
	},
	{
		.title = "A user namespace",
		.text = "CLONE_NEWUSER with ids mapped to a range that nobody on the host uses: root "
			"inside, nobody outside. Up to here the container's root was the host's, and "
			"only the lack of names and paths kept it from the host's things. The image is mounted "
			"with its owners mapped the same way.",
		.adds = GUARD(USER) | GUARD(IDS),
	},
	{
		.title = "Second walls",
		.text = "Capabilities dropped, no_new_privs, a seccomp filter, read-only and masked "
			"paths, /tmp and /run of its own. They close little that is still open: they are "
			"there for the day when one of the walls above has a hole. This is the container "
			"that 'nsproof run' starts.",
		.adds = GUARD(CAPS) | GUARD(NNP) | GUARD(SECCOMP) | GUARD(MASK) | GUARD(RO_PROC) |
			GUARD(RO_SYS) | GUARD(TMP),
	},
};

const size_t walk_step_count = ARRAY_SIZE(walk_steps);

/* clang-format off: one a line */
static const char *const asked[] = {
	"pid/kill-0",
	"pid/pidfd-open",
	"pid/getppid-zero",
	"pid/host-process-in-proc",
	"pid/host-cmdline",
	"proc/host-environ",
	"proc/host-root-link",
	"proc/mountinfo-no-host",
	"mount/canary-by-path",
	"mount/chroot-dotdot-escape",
	"mount/old-root-still-mounted",
	"mount/pivot-dot-dot",
	"mount/cwd-outside",
	"mount/mount-leaks-to-host",
	"mount/host-mount-enters",
	"net/if-visible",
	"net/loopback-tcp",
	"net/loopback-udp",
	"net/abstract-unix",
	"net/routes",
	"net/veth-nsid-getlink",
	"net/veth-gateway",
	"net/nat-out",
	"net/lo-up",
	"uts/sethostname-leaks",
	"uts/host-rename-enters",
	"ipc/shm-by-key",
	"ipc/mq-open",
	"fd/dir-fd-openat",
	"key/session-inherited",
	"user/read-root-only-file",
	"user/clone-newuser-fs",
	"cgroup/path-leak",
	"time/offset-differs",
	"open/boot-id",
};
/* clang-format on */

bool walk_asks(const char *id)
{
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++)
		if (!strcmp(asked[i], id))
			return true;
	return false;
}
