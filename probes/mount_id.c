// SPDX-License-Identifier: MIT
/*
 * Mounts of another mount namespace by number. Newer than the headers of many C libraries:
 * Documentation of listmount(2) and statmount(2), include/uapi/linux/mount.h
 */
#include <stdint.h>
#include <sys/syscall.h>

#include "probe.h"

enum { STATMOUNT_CALL = 457, LISTMOUNT_CALL = 458, WANT_MNT_POINT = 0x10 };

#define ROOT_OF_NAMESPACE UINT64_MAX /* LSMT_ROOT */

/* struct mnt_id_req, version 1 */
struct request {
	uint32_t size, spare;
	uint64_t mnt_id, param, mnt_ns_id;
};

/* the beginning of struct statmount; its strings begin at byte 512 */
struct status {
	uint8_t before[108];
	uint32_t mnt_point;
	uint8_t behind[400];
	char strings[4096];
};

/* The mount point of a mount of that namespace; NULL and errno when the kernel refuses. */
static const char *mount_point(uint64_t ns, uint64_t id)
{
	struct request request = { sizeof(request), 0, id, WANT_MNT_POINT, ns };
	static struct status status;

	if (syscall(STATMOUNT_CALL, &request, &status, sizeof(status), 0))
		return NULL;
	if (status.mnt_point >= sizeof(status.strings))
		die("statmount() gives no mount point");
	return status.strings + status.mnt_point;
}

/* "/.../NAME:TOKEN" */
static const char *token_in(const char *point)
{
	const char *name = strrchr(point, '/');
	size_t len = strlen(arg_str("name"));

	if (!name || strncmp(name + 1, arg_str("name"), len) != 0 || name[1 + len] != ':')
		return NULL;
	return name + 1 + len + 1;
}

PROBE(mount_statmount_by_id, "asks for the canary's mount by its number")
{
	uint64_t ns = (uint64_t)arg_int("ns", 1, INT64_MAX);
	const char *point = mount_point(ns, (uint64_t)arg_int("mount", 1, INT64_MAX)), *token;

	if (!point)
		return blocked_errno(errno, "statmount()");
	token = token_in(point);
	if (!token)
		return blocked("absent", "that number is another mount");
	return reached(token, "statmount() tells the mount point");
}

PROBE(mount_listmount_by_ns, "lists the mounts of the host's mount namespace")
{
	uint64_t ns = (uint64_t)arg_int("ns", 1, INT64_MAX), ids[256];
	struct request request = { sizeof(request), 0, ROOT_OF_NAMESPACE, 0, ns };
	long count = syscall(LISTMOUNT_CALL, &request, ids, ARRAY_SIZE(ids), 0);

	if (count < 0)
		return blocked_errno(errno, "listmount()");
	for (long i = 0; i < count; i++) {
		const char *point = mount_point(ns, ids[i]);
		const char *token = point ? token_in(point) : NULL;

		if (token)
			return reached(token, "found it in the list");
	}
	return blocked("absent", "the list does not hold it");
}
