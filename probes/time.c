// SPDX-License-Identifier: MIT
/* Clocks: does the container see how long the host has been up? time_namespaces(7) */
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/timex.h>
#include <time.h>

#include "probe.h"

/* Offsets that a harness sets are days; what passes between its look and ours is seconds. */
#define SAME_WITHIN_S 600

#define HOUR_S 3600

static long long arg_seconds(const char *key)
{
	return arg_int(key, 0, LLONG_MAX / 2);
}

static bool is_same(long long ours, long long host)
{
	return ours - host <= SAME_WITHIN_S && host - ours <= SAME_WITHIN_S;
}

static struct answer compare(const char *what, long long ours, long long host)
{
	if (!is_same(ours, host))
		return blocked("absent", "%s is not the host's", what);
	return reached(NO_TOKEN, "%s is the host's", what);
}

static struct answer compare_clock(clockid_t clock, const char *what, const char *key)
{
	struct timespec now;

	MUST(clock_gettime(clock, &now));
	return compare(what, now.tv_sec, arg_seconds(key));
}

PROBE(time_offset_differs, "compares CLOCK_MONOTONIC with the host's")
{
	return compare_clock(CLOCK_MONOTONIC, "CLOCK_MONOTONIC", "mono");
}

PROBE(time_monotonic_raw, "compares CLOCK_MONOTONIC_RAW with the host's CLOCK_MONOTONIC")
{
	return compare_clock(CLOCK_MONOTONIC_RAW, "CLOCK_MONOTONIC_RAW", "mono");
}

PROBE(time_monotonic_coarse, "compares CLOCK_MONOTONIC_COARSE with the host's CLOCK_MONOTONIC")
{
	return compare_clock(CLOCK_MONOTONIC_COARSE, "CLOCK_MONOTONIC_COARSE", "mono");
}

PROBE(time_monotonic_by_syscall, "compares CLOCK_MONOTONIC, as the system call tells it")
{
	struct {
		long sec, nsec; /* as the kernel has them, whatever the C library's time_t */
	} now;

	MUST(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now));
	return compare("CLOCK_MONOTONIC", now.sec, arg_seconds("mono"));
}

PROBE(time_boottime, "compares CLOCK_BOOTTIME with the host's")
{
	return compare_clock(CLOCK_BOOTTIME, "CLOCK_BOOTTIME", "boot");
}

PROBE(time_realtime_shared, "compares CLOCK_REALTIME with the host's")
{
	return compare_clock(CLOCK_REALTIME, "CLOCK_REALTIME", "real");
}

PROBE(time_proc_uptime, "compares /proc/uptime with the host's CLOCK_BOOTTIME")
{
	AUTO_FREE char *text = read_all("/proc/uptime", NULL);
	long long seconds;

	if (!text || sscanf(text, "%lld", &seconds) != 1)
		return failed("/proc/uptime cannot be read");
	return compare("/proc/uptime", seconds, arg_seconds("boot"));
}

PROBE(time_sysinfo_uptime, "compares the uptime of sysinfo(2) with the host's CLOCK_BOOTTIME")
{
	struct sysinfo info;

	MUST(sysinfo(&info));
	return compare("the uptime of sysinfo()", (long long)info.uptime, arg_seconds("boot"));
}

PROBE(time_proc_stat_btime, "compares btime in /proc/stat with the time of the host's boot")
{
	AUTO_FREE char *text = read_all("/proc/stat", NULL);
	const char *line = text ? strstr(text, "\nbtime ") : NULL;
	long long btime;
	struct timespec now;

	if (!line || sscanf(line, " btime %lld", &btime) != 1)
		return failed("/proc/stat has no btime");
	MUST(clock_gettime(CLOCK_REALTIME, &now));
	return compare("btime in /proc/stat", btime, now.tv_sec - arg_seconds("boot"));
}

/* Field 22; the name before it may hold spaces and parentheses. proc(5) */
PROBE(time_process_start, "compares its own start with the host's CLOCK_BOOTTIME")
{
	AUTO_FREE char *text = read_all("/proc/self/stat", NULL);
	char *rest = text ? strrchr(text, ')') : NULL;
	long ticks = sysconf(_SC_CLK_TCK);

	for (int field = 2; rest && field < 22; field++) {
		rest = strchr(rest, ' ');
		rest = rest ? rest + 1 : NULL;
	}
	if (!rest || ticks <= 0)
		return failed("/proc/self/stat has no start time");
	return compare("the start in /proc/self/stat", (long long)strtoull(rest, NULL, 10) / ticks,
		       arg_seconds("boot"));
}

