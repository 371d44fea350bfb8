// SPDX-License-Identifier: MIT
/* Unit tests of the catalogue: what every row must hold to, and that its probe is there. */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/text.h"
#include "check/canary.h"
#include "check/check.h"
#include "check/needs.h"
#include "check/run.h"
#include "probe_image.h"
#include "runner.h"

static size_t outcome_count(const struct check *check)
{
	size_t count = 0;

	while (count < CHECK_OUTCOMES_MAX && check->blocked_as[count])
		count++;
	return count;
}

START_TEST(a_row_can_be_read)
{
	const struct check *check = check_at((size_t)_i);

	ck_assert(check->question && text_ends(check->question, "?"));
	ck_assert(check->reference && *check->reference);
	ck_assert(!check->effect || *check->effect);
	ck_assert(!check->canary || *check->canary->about);
	ck_assert_int_lt(check->kind, KIND_COUNT);
	ck_assert_ptr_eq(check_find(check->id), check);
	for (int other = 0; other < _i; other++)
		ck_assert_str_ne(check_at((size_t)other)->id, check->id);
}
END_TEST

/* A witness compares tokens: there no effect is a proof, and something must have acted. */
START_TEST(a_row_has_one_kind_of_proof)
{
	const struct check *check = check_at((size_t)_i);

	if (!check->effect)
		ck_assert_ptr_nonnull(check->canary);
	else
		ck_assert(!check->canary || !check->canary->witness);
}
END_TEST

START_TEST(ids_begin_with_their_suite)
{
	const struct check_suite *suite = check_suites[_i];

	ck_assert_uint_gt(suite->count, 0);
	for (size_t i = 0; i < suite->count; i++) {
		size_t len = strlen(suite->name);

		ck_assert(!strncmp(suite->rows[i].id, suite->name, len));
		ck_assert(suite->rows[i].id[len] == '/' && suite->rows[i].id[len + 1]);
		ck_assert(!strpbrk(suite->rows[i].id, " *?[_"));
	}
}
END_TEST

START_TEST(walls_fit_the_kind)
{
	const struct check *check = check_at((size_t)_i);
	size_t walls = check_wall_count(check);

	if (check->kind == KIND_KEEPS_OUT || check->kind == KIND_LETS_WORK)
		ck_assert_uint_ge(walls, 1);
	else
		ck_assert_uint_eq(walls, 0);
	for (size_t i = 0; i < walls; i++) {
		/* a guard that is on in every arm decides nothing */
		ck_assert_uint_ne(check->walls[i] & ~guard_closure(check->base), 0);
		ck_assert_uint_eq(check->walls[i] & ~GUARDS_EVERYTHING, 0);
		/* the sealed arm has it */
		ck_assert_uint_eq(check_wall(check, i) & ~check_sealed(check, GUARDS_EVERYTHING),
				  0);
	}
}
END_TEST

START_TEST(walls_are_minimal)
{
	const struct check *check = check_at((size_t)_i);

	for (size_t i = 0; i < check_wall_count(check); i++)
		for (size_t j = 0; j < check_wall_count(check); j++)
			ck_assert_msg(i == j || (check_wall(check, i) & ~check_wall(check, j)),
				      "%s: wall %zu is part of wall %zu", check->id, i + 1, j + 1);
}
END_TEST

START_TEST(outcomes_are_listed)
{
	const struct check *check = check_at((size_t)_i);
	size_t count = outcome_count(check);

	if (check->kind == KIND_OPEN)
		ck_assert_uint_eq(count, 0);
	else
		ck_assert_uint_ge(count, 1);
	for (size_t i = 0; i < count; i++) {
		ck_assert_str_ne(outcome_name(check->blocked_as[i]), "unknown");
		for (size_t j = 0; j < i; j++)
			ck_assert_int_ne(check->blocked_as[i], check->blocked_as[j]);
	}
}
END_TEST

static guard_set all_in(const struct check *check)
{
	guard_set set = guard_closure(check->base);

	for (size_t i = 0; i < check_wall_count(check); i++)
		set |= guard_closure(check->walls[i]);
	return set;
}

