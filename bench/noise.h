// SPDX-License-Identifier: MIT
/*
 * What disturbs a measurement from outside, read before and after it. A result that was disturbed is
 * not wrong in silence: it is called noisy, with the reason.
 */
#ifndef NSPROOF_BENCH_NOISE_H
#define NSPROOF_BENCH_NOISE_H

#include <stddef.h>
#include <stdint.h>

/* Counters that only grow, but for the frequencies; what the machine does not tell is 0. */
struct noise {
	uint64_t steal, total; /* clock ticks of all processors: /proc/stat, proc(5) */
	/*
	 * Clock ticks of all other programs that run and of their children that have ended. Kernel
	 * threads don't count: much of what they do is what the scenario left to them.
	 */
	uint64_t others;
	uint64_t throttled;         /* times that a processor was slowed down for its heat */
	uint64_t khz_low, khz_high; /* slowest and fastest processor */
	size_t cpus;                /* of the machine */
};

/* To be called when none of our own children is alive. */
void noise_read(struct noise *ret);

/*
 * Pure: one line that names what disturbed, "" for nothing: more than 2 % of the time stolen by the
 * hypervisor, others that used more than 10 % of one processor, throttling, or processors whose
 * speed has changed by more than 10 %.
 */
void noise_judge(const struct noise *before, const struct noise *after, char *ret, size_t room);

/* Pure, from one line of /proc/PID/stat: ticks as above; 0 for a kernel thread or nonsense. */
uint64_t noise_ticks(const char *stat);

#endif
