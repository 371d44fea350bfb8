// SPDX-License-Identifier: MIT
/*
 * A probe program that serves badly: what it does with a question is the question's id. Those of
 * test_shared.c; all others get an answer as they should.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void say(const char *text)
{
	if (write(STDOUT_FILENO, text, strlen(text)) < 0)
		_exit(1);
}

static void answer(const char *id)
{
	char flood[4096];

	if (!strcmp(id, "fake/hangs"))
		for (;;)
			pause();
	if (!strcmp(id, "fake/dies"))
		_exit(1);
	if (!strcmp(id, "fake/floods")) {
		memset(flood, 'x', sizeof(flood) - 1);
		flood[sizeof(flood) - 1] = '\0';
		say(flood);
	} else if (!strcmp(id, "fake/babbles")) {
		say("isolated x\n");
	} else if (!strcmp(id, "fake/lies")) {
		say("reached x without having been there\n");
	} else if (!strcmp(id, "fake/never-ends")) {
		say("blocked ENOENT x\n");
		return;
	} else {
		say("blocked ENOENT x\n");
	}
	say("done\n");
}

int main(int argc, char **argv)
{
	char line[4096];
	size_t len = 0;

	if (argc < 2 || strcmp(argv[1], "serve") != 0)
		return 1;
	while (len < sizeof(line) && read(STDIN_FILENO, line + len, 1) == 1) {
		if (line[len++] != '\n')
			continue;
		line[strcspn(line, "\t\n")] = '\0';
		answer(line);
		len = 0;
	}
	return 0;
}
