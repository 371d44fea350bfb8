// SPDX-License-Identifier: MIT
/* Devices: can the container name, make or drive one of the host? null(4), tty(4), devpts, mknod(2) */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "leaked.h"

#define MEMORY_MAJOR    1
#define ZERO_MINOR      5
#define LOOP_MAJOR      7
#define IOC_ADDTOENTCNT 0x40045201 /* RNDADDTOENTCNT, linux/random.h */

/*
 * A name for a node of its own in the root directory, or where that is somebody else's in /tmp: another
 * container may have the same directory at the same time. It goes at once.
 */
static const char *own_node(void)
{
	static char path[40];
	unsigned int number;

	if (MUST(getrandom(&number, sizeof(number), 0)) != sizeof(number))
		die("getrandom() is cut short");
	snprintf(path, sizeof(path), "%s/nsprobe-node-%08x", access("/", W_OK) ? "/tmp" : "",
		 number);
	return path;
}

static struct answer make_node(mode_t type, dev_t dev, const char *what)
{
	const char *path = own_node();

	if (mknod(path, type | 0600, dev))
		return blocked_errno(errno, "making %s", what);
	unlink(path);
	return reached(NO_TOKEN, "mknod(2) makes %s", what);
}

PROBE(dev_mknod_char, "makes a character device node, and removes it")
{
	return make_node(S_IFCHR, makedev(MEMORY_MAJOR, ZERO_MINOR), "a character device");
}

PROBE(dev_mknod_block, "makes a block device node, and removes it without opening it")
{
	return make_node(S_IFBLK, makedev(LOOP_MAJOR, 0), "a block device");
}

/* Reads the zeros that only this device gives. */
static struct answer read_zeros(const char *path)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char zeros[16], bytes[16];

	if (fd < 0)
		return blocked_errno(errno, "opening the node");
	memset(zeros, 0, sizeof(zeros));
	memset(bytes, 1, sizeof(bytes));
	if (read(fd, bytes, sizeof(bytes)) != sizeof(bytes) || memcmp(bytes, zeros, sizeof(bytes)))
		return failed("the node is another device");
	return reached(NO_TOKEN, "the device was read");
}

PROBE(dev_node_by_path, "reads from the canary node")
{
	return read_zeros(arg_str("path"));
}

PROBE(dev_node_by_number, "makes a node with the numbers of a device, and reads from it")
{
	const char *path = own_node();
	struct answer answer;

	if (mknod(path, S_IFCHR | 0600, makedev(MEMORY_MAJOR, ZERO_MINOR)))
		return blocked_errno(errno, "making the node");
	answer = read_zeros(path);
	unlink(path);
	return answer;
}

static bool is_expected(const char *name)
{
	static const char *const names[] = {
		".",   "..",   "null", "zero",   "full", "random", "urandom", "tty",    "console",
		"pts", "ptmx", "shm",  "mqueue", "fd",   "stdin",  "stdout",  "stderr",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

PROBE(dev_only_expected, "lists /dev and looks for more than a container needs")
{
	const struct dirent *entry;
	bool more = false;
	DIR *dev = opendir("/dev");

	if (!dev)
		return failed("/dev: %s", strerror(errno));
	while ((entry = readdir(dev)))
		more |= !is_expected(entry->d_name);
	closedir(dev);
	if (more)
		return reached(NO_TOKEN, "/dev holds more than a container needs");
	return blocked("absent", "/dev holds nothing unexpected");
}

PROBE(dev_shm_by_path, "opens the canary file in /dev/shm")
{
	return token_of_file(AT_FDCWD, arg_str("path"));
}

PROBE(dev_pts_by_path, "reads what is typed at the canary terminal")
{
	return token_of_file(AT_FDCWD, arg_str("path"));
}

PROBE(dev_pts_listed, "looks for the canary terminal in /dev/pts")
{
	struct stat st;

	if (stat(arg_str("path"), &st))
		return blocked_errno(errno, "stat of the terminal");
	return reached(NO_TOKEN, "stat(2) shows the terminal");
}

PROBE(dev_controlling_tty, "opens the terminal that controls its session")
{
	AUTO_CLOSE int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	if (fd < 0)
		return blocked_errno(errno, "opening /dev/tty");
	return reached(NO_TOKEN, "/dev/tty opens the host's terminal");
}

PROBE(dev_tiocsti, "types into the inherited terminal, character by character")
{
	const char *word = arg_str("word");
	int fd = leaked_fd();

	if (fd < 0)
		return not_leaked();
	for (const char *c = word; *c; c++)
		if (ioctl(fd, TIOCSTI, c))
			/* EIO is how dev.tty.legacy_tiocsti says no */
			return errno == EIO ? blocked("EIO", "ioctl(TIOCSTI) is switched off")
					    : blocked_errno(errno, "ioctl(TIOCSTI)");
	return acted("ioctl(TIOCSTI)");
}

PROBE(dev_add_entropy, "tells /dev/urandom of 0 bits of entropy")
{
	AUTO_CLOSE int fd = (int)MUST(open("/dev/urandom", O_RDONLY | O_CLOEXEC));
	int bits = 0;

	if (ioctl(fd, IOC_ADDTOENTCNT, &bits))
		return blocked_errno(errno, "ioctl(RNDADDTOENTCNT)");
	return reached(NO_TOKEN, "ioctl(RNDADDTOENTCNT) is allowed");
}