/* An hour after what the host's clock shows. */
static struct itimerspec hour_from_host(void)
{
	struct itimerspec when = { .it_value.tv_sec = (time_t)arg_seconds("mono") + HOUR_S };

	return when;
}

/* The offset is far more than an hour, so that on a clock of its own the time has long come. */
static struct answer judge_timer(const struct itimerspec *left)
{
	if (!is_same(left->it_value.tv_sec, HOUR_S))
		return blocked("absent", "the timer runs by another clock");
	return reached(NO_TOKEN, "the timer runs by the host's clock");
}

PROBE(time_timerfd_absolute, "sets a timer descriptor to an hour after the host's time")
{
	struct itimerspec when = hour_from_host(), left;
	AUTO_CLOSE int fd = (int)MUST(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC));

	MUST(timerfd_settime(fd, TFD_TIMER_ABSTIME, &when, NULL));
	MUST(timerfd_gettime(fd, &left));
	return judge_timer(&left);
}

PROBE(time_timer_absolute, "sets a POSIX timer to an hour after the host's time")
{
	struct sigevent event = { .sigev_notify = SIGEV_NONE };
	struct itimerspec when = hour_from_host(), left;
	timer_t timer;

	MUST(timer_create(CLOCK_MONOTONIC, &event, &timer));
	MUST(timer_settime(timer, TIMER_ABSTIME, &when, NULL));
	MUST(timer_gettime(timer, &left));
	return judge_timer(&left);
}

/* The number of a process's clock: include/linux/posix-timers.h of the kernel, CPUCLOCK_SCHED. */
static clockid_t cpu_clock_of(pid_t pid)
{
	return (clockid_t)(~(unsigned int)pid << 3 | 2);
}

PROBE(time_process_cpu_clock, "reads the CPU clock of the canary process")
{
	pid_t pid = (pid_t)arg_int("pid", 1, INT_MAX);
	struct timespec used;

	if (pid == getpid())
		return failed("the canary's number is also the probe's own");
	MUST(clock_gettime(cpu_clock_of(getpid()), &used));
	if (clock_gettime(cpu_clock_of(pid), &used))
		return blocked_errno(errno, "clock_gettime() of its CPU clock");
	return reached(NO_TOKEN, "read its CPU clock");
}

PROBE(time_setns_leaked_fd, "enters the namespace left open and compares CLOCK_MONOTONIC")
{
	if (setns((int)arg_int("fd", 3, INT_MAX), CLONE_NEWTIME))
		return blocked_errno(errno, "setns()");
	return compare_clock(CLOCK_MONOTONIC, "CLOCK_MONOTONIC", "mono");
}

PROBE(time_frozen_offsets, "writes an offset of its clocks; the legal twin before anybody is in")
{
	static const char offset[] = "monotonic 86400 0\n";
	AUTO_CLOSE int fd = -1;

	if (arg_given("twin"))
		MUST(unshare(CLONE_NEWTIME));
	fd = open("/proc/self/timens_offsets", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return blocked_errno(errno, "opening timens_offsets");
	if (write(fd, offset, strlen(offset)) < 0)
		return blocked_errno(errno, "writing timens_offsets");
	return reached(NO_TOKEN, "timens_offsets takes the offset");
}

PROBE(time_settimeofday, "calls settimeofday(2) with nothing to set")
{
	if (syscall(SYS_settimeofday, NULL, NULL))
		return blocked_errno(errno, "settimeofday()");
	return reached(NO_TOKEN, "settimeofday() is allowed");
}

PROBE(time_adjtimex_read, "calls adjtimex(2) with nothing to set")
{
	struct timex state = { 0 };

	if (syscall(SYS_adjtimex, &state) < 0)
		return blocked_errno(errno, "adjtimex()");
	return reached(NO_TOKEN, "adjtimex() tells the state of the clock");
}
