// SPDX-License-Identifier: MIT
/* The stand on which containers are tried: see stand.h. */
#include "stand.h"

#include <check.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "kernel/sys.h"

struct session stand = SESSION_INIT;

static int leak_descriptor(void)
{
	AUTO_CLOSE int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	/* dup2 clears close-on-exec: leaked on purpose */
	return fd < 0 || dup2(fd, STAND_LEAK_FD) < 0 ? -1 : 0;
}

int stand_open(const char *image)
{
	int status;
	struct err err;

	if (geteuid() != 0)
		return STAND_SKIPPED;
	if (session_open(&stand, &(struct rootfs_choice){ image }, session_all_needs(), &status,
			 &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		return 2;
	}
	if (mount(NULL, "/", NULL, MS_REC | MS_SHARED, NULL) < 0 ||
	    chdir(stand.rootfs.spawner.dir) < 0 || leak_descriptor() < 0 ||
	    sys_join_session_keyring() < 0 || setenv(STAND_LEAK_NAME, "leaked", 1) < 0) {
		perror("cannot set up the stand");
		return 2;
	}
	return 0;
}

void stand_close(void)
{
	close(STAND_LEAK_FD);
	session_close(&stand);
}

guard_set stand_sealed(void)
{
	guard_set all = GUARDS_SEALED | PROVIDE(HOSTNAME) | PROVIDE(LO);

	/* the leaf has tests of its own */
	return guard_effective(all & stand.abilities.guards & ~GUARD(LEAF));
}

struct container_spec stand_spec(guard_set guards)
{
	static const char *const envp[] = { "PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL };
	struct container_spec spec = CONTAINER_SPEC_INIT;

	spec.guards = guards;
	spec.rootfs = guards & GUARD(ROOT) ? stand.rootfs.path : NULL;
	spec.rootfs_shifted = stand.rootfs.shifted;
	spec.uids = spec.gids = spawner_map(&stand.rootfs.spawner, guards);
	spec.old_mounts = true;
	spec.hostname = CONTAINER_HOSTNAME;
	spec.time_offset_s = 10000000;
	spec.envp = envp;
	return spec;
}

/* Reads to the end, within the time limit. */
static void read_all(int fd, struct text *out)
{
	struct pollfd pfd = { fd, POLLIN, 0 };
	char buf[4096];
	ssize_t got;

	do {
		ck_assert_msg(poll(&pfd, 1, STAND_MS) == 1, "the container hangs");
		got = read(fd, buf, sizeof(buf));
		ck_assert_int_ge(got, 0);
		text_addn(out, buf, (size_t)got);
	} while (got > 0);
}

static int run_to_end(struct container_spec *spec, int ends[2], struct text *out)
{
	AUTO_CONTAINER struct container c = CONTAINER_INIT;
	struct err err = { 0 };
	int status, r;

	r = container_start(&c, spec, STAND_MS, &err);
	fd_close(&ends[1]);
	ck_assert_msg(r == 0, "%s", err.text);
	read_all(ends[0], out);
	fd_close(&ends[0]);
	ck_assert_msg(container_wait(&c, STAND_MS, &status, &err) == 0, "%s", err.text);
	text_add(out, "");
	return status;
}

int stand_script(const struct container_spec *base, const char *script, struct text *out)
{
	const char *argv[] = { "sh", "-c", script, NULL };
	struct container_spec spec = *base;
	int ends[2];

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	spec.argv = argv;
	spec.stdio[1] = ends[1];
	return run_to_end(&spec, ends, out);
}

struct call {
	int (*run)(int out);
	int out;
};

static int call(void *arg)
{
	const struct call *c = arg;

	return c->run(c->out);
}

int stand_function(guard_set guards, int (*run)(int out), struct text *out)
{
	struct container_spec spec = stand_spec(guards);
	struct call c = { .run = run };
	int ends[2];

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	c.out = ends[1];
	spec.run = call;
	spec.arg = &c;
	return run_to_end(&spec, ends, out);
}

size_t stand_fd_count(void)
{
	AUTO_DIR DIR *dir = opendir("/proc/self/fd");
	size_t count = 0;

	ck_assert_ptr_nonnull(dir);
	while (readdir(dir))
		count++;
	return count;
}

size_t stand_mount_count(void)
{
	AUTO_TEXT struct text text = { 0 };
	size_t count = 0;

	ck_assert_int_eq(file_read(AT_FDCWD, "/proc/self/mountinfo", 16 << 20, &text), 0);
	for (size_t i = 0; i < text.len; i++)
		count += text.str[i] == '\n';
	return count;
}
