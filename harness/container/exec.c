// SPDX-License-Identifier: MIT
/* Running a program by name: see exec.h. */
#include "container/exec.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"

static const char *find_path(char *const *envp)
{
	for (; envp && *envp; envp++)
		if (text_starts(*envp, "PATH="))
			return *envp + strlen("PATH=");
	return "/bin:/usr/bin";
}

/* What the kernel can't execute is the shell's: sh PATH ARGUMENT... */
static void exec_script(const char *path, char *const *argv, char *const *envp)
{
	AUTO_FREE const char **words = NULL;
	size_t count = 0;

	while (argv[count])
		count++;
	words = calloc(count + 2, sizeof(*words));
	if (!words)
		return;
	words[0] = "/bin/sh";
	words[1] = path;
	for (size_t i = 1; i < count; i++)
		words[i + 1] = argv[i];
	execve(words[0], (char *const *)words, envp);
}

static void exec_path(const char *path, char *const *argv, char *const *envp)
{
	execve(path, argv, envp);
	if (errno == ENOEXEC)
		exec_script(path, argv, envp);
}

int exec_search(char *const *argv, char *const *envp)
{
	const char *dir = find_path(envp);
	char path[PATH_MAX];
	int num = ENOENT;

	if (strchr(argv[0], '/')) {
		exec_path(argv[0], argv, envp);
		return -1;
	}
	for (size_t len; argv[0][0] && *dir; dir += len + (dir[len] == ':')) {
		len = strcspn(dir, ":");
		if ((size_t)snprintf(path, sizeof(path), "%.*s%s%s", (int)len, dir, len ? "/" : "",
				     argv[0]) >= sizeof(path))
			continue;
		exec_path(path, argv, envp);
		if (errno == EACCES)
			num = EACCES;
		else if (errno != ENOENT && errno != ENOTDIR)
			return -1;
	}
	errno = num;
	return -1;
}
