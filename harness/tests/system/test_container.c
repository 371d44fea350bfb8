// SPDX-License-Identifier: MIT
/*
 * The container core: each guard does what it says when it is on, and the weaker setting is really
 * there when it is off. What is looked at is the kernel's own view (/proc), from inside.
 */
#include <check.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "container/cgroup.h"
#include "kernel/mount.h"
#include "runner.h"
#include "stand.h"

/* ---- namespaces ---- */

/* One line for each: its name and id. */
static int write_ns_ids(int out)
{
	for (int ns = 0; ns < NS_COUNT; ns++) {
		char path[64], id[64];
		ssize_t len;

		snprintf(path, sizeof(path), "/proc/self/ns/%s", ns_table[ns].name);
		len = readlink(path, id, sizeof(id) - 1);
		if (len < 0)
			return 1;
		dprintf(out, "%.*s\n", (int)len, id);
	}
	return 0;
}

/* The set of namespaces that are not ours. */
static guard_set new_namespaces(guard_set guards)
{
	AUTO_TEXT struct text out = { 0 };
	char *rest, *line;
	guard_set set = 0;

	ck_assert_int_eq(stand_function(guards, write_ns_ids, &out), 0);
	rest = out.str;
	for (int ns = 0; ns < NS_COUNT; ns++) {
		char path[64], own[64] = "";

		snprintf(path, sizeof(path), "/proc/self/ns/%s", ns_table[ns].name);
		ck_assert_int_gt(readlink(path, own, sizeof(own) - 1), 0);
		line = strsep(&rest, "\n");
		ck_assert_ptr_nonnull(line);
		if (strcmp(line, own) != 0)
			set |= UINT64_C(1) << ns;
	}
	return set;
}

START_TEST(a_namespace_alone)
{
	guard_set set = UINT64_C(1) << _i;

	if (set & stand.abilities.guards)
		ck_assert_uint_eq(new_namespaces(set), set);
}
END_TEST

START_TEST(all_namespaces_but_one)
{
	guard_set set = GUARDS_NAMESPACES & stand.abilities.guards & ~(UINT64_C(1) << _i);

	ck_assert_uint_eq(new_namespaces(set), set);
}
END_TEST

START_TEST(no_and_all_namespaces)
{
	ck_assert_uint_eq(new_namespaces(0), 0);
	ck_assert_uint_eq(new_namespaces(stand_sealed()), stand_sealed() & GUARDS_NAMESPACES);
}
END_TEST

/* ---- every guard on and off ---- */

#define MOUNTS_AT(path) "awk '$5 == \"" path "\"' /proc/self/mountinfo | wc -l"
#define FLAG_AT(path)                                                                              \
	"awk '$5 == \"" path "\" { f = substr($6, 1, 2) } END { print f }' /proc/self/mountinfo"

