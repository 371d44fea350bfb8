// SPDX-License-Identifier: MIT
/*
 * A second level: what a probe needs to make processes and namespaces of its own below the
 * container's, and to tell who of them is still there. Every process that is started here ends
 * within LEVEL_LIMIT_MS by itself.
 */
#ifndef NSPROBE_LEVEL_H
#define NSPROBE_LEVEL_H

#include <sched.h>
#include <stdint.h>

#include "probe.h"

enum { LEVEL_LIMIT_MS = 4000 };

/* Is the legal twin of the act meant? */
bool arg_twin(void);

/*
 * clone3(2) in the way of fork(2), with these CLONE_NEW* flags; -1 and errno on failure. In a new
 * user namespace the child has all capabilities. It is root too, mapped to the caller's own ids,
 * unless the caller is a root without CAP_SETFCAP, who may not be mapped: level_has_ids().
 * user_namespaces(7)
 */
pid_t level_fork(uint64_t flags);
bool level_has_ids(void);

/* The same without any id map, and writing one into the caller's user namespace. */
pid_t level_clone(uint64_t flags);
int level_map(const char *file, const char *line);

/* Runs `act` in such a child and hands its answer on; an error if it gives none in time. */
struct answer level_ask(uint64_t flags, struct answer (*act)(const void *arg), const void *arg);

/* A child that sleeps, and its end. */
pid_t level_sleeper(uint64_t flags);
void level_kill(pid_t pid);

/* The status of a child that ends soon. */
int level_wait(pid_t pid);

/*
 * A bond to a process of which no number is known: it shows whether the other is there, and ends
 * it. bond_hold() is the other's whole life.
 */
struct bond {
	int alive[2], stop[2];
};

void bond_make(struct bond *b);
_Noreturn void bond_hold(struct bond *b);
/* Waits until the other holds it. */
void bond_await(struct bond *b);
/* Whether the other is still there after so long at most. */
bool bond_alive(struct bond *b, int timeout_ms);
void bond_release(struct bond *b);

#endif
