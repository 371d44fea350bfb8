// SPDX-License-Identifier: MIT
/* Steal time, other programs, heat and frequency: see noise.h. */
#include "bench/noise.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"

enum { KERNEL_THREAD = 0x00200000 }; /* PF_KTHREAD of the kernel's sched.h */

static const double steal_most = 0.02, others_most = 0.1, speed_most = 0.1;

uint64_t noise_ticks(const char *stat)
{
	/* the name is in parentheses and may hold anything, parentheses too: proc(5) */
	const char *end = strrchr(stat, ')');
	unsigned long flags, utime, stime;
	long cutime, cstime;

	if (!end || sscanf(end + 1, " %*c %*d %*d %*d %*d %*d %lu %*u %*u %*u %*u %lu %lu %ld %ld",
			   &flags, &utime, &stime, &cutime, &cstime) != 5)
		return 0;
	if (flags & KERNEL_THREAD)
		return 0;
	return (uint64_t)utime + stime + (uint64_t)cutime + (uint64_t)cstime;
}

static void read_others(struct noise *n)
{
	AUTO_DIR DIR *proc = opendir("/proc");
	struct dirent *entry;

	while (proc && (entry = readdir(proc))) {
		AUTO_TEXT struct text stat = { 0 };
		char path[sizeof(entry->d_name) + 8];

		if (!isdigit((unsigned char)entry->d_name[0]) || atoi(entry->d_name) == getpid())
			continue;
		snprintf(path, sizeof(path), "%s/stat", entry->d_name);
		if (file_read(dirfd(proc), path, 4096, &stat) == 0)
			n->others += noise_ticks(stat.str);
	}
}

/* user nice system idle iowait irq softirq steal; what guests used is in user already. */
static void read_ticks(struct noise *n)
{
	AUTO_TEXT struct text stat = { 0 };
	const char *at;

	if (file_read(AT_FDCWD, "/proc/stat", 1 << 20, &stat) < 0 || !text_starts(stat.str, "cpu "))
		return;
	at = stat.str + strlen("cpu ");
	for (int i = 0; i < 8; i++) {
		char *end;
		uint64_t ticks = strtoull(at, &end, 10);

		n->total += ticks;
		if (i == 7)
			n->steal = ticks;
		at = end;
	}
}

/* A number in a file below /sys/devices/system/cpu/cpuN/; 0 where there is none. */
static uint64_t read_number(size_t cpu, const char *file)
{
	AUTO_TEXT struct text number = { 0 };
	char path[128];

	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%zu/%s", cpu, file);
	return file_read(AT_FDCWD, path, 64, &number) < 0 ? 0 : strtoull(number.str, NULL, 10);
}

static void read_cpus(struct noise *n)
{
	for (size_t cpu = 0; cpu < n->cpus; cpu++) {
		uint64_t khz = read_number(cpu, "cpufreq/scaling_cur_freq");

		n->throttled += read_number(cpu, "thermal_throttle/core_throttle_count");
		if (khz && (!n->khz_low || khz < n->khz_low))
			n->khz_low = khz;
		if (khz > n->khz_high)
			n->khz_high = khz;
	}
}

void noise_read(struct noise *ret)
{
	*ret = (struct noise){ .cpus = (size_t)sysconf(_SC_NPROCESSORS_CONF) };
	read_ticks(ret);
	read_others(ret);
	read_cpus(ret);
}

static double part(uint64_t before, uint64_t after, uint64_t of)
{
	return after > before && of ? (double)(after - before) / (double)of : 0;
}

void noise_judge(const struct noise *before, const struct noise *after, char *ret, size_t room)
{
	uint64_t ticks = after->total > before->total ? after->total - before->total : 0;
	double steal = part(before->steal, after->steal, ticks);
	double others = part(before->others, after->others, ticks) * (double)after->cpus;
	double was = (double)before->khz_high, is = (double)after->khz_high;

	*ret = '\0';
	if (steal > steal_most)
		snprintf(ret, room, "the hypervisor took %.0f %% of the time", steal * 100);
	else if (others > others_most)
		snprintf(ret, room, "other programs used %.0f %% of a processor", others * 100);
	else if (after->throttled > before->throttled)
		snprintf(ret, room, "a processor was throttled for its heat");
	else if (was > 0 && is > 0 && (is / was > 1 + speed_most || was / is > 1 + speed_most))
		snprintf(ret, room, "processors went from %.0f to %.0f MHz", was / 1000, is / 1000);
}