START_TEST(needs_follow_from_the_guards)
{
	const struct check *check = check_at((size_t)_i);
	guard_set set = all_in(check);

	ck_assert_uint_eq(check->needs >> NEED_COUNT, 0);
	if (set & PROVIDE(VETH))
		ck_assert(check->needs & NEED(BRIDGE));
	if (set & PROVIDE(NAT))
		ck_assert(check->needs & NEED(MASQUERADE));
	if (set & GUARD(LEAF))
		ck_assert(check->needs & NEED(LEAF));
}
END_TEST

START_TEST(breached_is_sealed_without_the_walls)
{
	const struct check *check = check_at((size_t)_i);
	guard_set sealed = check_sealed(check, GUARDS_EVERYTHING);
	guard_set breached = check_breached(check, GUARDS_EVERYTHING);

	ck_assert_uint_eq(breached & ~sealed, 0);
	ck_assert_uint_eq(guard_effective(breached), breached);
	ck_assert_uint_eq(guard_closure(check->base) & ~breached, 0);
	for (size_t i = 0; i < check_wall_count(check); i++)
		ck_assert_uint_ne(check->walls[i] & ~breached, 0);
}
END_TEST

START_TEST(every_need_is_explained)
{
	ck_assert(need_table[_i].name && *need_table[_i].name);
	ck_assert(need_table[_i].about && *need_table[_i].about);
}
END_TEST

START_TEST(the_catalogue_ends)
{
	ck_assert_ptr_null(check_at(check_count()));
	ck_assert_ptr_null(check_find("pid"));
	ck_assert_ptr_null(check_find(""));
	ck_assert_uint_ge(check_count(), 30);
}
END_TEST

/* ---- the probes that are built in ---- */

static void run_list(int probe_fd, int out)
{
	char *const argv[] = { "nsprobe", "--list", NULL };
	char *const envp[] = { NULL };
	char path[32];

	/* by a path: valgrind can't do execveat(2) with an empty one */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", probe_fd);
	if (dup2(out, STDOUT_FILENO) == STDOUT_FILENO)
		execve(path, argv, envp);
	_exit(127);
}

/* "\nid words ...\nid words ...\n" */
static void list_probes(struct text *ret)
{
	AUTO_CLOSE int in = -1, probe_fd = -1;
	const void *image;
	struct err err;
	size_t size;
	int ends[2], status;
	pid_t pid;

	image = probe_image(&size);
	probe_fd = probe_open(image, size, &err);
	ck_assert_int_ge(probe_fd, 0);
	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0)
		run_list(probe_fd, ends[1]);
	close(ends[1]);
	in = ends[0];
	text_add(ret, "\n");
	ck_assert_int_eq(fd_read_text(in, 1 << 20, ret), 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}

START_TEST(every_row_has_its_probe_and_no_probe_is_idle)
{
	AUTO_TEXT struct text list = { 0 };
	size_t lines = 0;

	list_probes(&list);
	for (size_t i = 0; i < check_count(); i++) {
		char line[80];

		snprintf(line, sizeof(line), "\n%s ", check_at(i)->id);
		ck_assert_msg(strstr(list.str, line) != NULL, "no probe %s", check_at(i)->id);
	}
	for (const char *c = list.str; *c; c++)
		lines += *c == '\n';
	ck_assert_uint_eq(lines - 1, check_count());
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("catalogue");
	TCase *tc = tcase_create("catalogue");
	int rows = (int)check_count(), suites = 0;

	while (check_suites[suites])
		suites++;
	tcase_add_loop_test(tc, a_row_can_be_read, 0, rows);
	tcase_add_loop_test(tc, a_row_has_one_kind_of_proof, 0, rows);
	tcase_add_loop_test(tc, ids_begin_with_their_suite, 0, suites);
	tcase_add_loop_test(tc, walls_fit_the_kind, 0, rows);
	tcase_add_loop_test(tc, walls_are_minimal, 0, rows);
	tcase_add_loop_test(tc, outcomes_are_listed, 0, rows);
	tcase_add_loop_test(tc, needs_follow_from_the_guards, 0, rows);
	tcase_add_loop_test(tc, breached_is_sealed_without_the_walls, 0, rows);
	tcase_add_loop_test(tc, every_need_is_explained, 0, NEED_COUNT);
	tcase_add_test(tc, the_catalogue_ends);
	tcase_add_test(tc, every_row_has_its_probe_and_no_probe_is_idle);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
