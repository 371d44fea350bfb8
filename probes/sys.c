// SPDX-License-Identifier: MIT
/*
 * /sys and its like: what of the host's kernel can be seen and set? sysfs(5), network_namespaces(7).
 * What opens for writing is closed again at once.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/statvfs.h>

#include "mnt.h"
#include "probe.h"

#define FIRMWARE "/sys/firmware"

static const char *alias_path(void)
{
	static char path[128];

	snprintf(path, sizeof(path), "/sys/class/net/%s/ifalias", arg_str("link"));
	return path;
}

static struct answer open_for_writing(const char *path, const char *what)
{
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return blocked_errno(errno, "opening %s for writing", what);
	return reached(NO_TOKEN, "%s opens for writing", what);
}

PROBE(sys_class_net, "reads the alias of the canary link in /sys/class/net")
{
	return token_of_file(AT_FDCWD, alias_path());
}

PROBE(sys_link_alias_for_write, "opens the alias of the canary link for writing")
{
	return open_for_writing(alias_path(), "the alias of a link of the host");
}

PROBE(sys_link_listed, "looks for the canary link in the list of /sys/class/net")
{
	const char *link = arg_str("link");
	DIR *dir = opendir("/sys/class/net");
	const struct dirent *entry;
	bool there = false;

	if (!dir)
		return failed("/sys/class/net: %s", strerror(errno));
	while ((entry = readdir(dir)))
		there |= !strcmp(entry->d_name, link);
	closedir(dir);
	if (there)
		return reached(NO_TOKEN, "/sys/class/net lists a link of the host");
	return blocked("absent", "/sys/class/net does not list it");
}

PROBE(sys_kernel_knob, "opens /sys/kernel/rcu_expedited for writing")
{
	return open_for_writing("/sys/kernel/rcu_expedited", "a switch of the kernel");
}

PROBE(sys_module_parameter, "opens a parameter of printk for writing")
{
	return open_for_writing("/sys/module/printk/parameters/time", "a module parameter");
}

PROBE(sys_device_uevent, "opens the uevent file of the device null for writing")
{
	return open_for_writing("/sys/devices/virtual/mem/null/uevent", "a device's uevent file");
}

PROBE(sys_driver_probe, "opens drivers_probe of the platform bus for writing")
{
	return open_for_writing("/sys/bus/platform/drivers_probe", "the probing of drivers");
}

PROBE(sys_workqueue_cpumask, "opens the CPU mask of all work queues for writing")
{
	return open_for_writing("/sys/devices/virtual/workqueue/cpumask",
				"the CPU mask of work queues");
}

static struct answer list_firmware(const char *how)
{
	DIR *dir = opendir(FIRMWARE);
	const struct dirent *entry;
	bool some = false;

	if (!dir)
		return failed(FIRMWARE ": %s", strerror(errno));
	while ((entry = readdir(dir)))
		some |= entry->d_name[0] != '.';
	closedir(dir);
	if (some)
		return reached(NO_TOKEN, "%s tells of the firmware", how);
	return blocked("absent", "%s is empty", how);
}

PROBE(sys_firmware, "lists " FIRMWARE)
{
	return list_firmware(FIRMWARE);
}

PROBE(sys_firmware_uncovered, "unmounts what covers " FIRMWARE)
{
	if (umount2(FIRMWARE, MNT_DETACH))
		return blocked_errno(errno, "unmounting the cover");
	return list_firmware(FIRMWARE " without its cover");
}

PROBE(sys_remount_writable, "makes the read-only /sys writable")
{
	unsigned long flags = MS_REMOUNT | MS_BIND | MS_NOSUID | MS_NODEV | MS_NOEXEC;
	struct statvfs st;

	if (mount(NULL, "/sys", NULL, flags, NULL))
		return blocked_errno(errno, "remounting /sys");
	MUST(statvfs("/sys", &st));
	if (st.f_flag & ST_RDONLY)
		return failed("/sys is still read-only");
	return reached(NO_TOKEN, "/sys is writable");
}

/* A mount that is attached nowhere, and goes with its descriptor. */
static struct answer mount_new(const char *type)
{
	AUTO_CLOSE int fd = mnt_new(type);

	if (fd < 0)
		return blocked_errno(errno, "mounting %s", type);
	return reached(NO_TOKEN, "%s can be mounted", type);
}

PROBE(sys_mount_sysfs, "mounts a writable sysfs of its own")
{
	return mount_new("sysfs");
}

PROBE(sys_mount_debugfs, "mounts debugfs")
{
	return mount_new("debugfs");
}

PROBE(sys_mount_tracefs, "mounts tracefs")
{
	return mount_new("tracefs");
}

PROBE(sys_mount_securityfs, "mounts securityfs")
{
	return mount_new("securityfs");
}

PROBE(sys_mount_pstore, "mounts pstore")
{
	return mount_new("pstore");
}

PROBE(dev_mount_devtmpfs, "mounts devtmpfs, which has every device of the host")
{
	return mount_new("devtmpfs");
}
