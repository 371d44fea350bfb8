// SPDX-License-Identifier: MIT
/* POSIX access control lists: see acl.h. */
#include "image/acl.h"

#include <archive.h>
#include <archive_entry.h>
#include <endian.h>
#include <errno.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>
#include <stdlib.h>
#include <string.h>

#include "image/plan.h"

static int tag_of(int tag)
{
	switch (tag) {
	case ARCHIVE_ENTRY_ACL_USER_OBJ:
		return ACL_USER_OBJ;
	case ARCHIVE_ENTRY_ACL_USER:
		return ACL_USER;
	case ARCHIVE_ENTRY_ACL_GROUP_OBJ:
		return ACL_GROUP_OBJ;
	case ARCHIVE_ENTRY_ACL_GROUP:
		return ACL_GROUP;
	case ARCHIVE_ENTRY_ACL_MASK:
		return ACL_MASK;
	case ARCHIVE_ENTRY_ACL_OTHER:
		return ACL_OTHER;
	default:
		return -EINVAL;
	}
}

/* libarchive's bits of execute, write and read are 1, 2 and 4, as the kernel's are */
#define PERMS (ARCHIVE_ENTRY_ACL_EXECUTE | ARCHIVE_ENTRY_ACL_WRITE | ARCHIVE_ENTRY_ACL_READ)

/* The order in which the kernel wants entries: by tag, then by id. */
static int by_tag(const void *left, const void *right)
{
	const struct posix_acl_xattr_entry *a = left, *b = right;
	uint32_t id_a = le32toh(a->e_id), id_b = le32toh(b->e_id);

	if (a->e_tag != b->e_tag)
		return le16toh(a->e_tag) < le16toh(b->e_tag) ? -1 : 1;
	return (id_a > id_b) - (id_a < id_b);
}

int acl_from_entry(struct archive_entry *e, int type, uint8_t ret[ACL_SIZE_MAX])
{
	const struct posix_acl_xattr_header header = { htole32(POSIX_ACL_XATTR_VERSION) };
	struct posix_acl_xattr_entry list[100];
	int got_type, perms, tag, id, kernel_tag;
	const char *name;
	size_t n = 0;

	if (!archive_entry_acl_count(e, type) || !archive_entry_acl_reset(e, type))
		return 0;
	while (archive_entry_acl_next(e, type, &got_type, &perms, &tag, &id, &name) == ARCHIVE_OK) {
		kernel_tag = tag_of(tag);
		if (kernel_tag < 0 || n == sizeof(list) / sizeof(list[0]))
			return -EINVAL;
		if (kernel_tag != ACL_USER && kernel_tag != ACL_GROUP)
			id = ACL_UNDEFINED_ID;
		else if (id < 0)
			return -EINVAL;
		list[n++] = (struct posix_acl_xattr_entry){
			.e_tag = htole16((uint16_t)kernel_tag),
			.e_perm = htole16((uint16_t)(perms & PERMS)),
			.e_id = htole32((uint32_t)id),
		};
	}
	if (!n)
		return 0;
	qsort(list, n, sizeof(list[0]), by_tag);
	memcpy(ret, &header, sizeof(header));
	memcpy(ret + sizeof(header), list, n * sizeof(list[0]));
	return (int)(sizeof(header) + n * sizeof(list[0]));
}

int acl_shift(void *value, size_t size, uint32_t shift, uint32_t count)
{
	struct posix_acl_xattr_header header;
	uint8_t *at = value, *end = at + size;

	if (size < sizeof(header) || (size - sizeof(header)) % sizeof(struct posix_acl_xattr_entry))
		return -EINVAL;
	memcpy(&header, at, sizeof(header));
	if (le32toh(header.a_version) != POSIX_ACL_XATTR_VERSION)
		return -EINVAL;
	for (at += sizeof(header); at < end; at += sizeof(struct posix_acl_xattr_entry)) {
		struct posix_acl_xattr_entry entry;
		uint32_t id;

		memcpy(&entry, at, sizeof(entry));
		if (le16toh(entry.e_tag) != ACL_USER && le16toh(entry.e_tag) != ACL_GROUP)
			continue;
		if (plan_owner(le32toh(entry.e_id), shift, count, &id) < 0)
			return -ERANGE;
		entry.e_id = htole32(id);
		memcpy(at, &entry, sizeof(entry));
	}
	return 0;
}
