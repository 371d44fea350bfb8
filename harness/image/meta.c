// SPDX-License-Identifier: MIT
/* Owner, mode, times and extended attributes of what is written: see meta.h. */
#include "image/meta.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "image/acl.h"

int meta_plan(const struct entry *e, const struct meta_rules *rules, struct meta *ret,
	      struct err *err)
{
	const struct image_unpack_opts *o = &rules->opts;
	struct meta m = { .mode = e->mode & 07777, .times = { e->atime, e->mtime } };

	if (plan_owner(e->uid, o->id_shift, o->id_count, &m.uid) < 0 ||
	    plan_owner(e->gid, o->id_shift, o->id_count, &m.gid) < 0)
		return err_set(err, EBADMSG, "its owner %lld:%lld is out of range",
			       (long long)e->uid, (long long)e->gid);
	if (o->owners_dropped)
		m.mode &= (mode_t) ~(S_ISUID | S_ISGID);
	*ret = m;
	return 0;
}

/* A new file mostly has its owner already; asking again would cost a journal entry. */
static bool needs_chown(const struct meta *m, const struct meta_rules *rules)
{
	if (rules->opts.owners_dropped)
		return false;
	return m->uid != rules->uid || m->gid != rules->gid || rules->gid_inherited;
}

/* The same for a mode that it was created with. */
static bool needs_chmod(const struct meta *m, const struct meta_rules *rules)
{
	return m->mode & (rules->umask | S_ISUID | S_ISGID | S_ISVTX);
}

/* Where an attribute is set: an open file, or a path for what can't be opened. */
struct place {
	int fd;
	const char *path;
};

static int set(const struct place *at, const char *name, const void *value, size_t size)
{
	return at->path ? lsetxattr(at->path, name, value, size, 0)
			: fsetxattr(at->fd, name, value, size, 0);
}

/*
 * Capabilities count for the user namespace whose root they name; where owners are shifted, theirs
 * is the shifted root: capabilities(7), "File capability extended attribute versioning".
 */
static int set_shifted_caps(const struct place *at, uint32_t shift, const struct entry_xattr *x)
{
	struct vfs_ns_cap_data caps;

	memcpy(&caps, x->value, XATTR_CAPS_SZ_2);
	caps.magic_etc = htole32(VFS_CAP_REVISION_3 |
				 (le32toh(caps.magic_etc) & VFS_CAP_FLAGS_MASK));
	caps.rootid = htole32(shift);
	return set(at, x->name, &caps, sizeof(caps));
}

/* The ids in a list are owners too. */
static int set_acl(const struct place *at, const struct meta_rules *rules,
		   const struct entry_xattr *x)
{
	AUTO_FREE void *value = malloc(x->size);
	int r;

	if (!value) {
		errno = ENOMEM;
		return -1;
	}
	memcpy(value, x->value, x->size);
	r = acl_shift(value, x->size, rules->opts.id_shift, rules->opts.id_count);
	if (r < 0) {
		errno = -r;
		return -1;
	}
	return set(at, x->name, value, x->size);
}

/*
 * What belongs to the host's own machinery (overlayfs, SELinux, IMA) is left out: it would mean
 * something else here than where it was written.
 */
static int set_xattr(const struct place *at, const struct meta_rules *rules,
		     const struct entry_xattr *x)
{
	const char *name = x->name;

	if (!strcmp(name, "security.capability"))
		return rules->opts.id_shift && x->size == XATTR_CAPS_SZ_2
			       ? set_shifted_caps(at, rules->opts.id_shift, x)
			       : set(at, name, x->value, x->size);
	if (text_starts(name, "system.posix_acl_"))
		return set_acl(at, rules, x);
	if ((text_starts(name, "user.") && !text_starts(name, "user.overlay.")) ||
	    (text_starts(name, "trusted.") && !text_starts(name, "trusted.overlay.")))
		return set(at, name, x->value, x->size);
	errno = EPERM;
	return -1;
}

static int set_xattrs(const struct place *at, const struct meta_rules *rules, struct meta_xattrs *x,
		      struct err *err)
{
	for (size_t i = 0; i < x->count; i++) {
		char shown[160];
		int num;

		if (set_xattr(at, rules, &x->list[i]) == 0)
			continue;
		/* EINVAL: what only looks like a list or a set of capabilities */
		if (errno == EPERM || errno == ENOTSUP || errno == EINVAL) {
			x->refused++;
			continue;
		}
		num = errno == E2BIG || errno == ERANGE ? EBADMSG : errno;
		text_escape(shown, sizeof(shown), x->list[i].name, strlen(x->list[i].name));
		return err_set(err, num, "its extended attribute '%s': %s", shown, strerror(errno));
	}
	return 0;
}

static int fail(struct err *err)
{
	return err_sys(err, "its owner, mode or time");
}

static int set_all(int fd, const struct meta *m, const struct meta_rules *rules, bool chmod,
		   struct meta_xattrs *xattrs, struct err *err)
{
	/* in this order: chown(2) clears setuid and capabilities */
	if (needs_chown(m, rules) && fchown(fd, m->uid, m->gid) < 0)
		return fail(err);
	if (xattrs->count && set_xattrs(&(struct place){ .fd = fd }, rules, xattrs, err) < 0)
		return -err->num;
	/* a list changes the mode's bits of the group */
	if ((chmod || xattrs->count) && fchmod(fd, m->mode) < 0)
		return fail(err);
	return futimens(fd, m->times) < 0 ? fail(err) : 0;
}

int meta_set_fd(int fd, const struct meta *m, const struct meta_rules *rules,
		struct meta_xattrs *xattrs, struct err *err)
{
	return set_all(fd, m, rules, needs_chmod(m, rules), xattrs, err);
}

int meta_set_dir(int fd, const struct meta *m, const struct meta_rules *rules,
		 struct meta_xattrs *xattrs, struct err *err)
{
	return set_all(fd, m, rules, true, xattrs, err);
}

int meta_set_at(int dirfd, const char *name, const struct meta *m, const struct meta_rules *rules,
		bool is_symlink, struct meta_xattrs *xattrs, struct err *err)
{
	char path[64 + NAME_MAX];

	if (needs_chown(m, rules) && fchownat(dirfd, name, m->uid, m->gid, AT_SYMLINK_NOFOLLOW) < 0)
		return fail(err);
	if (xattrs->count) {
		snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", dirfd, name);
		if (set_xattrs(&(struct place){ .path = path }, rules, xattrs, err) < 0)
			return -err->num;
	}
	if (!is_symlink && (needs_chmod(m, rules) || xattrs->count) &&
	    fchmodat(dirfd, name, m->mode, 0) < 0)
		return fail(err);
	return utimensat(dirfd, name, m->times, AT_SYMLINK_NOFOLLOW) < 0 ? fail(err) : 0;
}
