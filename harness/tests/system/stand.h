// SPDX-License-Identifier: MIT
/*
 * The stand on which containers are tried: a session with the fixture image, and short ways to run
 * something in a container and see what it says. Failures end the test (libcheck).
 */
#ifndef NSPROOF_TESTS_STAND_H
#define NSPROOF_TESTS_STAND_H

#include "base/text.h"
#include "container/container.h"
#include "session.h"

enum { STAND_SKIPPED = 77, STAND_MS = 20000 };

extern struct session stand;

/* What the environment and a descriptor leak, unless a guard is on. */
#define STAND_LEAK_NAME "NSPROOF_LEAK"
#define STAND_LEAK_FD   77

/*
 * Opens the session, and makes something to leak. Returns 0, or the status to end with: skipped
 * without root. The shared root of a host, a session keyring and a working directory are set up too.
 */
int stand_open(const char *image);
void stand_close(void);

/* All guards and the provisions of every container, as far as this machine can. */
guard_set stand_sealed(void);

/* A spec for these guards, with everything that they need; static storage behind its pointers. */
struct container_spec stand_spec(guard_set guards);

/* Runs a shell script in the image, or where there is no own root in the host; returns the wait
 * status and appends what it wrote. */
int stand_script(const struct container_spec *spec, const char *script, struct text *out);

/* Runs a function with a descriptor to write to; the same. */
int stand_function(guard_set guards, int (*run)(int out), struct text *out);

/* How many descriptors we have, and lines our mountinfo: to find what was left behind. */
size_t stand_fd_count(void);
size_t stand_mount_count(void);

#endif
