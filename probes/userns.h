// SPDX-License-Identifier: MIT
/* New user namespaces: for probes of the rules about them. user_namespaces(7) */
#ifndef NSPROBE_USERNS_H
#define NSPROBE_USERNS_H

#include <stdbool.h>
#include <sys/types.h>

/* The legal twin is asked for: the act without what the rule forbids. */
bool is_twin(void);

/* Moves the caller into a new user namespace (and more: CLONE_NEW*); it can then write its maps. */
void userns_enter(int more);

/* Writes a file of /proc/PID, or of the caller's for 0. -1 and errno. */
int userns_write(pid_t pid, const char *file, const char *text);

/* The map of one id that anybody may write: 0 inside is `id` outside. `text` has 32 bytes. */
const char *userns_map(char *text, unsigned int id);

/*
 * A child in a new user namespace (and more: CLONE_NEW*) that waits there until the caller ends.
 * Its number; the child is reaped by whoever reaps the probe.
 */
pid_t userns_child(int more);

/* Opens /proc/PID/ns/NAME, or the caller's for 0. Dies when it can't. */
int userns_open(pid_t pid, const char *name);

#endif
