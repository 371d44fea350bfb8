// SPDX-License-Identifier: MIT
/* One sample for each line: see serve.h. */
#include "bench/serve.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "bench/pin.h"

/* One write each, so that the reader sees whole lines. */
static int say(int out, const char *word, const char *text, struct err *err)
{
	char line[sizeof(err->text) + 32], clean[sizeof(err->text)];
	int len;

	text_escape(clean, sizeof(clean), text, strlen(text));
	len = snprintf(line, sizeof(line), "%s%s\n", word, clean);
	if (fd_write_full(out, line, (size_t)len) < 0)
		return err_sys(err, "the answer cannot be written");
	return 0;
}

static int say_failure(int out, const char *word, struct err *err)
{
	struct err told = *err;

	return say(out, word, told.text, err) < 0 ? -err->num : -told.num;
}

static int answer(const struct scenario *s, void *state, int out, struct err *err)
{
	struct bench_sample sample = { 0 };
	char value[32];

	if (s->sample(state, &sample, err) < 0)
		return say_failure(out, SERVE_ERROR, err);
	snprintf(value, sizeof(value), "%.0f", sample.value);
	return say(out, "", value, err);
}

static int answer_all(const struct scenario *s, void *state, int in, int out, struct err *err)
{
	char asked[64];
	ssize_t got;

	while ((got = read(in, asked, sizeof(asked))) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_sys(err, "standard input");
		for (ssize_t i = 0; i < got; i++)
			if (asked[i] == '\n' && answer(s, state, out, err) < 0)
				return -err->num;
	}
	return 0;
}

int bench_serve(const struct bench_env *env, const struct scenario *s, int in, int out,
		struct err *err)
{
	void *state = NULL;
	int r;

	if (unshare(CLONE_NEWNS) < 0) {
		err_sys(err, "a mount namespace for the scenario");
		return say_failure(out, SERVE_ERROR, err);
	}
	pin_scenario(s);
	if (s->together) {
		err_set(err, EOPNOTSUPP,
			"it measures whole commands, of several programs in turns");
		return say_failure(out, SERVE_SKIPPED, err);
	}
	r = s->open(env, s, &state, err);
	if (r < 0)
		return say_failure(out, r == -EOPNOTSUPP ? SERVE_SKIPPED : SERVE_ERROR, err);
	r = say(out, SERVE_READY, s->unit ? s->unit : "ns", err);
	r = r < 0 ? r : answer_all(s, state, in, out, err);
	s->close(state);
	return r;
}
