// SPDX-License-Identifier: MIT
/* Mounts without a path: see mnt.h. fsopen(2), fsmount(2) */
#include "mnt.h"

int mnt_new(const char *type)
{
	AUTO_CLOSE int fs = (int)syscall(SYS_fsopen, type, FSOPEN_CLOEXEC);

	if (fs < 0 || sys_fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL) < 0)
		return -1;
	return (int)syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID);
}
