// SPDX-License-Identifier: MIT
/*
 * Unit tests of the probe protocol as the harness reads it. A probe runs in a hostile place: no
 * line of it, whatever it holds, may count as an answer that it is not.
 */
#include <check.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "check/arm.h"
#include "runner.h"

#define TOKEN "0123456789abcdef0123456789abcdef"

static const struct {
	const char *line;
	const char *effect; /* of the row; NULL: the token is the proof */
	enum answer_kind kind;
	bool proven;
	int outcome;
	const char *evidence; /* NULL: any */
} answers[] = {
	{ "reached " TOKEN " read it", NULL, ANSWER_REACHED, true, 0, "read it" },
	{ "reached " TOKEN, NULL, ANSWER_REACHED, true, 0, "" },
	{ "reached - a descriptor", "works", ANSWER_REACHED, true, 0, "a descriptor" },
	/* the wrong proof, or none */
	{ "reached - read it", NULL, ANSWER_REACHED, false, 0, "read it" },
	{ "reached " TOKEN " x", "works", ANSWER_REACHED, false, 0, "x" },
	{ "reached 1123456789abcdef0123456789abcdef x", NULL, ANSWER_REACHED, false, 0, "x" },
	{ "reached 0123456789abcdef0123456789abcde x", NULL, ANSWER_REACHED, false, 0, "x" },
	{ "reached " TOKEN "0 x", NULL, ANSWER_REACHED, false, 0, "x" },
	{ "reached " TOKEN "\r", NULL, ANSWER_REACHED, false, 0, "" },
	{ "reached 0123456789ABCDEF0123456789ABCDEF x", NULL, ANSWER_REACHED, false, 0, "x" },
	{ "blocked ENOENT open", NULL, ANSWER_BLOCKED, false, ENOENT, "open" },
	{ "blocked EPERM", NULL, ANSWER_BLOCKED, false, EPERM, "" },
	{ "blocked absent looked everywhere", NULL, ANSWER_BLOCKED, false, ABSENT,
	  "looked everywhere" },
	{ "blocked unchanged x", NULL, ANSWER_BLOCKED, false, UNCHANGED, "x" },
	{ "blocked silent x", NULL, ANSWER_BLOCKED, false, SILENT, "x" },
	/* broken: no outcome of that name */
	{ "blocked", NULL, ANSWER_BROKEN, false, 0, NULL },
	{ "blocked ", NULL, ANSWER_BROKEN, false, 0, NULL },
	{ "blocked  ENOENT", NULL, ANSWER_BROKEN, false, 0, NULL },
	{ "blocked ENOSUCHTHING x", NULL, ANSWER_BROKEN, false, 0, NULL },
	{ "blocked enoent x", NULL, ANSWER_BROKEN, false, 0, NULL },
	{ "blocked 2 x", NULL, ANSWER_BROKEN, false, 0, NULL },
	{ "blocked unknown x", NULL, ANSWER_BROKEN, false, 0, NULL },
	{ "blocked 0", NULL, ANSWER_BROKEN, false, 0, NULL },
	/* broken: no answer at all */
	{ "", NULL, ANSWER_BROKEN, false, 0, NULL },
	{ " ", NULL, ANSWER_BROKEN, false, 0, NULL },
	{ "ready", NULL, ANSWER_BROKEN, false, 0, NULL },
	{ "go", NULL, ANSWER_BROKEN, false, 0, NULL },
	{ "reached", NULL, ANSWER_BROKEN, false, 0, NULL },
	{ "reached ", NULL, ANSWER_BROKEN, false, 0, NULL },
	{ "REACHED " TOKEN " x", NULL, ANSWER_BROKEN, false, 0, NULL },
	{ " reached " TOKEN " x", NULL, ANSWER_BROKEN, false, 0, NULL },
	{ "reached\t" TOKEN " x", NULL, ANSWER_BROKEN, false, 0, NULL },
	{ "reachedreachedreached " TOKEN, NULL, ANSWER_BROKEN, false, 0, NULL },
	{ "isolated x", NULL, ANSWER_BROKEN, false, 0, NULL },
	{ "error cannot do it", NULL, ANSWER_BROKEN, false, 0, "cannot do it" },
	{ "error", NULL, ANSWER_BROKEN, false, 0, "" },
	{ "acted renamed it", NULL, ANSWER_BROKEN, false, 0, "renamed it" },
};

static bool is_acted(const char *line)
{
	return !strncmp(line, "acted", 5);
}

