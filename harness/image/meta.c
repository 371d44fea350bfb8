// SPDX-License-Identifier: MIT
/* Owner, mode, times and extended attributes of what has been written: see meta.h. */
#include "image/meta.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/text.h"

int meta_plan(const struct entry *e, const struct meta_rules *rules, struct meta *ret,
	      struct err *err)
{
	const struct image_unpack_opts *o = &rules->opts;
	struct meta m = {
		.mode = e->mode & 07777,
		.times = { { .tv_nsec = UTIME_OMIT }, e->mtime },
	};

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

int meta_set_fd(int fd, const struct meta *m, const struct meta_rules *rules, const struct entry *e)
{
	int r;

	/* in this order: chown(2) clears setuid and capabilities */
	if ((!e || needs_chown(m, rules)) && !rules->opts.owners_dropped &&
	    fchown(fd, m->uid, m->gid) < 0)
		return -errno;
	r = e ? meta_set_xattrs(fd, rules, e) : 0;
	if (r < 0)
		return r;
	if (fchmod(fd, m->mode) < 0 || futimens(fd, m->times) < 0)
		return -errno;
	return 0;
}

int meta_set_at(int dirfd, const char *name, const struct meta *m, const struct meta_rules *rules,
		bool is_symlink)
{
	if (needs_chown(m, rules) && fchownat(dirfd, name, m->uid, m->gid, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	if (!is_symlink && fchmodat(dirfd, name, m->mode, 0) < 0)
		return -errno;
	return utimensat(dirfd, name, m->times, AT_SYMLINK_NOFOLLOW) < 0 ? -errno : 0;
}

/*
 * Capabilities count for the user namespace whose root they name; where owners are shifted, theirs
 * is the shifted root: capabilities(7), "File capability extended attribute versioning".
 */
static int set_shifted_caps(int fd, uint32_t shift, const struct entry_xattr *x)
{
	struct vfs_ns_cap_data caps;

	memcpy(&caps, x->value, XATTR_CAPS_SZ_2);
	caps.magic_etc = htole32(VFS_CAP_REVISION_3 |
				 (le32toh(caps.magic_etc) & VFS_CAP_FLAGS_MASK));
	caps.rootid = htole32(shift);
	return fsetxattr(fd, x->name, &caps, sizeof(caps), 0);
}

static int set_xattr(int fd, const struct meta_rules *rules, const struct entry_xattr *x)
{
	bool caps = !strcmp(x->name, "security.capability");

	if (caps && rules->opts.id_shift && x->size == XATTR_CAPS_SZ_2)
		return set_shifted_caps(fd, rules->opts.id_shift, x);
	if (caps || text_starts(x->name, "user."))
		return fsetxattr(fd, x->name, x->value, x->size, 0);
	return 0;
}

int meta_set_xattrs(int fd, const struct meta_rules *rules, const struct entry *e)
{
	for (size_t i = 0; i < e->xattr_count; i++)
		if (set_xattr(fd, rules, &e->xattrs[i]) < 0 && errno != EPERM && errno != ENOTSUP)
			return -errno;
	return 0;
}
