// SPDX-License-Identifier: MIT
/* nsproof completion: what makes a shell complete nsproof's commands, options and check ids. */
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "completion.h"
#include "print.h"

static const struct {
	const char *name;
	void (*write)(struct text *out);
} shells[] = {
	{ "bash", completion_bash },
	{ "zsh", completion_zsh },
	{ "fish", completion_fish },
};

static int completion(void *values, int count, char **words, struct err *err)
{
	AUTO_TEXT struct text out = { 0 };

	(void)values;
	(void)count;
	for (size_t i = 0; i < ARRAY_SIZE(shells); i++) {
		if (strcmp(words[0], shells[i].name) != 0)
			continue;
		shells[i].write(&out);
		return print_text(&out, err);
	}
	return err_set(err, EINVAL, "completion knows bash, zsh and fish, not '%s'", words[0]);
}

const struct command cmd_completion = {
	.name = "completion",
	.args = "bash|zsh|fish",
	.about = "Print the completion script of a shell",
	.details =
		"For one session: source <(nsproof completion bash). An installed nsproof brings the\n"
		"scripts of all three along.",
	.min_words = 1,
	.max_words = 1,
	.run = completion,
};
