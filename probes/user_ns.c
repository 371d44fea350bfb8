// SPDX-License-Identifier: MIT
/* The kernel's rules about who may enter, see and make user namespaces. setns(2), unshare(2) */
#include <linux/nsfs.h>
#include <sched.h>
#include <sys/ioctl.h>

#include "probe.h"
#include "userns.h"

static struct answer was_entered(int fd, int type)
{
	if (setns(fd, type) < 0)
		return blocked_errno(errno, "setns()");
	return reached(NO_TOKEN, "setns() is allowed");
}

/* The legal twin of both: into a user namespace below. */
static struct answer enter_below(void)
{
	AUTO_CLOSE int fd = userns_open(userns_child(0), "user");

	return was_entered(fd, CLONE_NEWUSER);
}

PROBE(user_setns_own, "enters the user namespace that it is in")
{
	AUTO_CLOSE int fd = -1;

	if (is_twin())
		return enter_below();
	userns_enter(0);
	fd = userns_open(0, "user");
	return was_entered(fd, CLONE_NEWUSER);
}

PROBE(user_setns_parent, "enters the user namespace that it came from")
{
	AUTO_CLOSE int fd = -1;

	if (is_twin())
		return enter_below();
	fd = userns_open(0, "user");
	userns_enter(0);
	return was_entered(fd, CLONE_NEWUSER);
}

PROBE(user_setns_sibling_net, "enters the network of a user namespace beside its own")
{
	pid_t child = userns_child(CLONE_NEWNET);
	AUTO_CLOSE int user = userns_open(child, "user"), net = userns_open(child, "net");

	/* the legal twin: from the user namespace that the network belongs to */
	if (is_twin())
		MUST(setns(user, CLONE_NEWUSER));
	else
		userns_enter(0);
	return was_entered(net, CLONE_NEWNET);
}

PROBE(user_ns_get_parent, "asks for the user namespace above its own")
{
	AUTO_CLOSE int fd = -1, parent = -1;

	/* the legal twin: above one that lies below its own */
	fd = userns_open(is_twin() ? userns_child(0) : 0, "user");
	parent = ioctl(fd, NS_GET_PARENT);
	if (parent < 0)
		return blocked_errno(errno, "NS_GET_PARENT");
	return reached(NO_TOKEN, "NS_GET_PARENT gives a user namespace");
}

PROBE(user_chroot_then_userns, "makes a user namespace from within a chroot")
{
	if (!is_twin() && chroot("/proc") < 0)
		return blocked_errno(errno, "chroot()");
	if (unshare(CLONE_NEWUSER) < 0)
		return blocked_errno(errno, "unshare(CLONE_NEWUSER)");
	return reached(NO_TOKEN, "unshare(CLONE_NEWUSER) is allowed");
}

PROBE(user_nested_depth, "makes a user namespace within another, 64 times")
{
	/* the legal twin: twice */
	int depth = is_twin() ? 2 : 64;
	char map[32];

	for (int i = 0; i < depth; i++) {
		unsigned int uid = geteuid(), gid = getegid();

		if (unshare(CLONE_NEWUSER) < 0)
			return blocked_errno(errno, "unshare(CLONE_NEWUSER)");
		/* without a map of its ids a process can make no other one */
		MUST(userns_write(0, "setgroups", "deny"));
		MUST(userns_write(0, "gid_map", userns_map(map, gid)));
		if (userns_write(0, "uid_map", userns_map(map, uid)) < 0)
			return blocked_errno(errno, "a map of one's own user");
	}
	return reached(NO_TOKEN, "unshare(CLONE_NEWUSER) is allowed at every depth");
}