START_TEST(lines_mean_what_they_say)
{
	struct arm_answer answer;
	bool acted;

	memset(&answer, 0x5a, sizeof(answer));
	acted = !is_acted(answers[_i].line);
	answer_parse(answers[_i].line, TOKEN, answers[_i].effect, &answer, &acted);
	ck_assert_int_eq(answer.kind, answers[_i].kind);
	ck_assert_int_eq(answer.proven, answers[_i].proven);
	ck_assert_int_eq(answer.outcome, answers[_i].outcome);
	ck_assert_int_eq(acted, is_acted(answers[_i].line));
	if (answers[_i].evidence)
		ck_assert_str_eq(answer.evidence, answers[_i].evidence);
	else
		ck_assert_ptr_nonnull(strstr(answer.evidence, "answer"));
}
END_TEST

/* Evidence ends up in reports: it must stay one short line of printable text. */
static void check_evidence(const struct arm_answer *answer)
{
	size_t len = strnlen(answer->evidence, sizeof(answer->evidence));

	ck_assert_uint_lt(len, sizeof(answer->evidence));
	for (size_t i = 0; i < len; i++)
		ck_assert(isascii(answer->evidence[i]) && isprint(answer->evidence[i]));
}

static const char *const heads[] = {
	"reached " TOKEN " ", "blocked ENOENT ", "error ", "acted ", "", "blocked ", "reached "
};

START_TEST(control_characters_are_shown)
{
	char line[64 + 256];
	struct arm_answer answer;
	size_t len = strlen(heads[_i]);
	bool acted;

	memcpy(line, heads[_i], len);
	for (int c = 1; c < 256; c++)
		line[len++] = (char)c;
	line[len] = '\0';
	answer_parse(line, TOKEN, NULL, &answer, &acted);
	check_evidence(&answer);
}
END_TEST

START_TEST(huge_lines_are_cut)
{
	AUTO_FREE char *line = malloc(1 << 20);
	size_t len = strlen(heads[_i]);
	struct arm_answer answer;
	bool acted;

	ck_assert_ptr_nonnull(line);
	memcpy(line, heads[_i], len);
	memset(line + len, 'x', (1 << 20) - len - 1);
	line[(1 << 20) - 1] = '\0';
	answer_parse(line, TOKEN, NULL, &answer, &acted);
	check_evidence(&answer);
	/* a word that does not fit is no word: never a proof, never an outcome */
	if (!strcmp(heads[_i], "blocked ") || !strcmp(heads[_i], "reached ") || !*heads[_i])
		ck_assert_int_eq(answer.kind, ANSWER_BROKEN);
}
END_TEST

/* Around the size of the buffers: a word of 72 characters is none any more. */
START_TEST(words_of_every_length)
{
	struct arm_answer answer;
	char line[200];
	bool acted;

	for (int len = 1; len < 150; len++) {
		snprintf(line, sizeof(line), "reached %0*d x", len, 0);
		answer_parse(line, TOKEN, NULL, &answer, &acted);
		ck_assert_int_eq(answer.kind, len < 72 ? ANSWER_REACHED : ANSWER_BROKEN);
		ck_assert(!answer.proven);
		snprintf(line, sizeof(line), "%0*d x", len, 0);
		answer_parse(line, TOKEN, NULL, &answer, &acted);
		ck_assert_int_eq(answer.kind, ANSWER_BROKEN);
	}
}
END_TEST

START_TEST(outcome_names_go_both_ways)
{
	static const int outcomes[] = { ENOENT, EPERM,  EACCES,    ESRCH,
					ENOKEY, ABSENT, UNCHANGED, SILENT };

	for (size_t i = 0; i < ARRAY_SIZE(outcomes); i++)
		ck_assert_int_eq(outcome_parse(outcome_name(outcomes[i])), outcomes[i]);
	for (int num = -1; num < 6000; num++)
		if (strcmp(outcome_name(num), "unknown") != 0)
			ck_assert_int_eq(outcome_parse(outcome_name(num)), num);
	ck_assert_str_eq(outcome_name(0), "unknown");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("answer");
	TCase *tc = tcase_create("answer");

	tcase_add_loop_test(tc, lines_mean_what_they_say, 0, ARRAY_SIZE(answers));
	tcase_add_loop_test(tc, control_characters_are_shown, 0, ARRAY_SIZE(heads));
	tcase_add_loop_test(tc, huge_lines_are_cut, 0, ARRAY_SIZE(heads));
	tcase_add_test(tc, words_of_every_length);
	tcase_add_test(tc, outcome_names_go_both_ways);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
