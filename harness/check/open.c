// SPDX-License-Identifier: MIT
/* Suite open: what no guard hides, by design; a change is news. */
#include <errno.h>

#include "check/canary.h"
#include "check/suites.h"

static const struct check checks[] = {
	{
		.id = "open/boot-id",
		.question = "Is the host's boot id visible in the container?",
		.kind = KIND_OPEN,
		.canary = &canary_boot_id,
		.reference = "random(4), proc(5)",
	},
	{
		.id = "open/kernel-release",
		.question = "Is the release of the host's kernel visible in the container?",
		.kind = KIND_OPEN,
		.canary = &canary_release,
		.reference = "uname(2)",
	},
	{
		.id = "open/kernel-command-line",
		.question = "Is the command line of the host's kernel visible in the container?",
		.kind = KIND_OPEN,
		.canary = &canary_command_line,
		.reference = "proc_cmdline(5)",
	},
	{
		.id = "open/memory-size",
		.question = "Is the size of the host's memory visible in the container?",
		.kind = KIND_OPEN,
		.canary = &canary_memory,
		.reference = "proc_meminfo(5)",
	},
	{
		.id = "open/partitions",
		.question = "Are the disks of the host visible in the container?",
		.kind = KIND_OPEN,
		.canary = &canary_partitions,
		.reference = "proc_partitions(5)",
	},
	{
		.id = "open/filesystems",
		.question = "Are the file systems of the host's kernel visible in the container?",
		.kind = KIND_OPEN,
		.canary = &canary_filesystems,
		.reference = "proc_filesystems(5)",
	},
	{
		.id = "open/drivers",
		.question = "Are the drivers of the host's kernel visible in the container?",
		.kind = KIND_OPEN,
		.canary = &canary_drivers,
		.reference = "proc_devices(5)",
	},
};

CHECK_SUITE(open, checks);
