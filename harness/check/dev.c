// SPDX-License-Identifier: MIT
/* Suite dev: devices of the host, by name, by number and by terminal. */
#include <errno.h>

#include "check/canary.h"
#include "check/suites.h"

static const struct check checks[] = {
	{
		.id = "dev/only-expected",
		.question = "Does the container's /dev hold more than a container needs?",
		.canary = &canary_dev_entry,
		.walls = { WALL(DEV) },
		.blocked_as = { ABSENT },
		.effect = "/dev lists what is not on the list of devices that a container needs",
		.reference = "OCI runtime specification, default devices",
	},
	{
		.id = "dev/node-by-path",
		.question = "Can the container use a device of the host by its name?",
		.canary = &canary_dev_node,
		.walls = { WALL(DEV) },
		.blocked_as = { ENOENT },
		.needs = NEED(INIT_CAPS),
		.effect = "reading gives what only that device gives",
		.reference = "null(4), mknod(2)",
	},
	{
		.id = "dev/node-by-number",
		.question = "Can the container make a device by its numbers, and use it?",
		.walls = { WALL(USER), WALL(CAPS) },
		.blocked_as = { EPERM },
		.needs = NEED(INIT_CAPS),
		.effect = "reading gives what only that device gives",
		.reference = "mknod(2), user_namespaces(7)",
	},
	{
		.id = "dev/mknod-char",
		.question = "Can the container make a character device node?",
		.walls = { WALL(USER), WALL(CAPS) },
		.blocked_as = { EPERM },
		.needs = NEED(INIT_CAPS),
		.effect = "mknod(2) succeeds",
		.reference = "mknod(2), capabilities(7)",
	},
	{
		.id = "dev/mknod-block",
		.question = "Can the container make a block device node?",
		.walls = { WALL(USER), WALL(CAPS) },
		.blocked_as = { EPERM },
		.needs = NEED(INIT_CAPS),
		.effect = "mknod(2) succeeds",
		.reference = "mknod(2), capabilities(7)",
	},
	{
		.id = "dev/mount-devtmpfs",
		.question = "Can the container mount devtmpfs, which has every device of the host?",
		.walls = { WALL(USER), WALL(CAPS) },
		.blocked_as = { EPERM },
		.needs = NEED(INIT_CAPS) | NEED(HOST_FS),
		.effect = "fsmount(2) gives a mount",
		.reference = "user_namespaces(7), fsmount(2)",
	},
	{
		.id = "dev/shm-by-path",
		.question = "Can the container read a file in the host's /dev/shm?",
		.canary = &canary_shm_file,
		.walls = { WALL(DEV) },
		.blocked_as = { ENOENT },
		.reference = "shm_overview(7)",
	},
	{
		.id = "dev/pts-listed",
		.question = "Does the container see a terminal of the host in /dev/pts?",
		.canary = &canary_terminal,
		.walls = { WALL(DEV) },
		.blocked_as = { ENOENT },
		.effect = "stat(2) shows the terminal's node",
		.reference = "pts(4), Documentation/filesystems/devpts.rst",
	},
	{
		.id = "dev/pts-by-path",
		.question = "Can the container read what is typed at a terminal of the host?",
		.canary = &canary_terminal,
		.walls = { WALL(DEV), WALL(IDS) },
		.blocked_as = { ENOENT, EACCES },
		.reference = "pts(4), Documentation/filesystems/devpts.rst",
	},
	{
		.id = "dev/controlling-tty",
		.question = "Does /dev/tty open the terminal of the host's session?",
		.canary = &canary_controlling_terminal,
		.walls = { WALL(SESSION) },
		.blocked_as = { ENXIO },
		.effect = "/dev/tty opens",
		.reference = "tty(4), setsid(2)",
	},
	{
		.id = "dev/tiocsti",
		.question = "Can the container type into a terminal of the host?",
		.canary = &canary_leak_slave,
		.walls = { WALL(FDS), WALL(USER), WALL(CAPS) },
		.blocked_as = { EBADF, EPERM, EIO },
		.needs = NEED(INIT_CAPS),
		.reference = "TIOCSTI(2const), ioctl_tty(2)",
	},
	{
		.id = "dev/add-entropy",
		.question = "Can the container tell the kernel how much entropy it has?",
		.walls = { WALL(USER), WALL(CAPS) },
		.blocked_as = { EPERM },
		.needs = NEED(INIT_CAPS),
		.effect = "ioctl(RNDADDTOENTCNT) succeeds, with 0 bits",
		.reference = "random(4)",
	},
};

CHECK_SUITE(dev, checks);
