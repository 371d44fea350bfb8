// SPDX-License-Identifier: MIT
/* The loopback link: netdevice(7). Apart from netlink.c, for what starts first has no libnl. */
#include <linux/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "kernel/netlink.h"

int loopback_up(struct err *err)
{
	AUTO_CLOSE int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq req = { .ifr_name = "lo" };

	if (fd < 0)
		return err_sys(err, "open a socket to set up the loopback link");
	if (ioctl(fd, SIOCGIFFLAGS, &req) < 0)
		return err_sys(err, "read the flags of the loopback link");
	req.ifr_flags |= IFF_UP;
	if (ioctl(fd, SIOCSIFFLAGS, &req) < 0)
		return err_sys(err, "set up the loopback link");
	return 0;
}
