// SPDX-License-Identifier: MIT
/*
 * Mount propagation: whoever shares a peer group sees what the others mount and unmount.
 * mount_namespaces(7), "Shared subtrees"
 */
#include <limits.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "mnt.h"

enum { FD_LAST = 1023, SET_GROUP = 0x100 /* MOVE_MOUNT_SET_GROUP, Linux 5.15 */ };

/* Below this all probes that need mounts of their own make them: a directory that always is. */
#define OWN "/proc"

static const char *token_below(const char *dir)
{
	static char path[PATH_MAX];

	if ((size_t)snprintf(path, sizeof(path), "%s/token", dir) >= sizeof(path))
		die("a path is too long");
	return path;
}

/* Mounts a tmpfs with the token on the directory, and leaves the rest to the witness. */
static struct answer mount_token(const char *dir)
{
	const char *token = arg_str("token");
	AUTO_CLOSE int fd = -1;

	if (mount("nsproof", dir, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=64k"))
		return blocked_errno(errno, "mounting a tmpfs");
	fd = (int)MUST(open(token_below(dir), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
	if (MUST(write(fd, token, strlen(token))) != (long)strlen(token))
		return failed("the token was not written whole");
	return acted("mounted a tmpfs and wrote the token");
}

PROBE(propagation_umount_leaks_to_host, "unmounts its copy of a mount of the host")
{
	if (umount2(arg_str("path"), MNT_DETACH))
		return blocked_errno(errno, "umount2()");
	return acted("unmounted its copy");
}

PROBE(propagation_host_umount_enters, "looks for a file that the host uncovers after the start")
{
	char dir[PATH_MAX];

	snprintf(dir, sizeof(dir), "%s/dir", arg_str("path"));
	wait_for_go();
	return token_of_file(AT_FDCWD, token_below(dir));
}

PROBE(propagation_host_bind_enters, "looks for a bind that the host makes after the start")
{
	wait_for_go();
	return token_of_file(AT_FDCWD, token_below(arg_str("dir")));
}

PROBE(propagation_slave_receives, "makes every mount a slave, and looks for a mount of the host")
{
	if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL))
		return blocked_errno(errno, "mount(MS_SLAVE)");
	wait_for_go();
	return token_of_file(AT_FDCWD, token_below(arg_str("dir")));
}

PROBE(propagation_shared_again, "makes every mount shared, and mounts a tmpfs with a token")
{
	if (mount(NULL, "/", NULL, MS_REC | MS_SHARED, NULL))
		return blocked_errno(errno, "mount(MS_SHARED)");
	return mount_token(arg_str("dir"));
}

/* The twin leaves propagation as it is. */
static struct answer mount_after(unsigned long type, const char *name)
{
	if (!arg_given("twin") && mount(NULL, "/", NULL, MS_REC | type, NULL))
		return blocked_errno(errno, "mount(%s)", name);
	return mount_token(arg_str("dir"));
}

PROBE(propagation_slave_is_silent, "makes every mount a slave, and mounts a tmpfs with a token")
{
	return mount_after(MS_SLAVE, "MS_SLAVE");
}

PROBE(propagation_private_is_silent, "makes every mount private, and mounts a tmpfs with a token")
{
	return mount_after(MS_PRIVATE, "MS_PRIVATE");
}

/* Is the canary's copy, as mountinfo shows it, tied to that peer group in this way? */
static bool is_tied(const char *how)
{
	AUTO_FREE char *text = read_all("/proc/self/mountinfo", NULL);
	char field[64];
	long long group = arg_int("group", 1, INT_MAX);

	if (!text)
		die("/proc/self/mountinfo cannot be read");
	snprintf(field, sizeof(field), " %s:%lld ", how, group);
	return strstr(text, field) != NULL;
}

PROBE(propagation_peer_of_host, "looks for a peer of the host's mount in mountinfo")
{
	if (is_tied("shared"))
		return reached(NO_TOKEN, "a mount is in the host's peer group");
	return blocked("absent", "no mount is in the host's peer group");
}

PROBE(propagation_slave_of_host, "looks for a peer or slave of the host's mount in mountinfo")
{
	if (is_tied("shared") || is_tied("master"))
		return reached(NO_TOKEN, "a mount receives from the host's peer group");
	return blocked("absent", "no mount receives from the host's peer group");
}

PROBE(propagation_set_group, "joins the peer group of a mount of the host by a descriptor")
{
	const char *path = arg_str("path");
	int num = EBADF;

	for (int fd = STDERR_FILENO + 1; fd <= FD_LAST; fd++) {
		if (!sys_move_mount(fd, "", AT_FDCWD, path, SET_GROUP))
			return mount_token(path);
		if (errno != EBADF)
			num = errno;
	}
	if (num == EBADF)
		return blocked("absent", "no descriptor is inherited");
	return blocked_errno(num, "move_mount(MOVE_MOUNT_SET_GROUP)");
}

PROBE(propagation_leaked_clone, "attaches an inherited clone of a mount, and mounts on it")
{
	int num = EBADF;

	for (int fd = STDERR_FILENO + 1; fd <= FD_LAST; fd++) {
		if (!sys_move_mount(fd, "", AT_FDCWD, OWN, 0))
			return mount_token(OWN);
		if (errno != EBADF)
			num = errno;
	}
	if (num == EBADF)
		return blocked("absent", "no descriptor is inherited");
	return blocked_errno(num, "move_mount()");
}

/* A tmpfs of its own, private, with two directories. False and errno when it may not mount. */
static bool make_own(void)
{
	if (mount("nsproof", OWN, "tmpfs", 0, "size=64k"))
		return false;
	MUST(mount(NULL, OWN, NULL, MS_PRIVATE, NULL));
	MUST(mkdir(OWN "/one", 0755));
	MUST(mkdir(OWN "/two", 0755));
	return true;
}

/* A mount below it; of this type unless it is the twin. */
static void make_inner(const char *dir, unsigned long type)
{
	MUST(mount("nsproof", dir, "tmpfs", 0, "size=64k"));
	MUST(mount(NULL, dir, NULL, arg_given("twin") ? MS_PRIVATE : type, NULL));
}

PROBE(propagation_unbindable_clone, "clones a tree with an unbindable mount in it")
{
	AUTO_CLOSE int clone = -1;

	if (!make_own())
		return blocked_errno(errno, "mounting a tmpfs");
	make_inner(OWN "/one", MS_UNBINDABLE);
	MUST(mkdir(OWN "/one/inside", 0755));
	clone = (int)MUST(sys_open_tree(AT_FDCWD, OWN, OPEN_TREE_CLONE | AT_RECURSIVE));
	if (faccessat(clone, "one/inside", F_OK, 0))
		return blocked_errno(errno, "looking into the clone");
	return reached(NO_TOKEN, "the clone holds the mount");
}

PROBE(propagation_move_from_shared, "moves a mount away from below a shared one")
{
	if (!make_own())
		return blocked_errno(errno, "mounting a tmpfs");
	make_inner(OWN "/one", MS_SHARED);
	MUST(mkdir(OWN "/one/inside", 0755));
	MUST(mount("nsproof", OWN "/one/inside", "tmpfs", 0, "size=64k"));
	if (mount(OWN "/one/inside", OWN "/two", NULL, MS_MOVE, NULL))
		return blocked_errno(errno, "mount(MS_MOVE)");
	return reached(NO_TOKEN, "the mount is moved");
}

PROBE(propagation_unbindable_to_shared, "moves an unbindable mount to below a shared one")
{
	if (!make_own())
		return blocked_errno(errno, "mounting a tmpfs");
	MUST(mount("nsproof", OWN "/two", "tmpfs", 0, "size=64k"));
	MUST(mount(NULL, OWN "/two", NULL, MS_SHARED, NULL));
	MUST(mkdir(OWN "/two/inside", 0755));
	make_inner(OWN "/one", MS_UNBINDABLE);
	if (mount(OWN "/one", OWN "/two/inside", NULL, MS_MOVE, NULL))
		return blocked_errno(errno, "mount(MS_MOVE)");
	return reached(NO_TOKEN, "the mount is moved");
}

PROBE(propagation_pivot_to_shared, "changes the root to a shared mount")
{
	if (!make_own())
		return blocked_errno(errno, "mounting a tmpfs");
	make_inner(OWN "/one", MS_SHARED);
	MUST(chdir(OWN "/one"));
	if (syscall(SYS_pivot_root, ".", "."))
		return blocked_errno(errno, "pivot_root()");
	return reached(NO_TOKEN, "it is the root now");
}