static const struct {
	guard_set guard;
	const char *script; /* %s: the spawner's directory, %d: our pid */
	const char *on, *off;
} guards[] = {
	{ GUARD(USER), "awk '{ print ($3 < 4294967295) }' /proc/self/uid_map", "1", "0" },
	{ GUARD(IDS), "awk '{ print ($2 > 0) }' /proc/self/uid_map", "1", "0" },
	{ GUARD(IDS), "awk '{ print ($2 > 0) }' /proc/self/gid_map", "1", "0" },
	{ GUARD(PID), "exec sh -c 'test $$ = 1 && echo one || echo other'", "one", "other" },
	{ GUARD(ROOT), "test -e /opt/becomes-directory && echo image || echo host", "image",
	  "host" },
	{ GUARD(DETACH), MOUNTS_AT("/") " | awk '{ print ($1 > 1) }'", "0", "1" },
	{ GUARD(CWD), "readlink /proc/self/cwd", "/", "%s" },
	{ GUARD(PROC), "test -d /proc/%d && echo host || echo own", "own", "host" },
	{ GUARD(SYS), FLAG_AT("/sys"), "ro", "rw" },
	{ GUARD(RO_SYS), FLAG_AT("/sys"), "ro", "rw" },
	{ GUARD(RO_SYS), FLAG_AT("/sys/fs/cgroup"), "ro", "rw" },
	{ GUARD(DEV), "ls /dev | wc -l | awk '{ print ($1 < 20) }'", "1", "0" },
	{ GUARD(DEV), MOUNTS_AT("/dev/null"), "1", "0" },
	{ GUARD(MQUEUE), MOUNTS_AT("/dev/mqueue"), "1", "0" },
	{ GUARD(CGROUP2), MOUNTS_AT("/sys/fs/cgroup"), "1", "0" },
	{ GUARD(TMP), MOUNTS_AT("/tmp"), "1", "0" },
	{ GUARD(TMP), MOUNTS_AT("/run"), "1", "0" },
	{ GUARD(MASK), MOUNTS_AT("/proc/timer_list"), "1", "0" },
	{ GUARD(MASK), "cat /proc/timer_list 2>&1 | wc -c | awk '{ print ($1 > 0) }'", "0", "1" },
	{ GUARD(RO_PROC), FLAG_AT("/proc/sys"), "ro", "" },
	{ GUARD(FDS), "test -e /proc/self/fd/77 && echo leaked || echo closed", "closed",
	  "leaked" },
	{ GUARD(CAPS), "grep -c '^Cap.*:.0*$' /proc/self/status", "5", "2" },
	{ GUARD(NNP), "awk '/^NoNewPrivs/ { print $2 }' /proc/self/status", "1", "0" },
	{ GUARD(SECCOMP), "awk '/^Seccomp:/ { print $2 }' /proc/self/status", "2", "0" },
	{ GUARD(SESSION), "awk '{ print $6 }' /proc/1/stat", "1", "0" },
	{ GUARD(ENV), "echo $" STAND_LEAK_NAME, "", "leaked" },
	{ GUARD(TIME), "awk '{ print ($1 > 9000000) }' /proc/uptime", "1", "0" },
	{ PROVIDE(LO), "cat /sys/class/net/lo/flags", "0x9", "0x8" },
	{ PROVIDE(HOSTNAME), "test $(hostname) = container && echo own || echo old", "own", "old" },
};

/* Puts our own values in; the formats are the table's. */
static void fill_in(char *out, size_t room, const char *format)
{
	const char *at = strchr(format, '%');

	if (at && at[1] == 's')
		snprintf(out, room, "%.*s%s%s", (int)(at - format), format,
			 stand.rootfs.spawner.dir, at + 2);
	else if (at && at[1] == 'd')
		snprintf(out, room, "%.*s%d%s", (int)(at - format), format, getpid(), at + 2);
	else
		snprintf(out, room, "%s", format);
}

static void try_guard(int row, guard_set set, const char *want)
{
	struct container_spec spec = stand_spec(set);
	AUTO_TEXT struct text out = { 0 };
	char script[256], wanted[64];

	fill_in(script, sizeof(script), guards[row].script);
	fill_in(wanted, sizeof(wanted), want);
	stand_script(&spec, script, &out);
	while (out.len && out.str[out.len - 1] == '\n')
		out.str[--out.len] = '\0';
	ck_assert_msg(!strcmp(out.str, wanted), "%s: '%s', wanted '%s'", script, out.str, wanted);
}

START_TEST(a_guard_on_and_off)
{
	guard_set sealed = stand_sealed();

	if (guards[_i].guard & ~sealed)
		return;
	try_guard(_i, sealed, guards[_i].on);
	try_guard(_i, guard_effective(sealed & ~guards[_i].guard), guards[_i].off);
}
END_TEST

/* Every guard of the table is looked at here or in a test of its own. */
START_TEST(no_guard_is_forgotten)
{
	guard_set seen = GUARDS_NAMESPACES | GUARD(PRIVATE) | GUARD(PIVOT) | GUARD(KEYRING) |
			 GUARD(LEAF) | PROVIDE(VETH) | PROVIDE(NAT);

	for (size_t i = 0; i < ARRAY_SIZE(guards); i++)
		seen |= guards[i].guard;
	ck_assert_uint_eq(seen, GUARDS_EVERYTHING);
}
END_TEST

/* ---- guards that a script cannot see ---- */

