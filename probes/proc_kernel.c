// SPDX-License-Identifier: MIT
/*
 * What /proc tells and lets one set of the whole machine. Nothing is written: that a file opens for
 * writing is the proof. proc(5)
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "process.h"

#define PFN_MASK ((UINT64_C(1) << 55) - 1) /* Documentation/admin-guide/mm/pagemap.rst */

enum { LINES_ENOUGH = 4096 };

static struct answer opens(const char *path, int flags)
{
	AUTO_CLOSE int fd = open(path, flags | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return blocked_errno(errno, "opening %s", path);
	return reached(NO_TOKEN, "%s opens", path);
}

/* A file that may be covered by an empty one. */
static struct answer has_content(const char *path)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	char byte;

	if (fd < 0)
		return blocked_errno(errno, "opening %s", path);
	if (MUST(read(fd, &byte, 1)) == 0)
		return blocked("absent", "%s is empty", path);
	return reached(NO_TOKEN, "%s can be read", path);
}

/*
 * Addresses of the kernel are shown as zeros to whom they are not meant for. All are then, else only
 * those of a few symbols at the beginning: so the first lines of very many are enough.
 */
static struct answer has_address(const char *path)
{
	FILE *file = fopen(path, "re");
	bool found = false;
	char line[512];
	int lines = 0;

	if (!file)
		return failed("%s cannot be read", path);
	while (!found && lines < LINES_ENOUGH && fgets(line, sizeof(line), file)) {
		found = strtoull(line, NULL, 16);
		lines++;
	}
	fclose(file);
	if (found)
		return reached(NO_TOKEN, "%s shows addresses", path);
	if (!lines)
		return failed("%s cannot be read", path);
	return blocked("absent", "%s shows zeros only", path);
}

PROBE(proc_timer_list, "reads the timers of all processors")
{
	return has_content("/proc/timer_list");
}

PROBE(proc_kpagecount, "reads how often each page of memory is mapped")
{
	return opens("/proc/kpagecount", O_RDONLY);
}

PROBE(proc_vmallocinfo, "reads where the kernel's memory lies")
{
	return has_content("/proc/vmallocinfo");
}

PROBE(proc_kmsg_open, "opens the kernel's log without reading it")
{
	return opens("/proc/kmsg", O_RDONLY);
}

PROBE(proc_core_pattern_open, "opens the program for core dumps for writing")
{
	return opens("/proc/sys/kernel/core_pattern", O_WRONLY);
}

PROBE(proc_drop_caches_open, "opens the switch that drops caches for writing")
{
	return opens("/proc/sys/vm/drop_caches", O_WRONLY);
}

PROBE(proc_printk_open, "opens the level of the console's messages for writing")
{
	return opens("/proc/sys/kernel/printk", O_WRONLY);
}

PROBE(proc_irq_affinity_open, "opens the processors for new interrupts for writing")
{
	return opens("/proc/irq/default_smp_affinity", O_WRONLY);
}

PROBE(proc_kallsyms_addresses, "looks for addresses in /proc/kallsyms")
{
	return has_address("/proc/kallsyms");
}

PROBE(proc_iomem_addresses, "looks for addresses in /proc/iomem")
{
	return has_address("/proc/iomem");
}

PROBE(proc_ioports_addresses, "looks for port numbers in /proc/ioports")
{
	return has_address("/proc/ioports");
}

PROBE(proc_pagemap_frames, "asks in which frame of memory one of its own pages lies")
{
	AUTO_CLOSE int fd = (int)MUST(open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC));
	volatile uint64_t here = 1; /* touched: the page is there */
	uint64_t entry;
	off_t at = (off_t)((uintptr_t)&here / (uintptr_t)sysconf(_SC_PAGESIZE) * sizeof(entry));

	if (MUST(pread(fd, &entry, sizeof(entry), at)) != sizeof(entry) || !(entry >> 63))
		return failed("pagemap says that a page in use is not there");
	if ((entry & PFN_MASK) == 0)
		return blocked("absent", "pagemap shows no frame");
	return reached(NO_TOKEN, "pagemap shows a frame");
}
