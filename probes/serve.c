// SPDX-License-Identifier: MIT
/*
 * nsprobe serve: many probes in one container. Each question is one line on standard input, the
 * probe's id and its arguments with tabs between them. A child runs the probe; its lines are passed
 * on, and "done" ends the answer. When the server is the container's PID 1, whatever a probe left
 * running ends before the next question.
 */
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>

#include "probe.h"

enum { QUESTION_MAX = 4096, WORDS_MAX = 16, SAME_NUMBER = 125 };

/* One line without its newline, byte by byte: what follows it is for somebody else. */
static bool read_line(int fd, char *line, size_t size)
{
	size_t len = 0;

	while (len < size - 1) {
		ssize_t n = read(fd, line + len, 1);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		if (line[len] == '\n') {
			line[len] = '\0';
			return true;
		}
		len++;
	}
	return false;
}

static void say(const char *line)
{
	char out[QUESTION_MAX];

	snprintf(out, sizeof(out), "%s\n", line);
	if (answer_write((struct answer){ out }))
		exit(1);
}

/* The words of a question in place, ended by NULL. */
static void split(char *line, char **words)
{
	size_t count = 0;

	for (char *word; count < WORDS_MAX - 1 && (word = strsep(&line, "\t"));)
		words[count++] = word;
	words[count] = NULL;
}

static _Noreturn void run_probe(char **words, int out)
{
	const struct probe *probe = probe_find(words[0]);

	MUST(dup2(out, STDOUT_FILENO));
	MUST(close(out));
	if (!probe)
		die("no probe \"%s\"", words[0]);
	args_set(words + 1);
	/* a canary outside may bear the number that this process has in here by chance */
	if (arg_given("pid") && arg_int("pid", 1, INT_MAX) == getpid())
		_exit(SAME_NUMBER);
	exit(answer_write(probe->run()));
}

/* Passes the probe's lines on, up to its answer; false when it ended before. */
static bool pass_on(int in)
{
	char line[QUESTION_MAX];

	do {
		if (!read_line(in, line, sizeof(line)))
			return false;
		say(line);
	} while (!strcmp(line, "ready"));
	return true;
}

static void end_all(void)
{
	if (getpid() == 1)
		kill(-1, SIGKILL);
	while (waitpid(-1, NULL, getpid() == 1 ? 0 : WNOHANG) > 0)
		;
}

/* False: the probe's process had the canary's number, and asked nothing. */
static bool ask(char **words)
{
	int ends[2], status;
	bool answered;
	pid_t pid;

	MUST(pipe(ends));
	pid = (pid_t)MUST(fork());
	if (pid == 0) {
		close(ends[0]);
		run_probe(words, ends[1]);
	}
	close(ends[1]);
	answered = pass_on(ends[0]);
	close(ends[0]);
	MUST(waitpid(pid, &status, 0));
	end_all();
	if (!answered && WIFEXITED(status) && WEXITSTATUS(status) == SAME_NUMBER)
		return false;
	if (!answered)
		say("error it ended without an answer");
	say("done");
	return true;
}

int serve(void)
{
	char line[QUESTION_MAX], *words[WORDS_MAX];

	while (read_line(STDIN_FILENO, line, sizeof(line))) {
		split(line, words);
		while (!ask(words))
			;
	}
	return 0;
}
