// SPDX-License-Identifier: MIT
/*
 * POSIX access control lists as the kernel takes them: the value of the extended attributes
 * system.posix_acl_access and system.posix_acl_default (linux/posix_acl_xattr.h). Pure.
 */
#ifndef NSPROOF_IMAGE_ACL_H
#define NSPROOF_IMAGE_ACL_H

#include <stddef.h>
#include <stdint.h>

struct archive_entry;

#define ACL_ACCESS  "system.posix_acl_access"
#define ACL_DEFAULT "system.posix_acl_default"

/* a header and 100 entries; more is no list of a person */
#define ACL_SIZE_MAX (4 + 100 * 8)

/*
 * The list that a tar archive states as text (SCHILY.acl.access, SCHILY.acl.default: star(5), GNU
 * tar and bsdtar write it), of the libarchive type `type`. Returns its size, 0 when there is none,
 * or -EINVAL when it can't be expressed: too many entries, or a name without an id.
 */
int acl_from_entry(struct archive_entry *entry, int type, uint8_t ret[ACL_SIZE_MAX]);

/* Applies plan_owner() to the ids in a list. -EINVAL: it is none; -ERANGE. */
int acl_shift(void *value, size_t size, uint32_t shift, uint32_t count);

#endif