static int count_shared(int out)
{
	AUTO_TEXT struct text text = { 0 };
	int count = 0;

	if (file_read(AT_FDCWD, "/proc/self/mountinfo", 16 << 20, &text) < 0)
		return 1;
	for (const char *at = text.str; (at = strstr(at, " shared:")); at++)
		count++;
	dprintf(out, "%d", count);
	return 0;
}

START_TEST(propagation_is_private)
{
	AUTO_TEXT struct text on = { 0 }, off = { 0 };

	ck_assert_int_eq(stand_function(GUARD(MNT) | GUARD(PRIVATE), count_shared, &on), 0);
	ck_assert_int_eq(stand_function(GUARD(MNT), count_shared, &off), 0);
	ck_assert_str_eq(on.str, "0");
	ck_assert_int_gt(atoi(off.str), 0);
}
END_TEST

/* Without an own root the new /dev covers the host's, whose nodes must be in it all the same. */
START_TEST(a_dev_over_the_old_one_has_its_nodes)
{
	struct container_spec spec = stand_spec(guard_closure(GUARD(DEV)));
	AUTO_TEXT struct text out = { 0 };

	ck_assert_int_eq(stand_script(&spec,
				      "for n in null zero full random urandom tty; do "
				      "test -c /dev/$n || echo $n; done; "
				      "echo x >/dev/null; head -c 1 /dev/zero | wc -c",
				      &out),
			 0);
	ck_assert_str_eq(out.str, "1\n");
}
END_TEST

/* Climbs out of a chroot: a second one leaves the working directory outside. chroot(2) */
static int climb(int out)
{
	if (mkdir("/tmp/below", 0755) < 0 || chroot("/tmp/below") < 0)
		return 1;
	for (int i = 0; i < 32; i++)
		if (chdir("..") < 0)
			return 1;
	if (chroot(".") < 0)
		return 1;
	dprintf(out, "%s",
		access("/image/bin/busybox", F_OK) == 0 ||
				access("tmp/image/bin/busybox", F_OK) == 0
			? "outside"
			: "inside");
	return 0;
}

START_TEST(a_pivoted_root_has_no_outside)
{
	guard_set chrooted = guard_closure(GUARD(ROOT) | GUARD(CWD) | GUARD(TMP));
	guard_set pivoted = guard_closure(chrooted | GUARD(DETACH));
	AUTO_TEXT struct text on = { 0 }, off = { 0 };

	ck_assert_int_eq(stand_function(pivoted, climb, &on), 0);
	ck_assert_int_eq(stand_function(chrooted, climb, &off), 0);
	ck_assert_str_eq(on.str, "inside");
	ck_assert_str_eq(off.str, "outside");
}
END_TEST

static int write_keyring(int out)
{
	long id = syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0);

	dprintf(out, "%ld", id);
	return id < 0;
}

START_TEST(the_session_keyring_is_its_own)
{
	AUTO_TEXT struct text on = { 0 }, off = { 0 };
	char own[32];

	snprintf(own, sizeof(own), "%ld",
		 syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0));
	ck_assert_int_eq(stand_function(GUARD(KEYRING), write_keyring, &on), 0);
	ck_assert_int_eq(stand_function(0, write_keyring, &off), 0);
	ck_assert_str_ne(on.str, own);
	ck_assert_str_eq(off.str, own);
}
END_TEST

START_TEST(a_leaf_holds_the_container)
{
	guard_set sealed = stand_sealed() & ~GUARD(CGROUP) & ~GUARD(CGROUP2);
	struct container_spec spec = stand_spec(sealed);
	AUTO_TEXT struct text on = { 0 }, off = { 0 };
	struct err err;

	if (!(stand.abilities.guards & GUARD(LEAF)))
		return;
	stand_script(&spec, "grep ^0:: /proc/self/cgroup", &off);
	spec.guards |= GUARD(LEAF);
	spec.cgroup_fd = cgroup_leaf(stand.cgroups.dir_fd, "the-leaf", &err);
	ck_assert_int_ge(spec.cgroup_fd, 0);
	stand_script(&spec, "grep ^0:: /proc/self/cgroup", &on);
	fd_close(&spec.cgroup_fd);
	cgroup_leaf_remove(stand.cgroups.dir_fd, "the-leaf");
	ck_assert_ptr_nonnull(strstr(on.str, "/the-leaf\n"));
	ck_assert_ptr_null(strstr(off.str, "/the-leaf"));
	ck_assert_int_lt(faccessat(stand.cgroups.dir_fd, "the-leaf", F_OK, 0), 0);
}
END_TEST

