// SPDX-License-Identifier: MIT
/*
 * Delays and faults for tests of the benchmarks: the linker puts these functions in front of the
 * real ones (ld --wrap) in nsproof_hooked, and in no other program. So what is slower or fails there
 * is measured, found and told by exactly the code that the product has.
 *
 *     NSPROOF_SLOW=container:10   each start waits for 10 % of what the last container took
 *     NSPROOF_SLOW=unpack:10      the same for unpacking
 *     NSPROOF_FAIL_EVERY=100      the program of every 100th container is not there
 *     NSPROOF_HANG=1              a start of a program never returns, and deadlines pass quickly
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "container/container.h"
#include "image/image.h"

/* the names are those that the linker makes of --wrap: ld(1) */
/* NOLINTBEGIN(bugprone-reserved-identifier) */
int __real_container_start(struct container *c, const struct container_spec *spec, int timeout_ms,
			   struct err *err);
int __wrap_container_start(struct container *c, const struct container_spec *spec, int timeout_ms,
			   struct err *err);
int64_t __real_clock_ms(void);
int64_t __wrap_clock_ms(void);
int __real_container_wait(struct container *c, int timeout_ms, int *ret_status, struct err *err);
int __wrap_container_wait(struct container *c, int timeout_ms, int *ret_status, struct err *err);
int __real_image_unpack(struct image *image, int dirfd, const struct image_unpack_opts *opts,
			struct image_unpack_stats *ret, struct err *err);
int __wrap_image_unpack(struct image *image, int dirfd, const struct image_unpack_opts *opts,
			struct image_unpack_stats *ret, struct err *err);
/* NOLINTEND(bugprone-reserved-identifier) */

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static void wait_busily(double ns)
{
	int64_t end = now_ns() + (int64_t)ns;

	while (now_ns() < end)
		;
}

/* The part that `what` is to be slowed down by: 0.1 for 10 %. */
static double slow_part(const char *what)
{
	const char *value = getenv("NSPROOF_SLOW");
	size_t len = strlen(what);

	return value && !strncmp(value, what, len) && value[len] == ':'
		       ? atof(value + len + 1) / 100
		       : 0;
}

/* when the start in hand began, and how long the last whole life took, without the delay */
static int64_t begun;
static double last_ns;

int64_t __wrap_clock_ms(void)
{
	return __real_clock_ms() * (getenv("NSPROOF_HANG") ? 50 : 1);
}

static int start_without_program(struct container *c, const struct container_spec *spec,
				 int timeout_ms, struct err *err)
{
	static const char *const argv[] = { "/no-such-program", NULL };
	struct container_spec broken = *spec;

	broken.exec_fd = -1;
	broken.argv = argv;
	return __real_container_start(c, &broken, timeout_ms, err);
}

int __wrap_container_start(struct container *c, const struct container_spec *spec, int timeout_ms,
			   struct err *err)
{
	static unsigned long started;
	const char *every = getenv("NSPROOF_FAIL_EVERY");

	while (getenv("NSPROOF_HANG") && spec->exec_fd >= 0)
		pause();
	wait_busily(last_ns * slow_part("container"));
	begun = now_ns();
	if (every && ++started % strtoul(every, NULL, 10) == 0)
		return start_without_program(c, spec, timeout_ms, err);
	return __real_container_start(c, spec, timeout_ms, err);
}

int __wrap_container_wait(struct container *c, int timeout_ms, int *ret_status, struct err *err)
{
	int r = __real_container_wait(c, timeout_ms, ret_status, err);

	last_ns = (double)(now_ns() - begun);
	return r;
}

int __wrap_image_unpack(struct image *image, int dirfd, const struct image_unpack_opts *opts,
			struct image_unpack_stats *ret, struct err *err)
{
	int64_t start = now_ns();
	int r = __real_image_unpack(image, dirfd, opts, ret, err);

	wait_busily((double)(now_ns() - start) * slow_part("unpack"));
	return r;
}
