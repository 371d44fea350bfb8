// SPDX-License-Identifier: MIT
/* /proc as a way to the host: another process's environment, root and the list of mounts. proc(5)
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>

#include "probe.h"

PROBE(proc_host_environ, "reads the environment of the canary process")
{
	static const char key[] = "NSPROOF_TOKEN=";
	long long pid = arg_int("pid", 1, INT_MAX);
	AUTO_FREE char *text = NULL;
	char path[64];
	size_t len;

	snprintf(path, sizeof(path), "/proc/%lld/environ", pid);
	text = read_all(path, &len);
	if (!text)
		return blocked_errno(errno, "reading /proc/PID/environ");
	for (const char *word = text; word < text + len; word += strlen(word) + 1)
		if (!strncmp(word, key, strlen(key)))
			return reached(word + strlen(key), "read /proc/PID/environ");
	return blocked("absent", "/proc/PID/environ does not hold it");
}

PROBE(proc_host_root_link, "opens a file through /proc/PID/root of the canary process")
{
	long long pid = arg_int("pid", 1, INT_MAX);
	const char *file = arg_str("path");
	char path[PATH_MAX];

	if ((size_t)snprintf(path, sizeof(path), "/proc/%lld/root%s", pid, file) >= sizeof(path))
		return failed("the argument path= is too long");
	return token_of_file(AT_FDCWD, path);
}

PROBE(proc_mountinfo_no_host, "looks for the canary's mount in /proc/self/mountinfo")
{
	const char *name = arg_str("name");
	AUTO_FREE char *text = read_all("/proc/self/mountinfo", NULL);
	char *rest = text, *line;

	if (!text || !*text)
		return failed("/proc/self/mountinfo cannot be read");
	while ((line = strsep(&rest, "\n"))) {
		/* the type follows " - ", then the source: "NAME:TOKEN" */
		char *source = strstr(line, " - ");

		source = source ? strchr(source + 3, ' ') : NULL;
		if (!source || strncmp(source + 1, name, strlen(name)) != 0)
			continue;
		source += 1 + strlen(name);
		if (*source != ':')
			continue;
		source[strcspn(source, " ")] = '\0';
		return reached(source + 1, "its mount stands in mountinfo");
	}
	return blocked("absent", "its mount does not stand in mountinfo");
}