/* ---- owners ---- */

START_TEST(owners_are_seen_as_the_image_has_them)
{
	struct container_spec spec = stand_spec(stand_sealed());
	AUTO_TEXT struct text out = { 0 };
	char path[128];
	struct stat st;

	if (!(stand_sealed() & GUARD(IDS)))
		return;
	stand_script(&spec,
		     "stat -c %u:%g /bin/busybox; echo x >/made; stat -c %u:%g /made; rm /made",
		     &out);
	ck_assert_str_eq(out.str, "0:0\n0:0\n");
	snprintf(path, sizeof(path), "%s/bin/busybox", stand.rootfs.path);
	ck_assert_int_eq(stat(path, &st), 0);
	/* on the disk: as they were, or shifted where the file system cannot map */
	ck_assert_int_eq(st.st_uid != 0, stand.rootfs.shifted);
}
END_TEST

/* ---- what containers share ---- */

enum { SHARED_NAMES = 500 };

/* Makes directories and files in step with another process that makes the same; how many failed. */
static int make_in_step(int dir_fd, _Atomic int *step, int each)
{
	int failed = 0;

	for (int i = 0; i < SHARED_NAMES; i++) {
		AUTO_CLOSE int fd = -1;
		struct err err;
		char name[16];

		snprintf(name, sizeof(name), "%d", i);
		for (step[each] = i; step[!each] < i;)
			sched_yield();
		fd = path_in_root_make(dir_fd, name, i % 2, &err);
		failed += fd < 0;
	}
	step[each] = SHARED_NAMES;
	return failed;
}

/* Two containers that start at once from one root both find what one of them made. */
START_TEST(a_target_of_a_mount_may_be_made_by_another)
{
	_Atomic int *step = mmap(NULL, sizeof(*step) * 2, PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	AUTO_CLOSE int dir_fd = -1;
	int status, failed;
	struct err err;
	pid_t pid;

	ck_assert_ptr_ne(step, MAP_FAILED);
	dir_fd = mount_new("tmpfs", NULL, 0, &err);
	ck_assert_int_ge(dir_fd, 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (!pid)
		_exit(make_in_step(dir_fd, step, 1) > 0);
	failed = make_in_step(dir_fd, step, 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(failed, 0);
	ck_assert_int_eq(status, 0);
	munmap((void *)step, sizeof(*step) * 2);
}
END_TEST

int main(int argc, char **argv)
{
	Suite *suite = suite_create("container");
	TCase *tc = tcase_create("container");
	int failed, status;

	status = argc > 1 ? stand_open(argv[1]) : 2;
	if (status)
		return status;
	tcase_add_loop_test(tc, a_namespace_alone, 0, NS_COUNT);
	tcase_add_loop_test(tc, all_namespaces_but_one, 0, NS_COUNT);
	tcase_add_test(tc, no_and_all_namespaces);
	tcase_add_loop_test(tc, a_guard_on_and_off, 0, ARRAY_SIZE(guards));
	tcase_add_test(tc, no_guard_is_forgotten);
	tcase_add_test(tc, propagation_is_private);
	tcase_add_test(tc, a_dev_over_the_old_one_has_its_nodes);
	tcase_add_test(tc, a_pivoted_root_has_no_outside);
	tcase_add_test(tc, the_session_keyring_is_its_own);
	tcase_add_test(tc, a_leaf_holds_the_container);
	tcase_add_test(tc, owners_are_seen_as_the_image_has_them);
	tcase_add_test(tc, a_target_of_a_mount_may_be_made_by_another);
	suite_add_tcase(suite, tc);
	failed = run_suite(suite);
	stand_close();
	return failed;
}
