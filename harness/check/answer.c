// SPDX-License-Identifier: MIT
/* The probe protocol, as the harness reads it. Pure: a line in, an answer out. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "check/arm.h"

static void set_broken(struct arm_answer *a, const char *why, const char *line)
{
	char shown[120];

	text_escape(shown, sizeof(shown), line, strlen(line));
	a->kind = ANSWER_BROKEN;
	snprintf(a->evidence, sizeof(a->evidence), "%s: '%s'", why, shown);
}

/* Takes the next word of *rest into `word`; false if there is none or it does not fit. */
static bool take_word(const char **rest, char *word, size_t room)
{
	size_t len = strcspn(*rest, " ");

	if (len == 0 || len >= room)
		return false;
	memcpy(word, *rest, len);
	word[len] = '\0';
	*rest += len;
	if (**rest == ' ')
		++*rest;
	return true;
}

static void set_evidence(struct arm_answer *a, const char *evidence)
{
	text_escape(a->evidence, sizeof(a->evidence), evidence, strlen(evidence));
}

/* By its token; "-" only where the row names an effect as proof. */
static bool is_proof(const char *word, const char *token, const char *effect)
{
	return strcmp(word, effect ? "-" : token) == 0;
}

void answer_parse(const char *line, const char *token, const char *effect, struct arm_answer *ret,
		  bool *ret_acted)
{
	const char *rest = line;
	char verb[16], word[72];

	*ret = (struct arm_answer){ .kind = ANSWER_BROKEN };
	*ret_acted = false;
	if (!take_word(&rest, verb, sizeof(verb))) {
		set_broken(ret, "the probe's answer is no answer", line);
	} else if (!strcmp(verb, "acted")) {
		*ret_acted = true;
		set_evidence(ret, rest);
	} else if (!strcmp(verb, "error")) {
		set_evidence(ret, rest);
	} else if (!take_word(&rest, word, sizeof(word))) {
		set_broken(ret, "the probe's answer is cut short", line);
	} else if (!strcmp(verb, "reached")) {
		ret->kind = ANSWER_REACHED;
		ret->proven = is_proof(word, token, effect);
		set_evidence(ret, rest);
	} else if (!strcmp(verb, "blocked") && outcome_parse(word)) {
		ret->kind = ANSWER_BLOCKED;
		ret->outcome = outcome_parse(word);
		set_evidence(ret, rest);
	} else {
		set_broken(ret, "the probe's answer is no answer", line);
	}
}
