// SPDX-License-Identifier: MIT
/* Known results: see known.h. */
#include "known.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"

#define FILE_MAX (1 << 20)

static int find_verdict(const char *word)
{
	for (int v = 0; v < VERDICT_COUNT; v++)
		if (!strcmp(word, verdict_names[v]) && v != VERDICT_ISOLATED &&
		    v != VERDICT_SKIPPED)
			return v;
	return -1;
}

/* `line` is cut into words. Empty lines and comments add nothing. */
static int parse_line(char *line, size_t number, struct known *k, struct err *err)
{
	char *rest = line + strspn(line, " \t"), *id = strsep(&rest, " \t"), *word;
	struct known_line *grown;
	int verdict;

	if (!*id || *id == '#')
		return 0;
	if (rest)
		rest += strspn(rest, " \t");
	word = strsep(&rest, " \t");
	verdict = word ? find_verdict(word) : -1;
	if (verdict < 0)
		return err_set(err, EINVAL,
			       "line %zu: an id, one of leaked, blind and broken, and a reason",
			       number);
	if (rest)
		rest += strspn(rest, " \t");
	grown = reallocarray(k->lines, k->count + 1, sizeof(*grown));
	if (!grown)
		return err_set(err, ENOMEM, "out of memory");
	k->lines = grown;
	grown[k->count++] = (struct known_line){ strdup(id), strdup(rest ? rest : ""), verdict };
	if (!grown[k->count - 1].id || !grown[k->count - 1].reason)
		return err_set(err, ENOMEM, "out of memory");
	return 0;
}

int known_parse(const char *str, struct known *ret, struct err *err)
{
	AUTO_FREE char *copy = strdup(str);
	AUTO_KNOWN struct known k = { 0 };
	char *rest = copy, *line;
	int r = copy ? 0 : err_set(err, ENOMEM, "out of memory");

	for (size_t number = 1; r == 0 && (line = strsep(&rest, "\n")); number++)
		r = parse_line(line, number, &k, err);
	if (r < 0)
		return r;
	*ret = k;
	k = (struct known){ 0 };
	return 0;
}

int known_read(const char *path, struct known *ret, struct err *err)
{
	AUTO_TEXT struct text t = { 0 };
	int r = file_read(AT_FDCWD, path, FILE_MAX, &t);

	if (r < 0)
		return err_set(err, -r, "--known %s: %s", path, strerror(-r));
	r = known_parse(t.str, ret, err);
	return r < 0 ? err_wrap(err, "--known %s", path) : 0;
}

void known_done(struct known *k)
{
	for (size_t i = 0; i < k->count; i++) {
		free(k->lines[i].id);
		free(k->lines[i].reason);
	}
	free(k->lines);
	*k = (struct known){ 0 };
}

void known_judge(const struct known *k, struct check_result *result)
{
	for (size_t i = 0; i < k->count; i++) {
		const struct known_line *line = &k->lines[i];

		if (strcmp(line->id, result->id) != 0)
			continue;
		if (line->verdict == result->verdict)
			result->known = *line->reason ? line->reason : "expected";
		else if (result->verdict == VERDICT_ISOLATED)
			result->news = true;
	}
}

void known_format(const struct check_result *result, struct text *out)
{
	char shown[256];

	if (result->verdict == VERDICT_ISOLATED || result->verdict == VERDICT_SKIPPED)
		return;
	text_escape(shown, sizeof(shown), result->reason, strlen(result->reason));
	text_addf(out, "%s %s %s\n", result->id, verdict_names[result->verdict], shown);
}
