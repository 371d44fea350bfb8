// SPDX-License-Identifier: MIT
/* Programs of the machine: see process.h. */
#include "bench/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/cleanup.h"
#include "base/file.h"

enum { WORDS = 64, OUTPUT_MAX = 1 << 20 };

static const char usual_path[] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

int process_find(const char *name, char *ret, size_t room, struct err *err)
{
	const char *own = getenv("PATH");
	AUTO_TEXT struct text all = { 0 };
	char *rest, *dir;

	text_addf(&all, "%s:%s", own ? own : "", usual_path);
	rest = all.str;
	while (rest && (dir = strsep(&rest, ":"))) {
		/* relative ones depend on where we are; blanks would split a command */
		if (dir[0] != '/' || strchr(dir, ' '))
			continue;
		if ((size_t)snprintf(ret, room, "%s/%s", dir, name) < room &&
		    access(ret, X_OK) == 0)
			return 0;
	}
	return err_set(err, ENOENT, "%s is not installed", name);
}

static void expand(const char *template, const struct process_word *words, struct text *out)
{
	while (*template) {
		size_t plain = strcspn(template, "%");

		text_addn(out, template, plain);
		template += plain;
		for (const struct process_word *w = words; *template && w->letter; w++)
			if (template[1] == w->letter)
				text_add(out, w->value);
		template += *template ? 2 : 0;
	}
}

int process_command(const char *template, const struct process_word *words, struct text *out,
		    struct err *err)
{
	size_t first = strcspn(template, " ");
	char name[32], path[256];

	if (*template != '%') {
		snprintf(name, sizeof(name), "%.*s", (int)first, template);
		if (process_find(name, path, sizeof(path), err) < 0) {
			err->num = EOPNOTSUPP;
			return -EOPNOTSUPP;
		}
		text_add(out, path);
		template += first;
	}
	expand(template, words, out);
	return out->failed ? err_set(err, ENOMEM, "out of memory") : 0;
}

static int start(const char *const *words, int output, pid_t *ret, struct err *err)
{
	static char *const env[] = {
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root",
		"LC_ALL=C", NULL
	};
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attrs;
	sigset_t none;
	int r;

	sigemptyset(&none);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&files, output, 1);
	posix_spawn_file_actions_adddup2(&files, output, 2);
	posix_spawnattr_init(&attrs);
	posix_spawnattr_setflags(&attrs, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setsigmask(&attrs, &none);
	r = posix_spawn(ret, words[0], &files, &attrs, (char *const *)words, env);
	posix_spawnattr_destroy(&attrs);
	posix_spawn_file_actions_destroy(&files);
	return r ? err_set(err, r, "%s: %s", words[0], strerror(r)) : 0;
}

/* Waits; kills the group when the time is up. Signals of ours don't end it: who sent them waits. */
static int await_end(pid_t pid, int timeout_ms, int *ret_status)
{
	bool ended = child_ends(pid, timeout_ms);

	if (!ended)
		kill(-pid, SIGKILL);
	*ret_status = child_reap(pid);
	return ended ? 0 : -ETIMEDOUT;
}

/* The last line that says something. */
static void last_line(const char *str, char *ret, size_t room)
{
	size_t len = strlen(str), from;

	while (len > 0 && (unsigned char)str[len - 1] <= ' ')
		len--;
	for (from = len; from > 0 && str[from - 1] != '\n'; from--)
		;
	text_escape(ret, room, str + from, len - from);
}

static int judge(const char *program, int status, const char *printed, struct err *err)
{
	char line[256];

	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	last_line(printed, line, sizeof(line));
	if (WIFSIGNALED(status))
		return err_set(err, ECHILD, "%s: killed by signal %d", program, WTERMSIG(status));
	return err_set(err, ECHILD, "%s: status %d: %s", program, WEXITSTATUS(status), line);
}

int process_run_words(const char *const *words, int timeout_ms, struct text *out, struct err *err)
{
	AUTO_CLOSE int output = memfd_create("output", MFD_CLOEXEC);
	int status = 0, r;
	pid_t pid;

	if (output < 0)
		return err_sys(err, "memfd_create");
	r = start(words, output, &pid, err);
	if (r < 0)
		return r;
	if (await_end(pid, timeout_ms, &status) < 0)
		return err_set(err, ETIMEDOUT, "%s: no end within %d s", words[0],
			       timeout_ms / 1000);
	if (lseek(output, 0, SEEK_SET) < 0 || fd_read_text(output, OUTPUT_MAX, out) < 0)
		return err_set(err, EIO, "%s: its output cannot be read", words[0]);
	return judge(words[0], status, out->str, err);
}

int process_run(const char *command, int timeout_ms, struct text *out, struct err *err)
{
	AUTO_FREE char *copy = strdup(command);
	const char *words[WORDS] = { NULL };
	char *rest = copy, *word;
	size_t count = 0;

	if (!copy)
		return err_set(err, ENOMEM, "out of memory");
	while ((word = strsep(&rest, " "))) {
		if (count + 1 == WORDS)
			return err_set(err, E2BIG, "more than %d words: %s", WORDS, command);
		words[count++] = word;
	}
	return process_run_words(words, timeout_ms, out, err);
}
